"""Playing of scenes before a real sampler, and taking down of what is said of them: alert, evidence, verdict, API."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from monitor import conf
from tests.stages.cgroups import ControlGroup
from tests.stages.judging import Judgement, Saying, false_calm, judge
from tests.stages.scenes import QUEUED, Scene
from tests.stages.servers import Site, until
from tests.stages.troublemakers import Meter, Troublemaker, command, machine_seconds

INTERVAL = "0.5"
LONGER = {"CPU, later": (6, 4), "CPU, long": (12, 8)}
"""Rules that judge more than the others: seconds of the window, and for how long it lasts."""

RULES = (
    f"LONGER = {LONGER!r}"
    + """
from monitor.models import Rule
Rule.objects.all().delete()
quick = {"window_seconds": 4, "for_seconds": 1, "hold_seconds": 1, "severity": "info", "enabled": False}
longer = {name: {"window_seconds": window, "for_seconds": span} for name, (window, span) in LONGER.items()}
for name, metric, threshold, clear_threshold, more in (
    ("CPU", "cpu_percent", 30, 25, {}),
    ("One core", "cpu_busiest_core_percent", 85, 60, {}),
    ("I/O stalls", "pressure_io_some_percent", 25, 15, {}),
    ("Memory stalls", "pressure_memory_some_percent", 10, 5, {}),
    ("Load", "load1", 2, 1, {"window_seconds": 0}),
    ("Near", "cpu_busiest_core_percent", 150, 140, {"severity": "warning"}),
    *((name, "cpu_percent", 30, 25, more) for name, more in longer.items()),
):
    judged = {"metric": metric, "threshold": threshold, "clear_threshold": clear_threshold}
    Rule.objects.create(name=name, **judged, **(quick | more))
"""
)
"""Those that judge are for information; the one that never fires keeps the looks at processes close together."""

SETTLED_SECONDS = 4.0
"""Of their work, before the rules begin to judge where others use the machine too: a rule judges what was before as well."""

FORGOTTEN_SECONDS = 4.0
"""More than the rules judge, after which nobody is to be blamed who has left."""

CALM_CORES = 0.3
CALM_PATIENCE = 90.0
PATIENCE = 120.0


class NotCalm(Exception):
    """Where nobody else should use the machine somebody does."""


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a scene: what was told, how right it was, and the culprits' share of the CPU time that was used."""

    told: list[Saying]
    judgement: Judgement
    share: float
    seconds: float


class Stand:
    """An installation that watches scenes.

    is_alone: nobody else uses this machine, so that the rules judge all the time, and each scene begins when all is calm.
    """

    def __init__(self, site: Site, folder: Path, *, is_alone: bool) -> None:
        self._site, self._folder, self._is_alone = site, folder, is_alone
        self._left: dict[str, float] = {}

    def play(self, scene: Scene) -> Played:
        """Play one scene."""
        with ExitStack() as stack:
            site, door = self._site, None
            if scene.bytes is not None:
                door = stack.enter_context(ControlGroup("memory", scene.bytes)).door
            if scene.cores is not None:
                door = stack.enter_context(ControlGroup("cpu", scene.cores)).door
            if scene.is_apart:
                site = stack.enter_context(watching(scene.sampler, door))
            for innocent in scene.crowd(self._folder):
                stack.enter_context(innocent)
            cast = scene.cast(self._folder)
            for culprit in cast if door else ():
                culprit.enter(door)
            return self._watch(site, scene, cast)

    def _watch(self, site: Site, scene: Scene, cast: Sequence[Troublemaker]) -> Played:
        _above_the_present_load(site)
        if self._is_alone:
            judge_all(site, but=QUEUED)
            _wait_for_calm(site)
        else:
            site.execute("update monitor_rule set enabled = 1 where severity = 'warning'")
        with ExitStack() as stack:
            if self._is_alone and scene.rules == QUEUED:
                stack.callback(rest, site, QUEUED)
                judge_all(site)
            view = _View(site, scene, cast)
            for culprit in cast:
                stack.enter_context(culprit)
            view.begin()
            if not self._is_alone:
                stack.callback(rest, site)
                until(view.is_settled, "the culprits at work")
                judge_all(site)
            until(view.has_fired, f"an alert in the scene {scene.name}", PATIENCE)
            earlier = self._earlier(scene)
            shares = view.shares()
            told = [view.alert(), view.banner()]
        self._left |= dict.fromkeys(scene.truth.culprits, time.monotonic())
        truth = replace(scene.truth, innocents=(*scene.truth.innocents, *earlier))
        judgement = judge(truth, told, shares, is_alone=self._is_alone)
        for calm in filter(false_calm, view.banners):
            judgement.clean = False
            judgement.remark(calm, "calm beside what is not")
        return Played(told, judgement, sum(shares.values()), view.seconds())

    def _earlier(self, scene: Scene) -> list[str]:
        """The culprits of other scenes, who are innocent by now: they left before what its rules judge."""
        judged = max(sum(LONGER.get(name, (4, 1))) for name in scene.rules)
        gone_by = time.monotonic() - judged - FORGOTTEN_SECONDS
        mine = scene.truth.culprits
        return [name for name, at in self._left.items() if at <= gone_by and name not in mine]


class _View:
    """What is seen of one scene from its begin."""

    def __init__(self, site: Site, scene: Scene, cast: Sequence[Troublemaker]) -> None:
        self._site, self._scene, self._cast = site, scene, cast
        self.banners: list[Saying] = []
        self._fired: dict[str, Any] = {}

    def begin(self) -> None:
        """The culprits are at work from now on."""
        self._began, self._began_ms = time.monotonic(), time.time_ns() // 1_000_000
        self._meter = Meter(*self._cast)

    def is_settled(self) -> bool:
        """Whether they have been at work for long enough; looks at them."""
        self._look()
        return time.monotonic() - self._began >= SETTLED_SECONDS

    def has_fired(self) -> bool:
        """Whether one of the rules of the scene has fired since its begin."""
        status = self._look()
        since, rules = self._began_ms, self._scene.rules
        mine = [one for one in status["open_alerts"] if one["rule"] in rules and one["fired_at"] >= since]
        self._fired = mine[0] if mine else {}
        return bool(mine)

    def shares(self) -> dict[frozenset[int], float]:
        """Of each culprit the ids of its processes, and its part of the CPU time used since the begin."""
        parts = self._meter.shares()
        return {frozenset(one.pids): part for one, part in zip(self._cast, parts, strict=True)}

    def seconds(self) -> float:
        """Since the begin."""
        return time.monotonic() - self._began

    def alert(self) -> Saying:
        """What is told of the alert, the same at all of its places."""
        detail = self._site.json(f"/api/v1/alerts/{self._fired['id']}")
        onset = next(one for one in detail["evidence"] if one["moment"] == "onset")
        assert onset["sentence"] == detail["explanation"] == self._fired["explanation"]
        return Saying(f"alert {detail['rule']}", detail["explanation"], onset["document"])

    def banner(self) -> Saying:
        """The verdict once the processes were looked at after the alert."""
        fired_at = self._fired["fired_at"]
        until(
            lambda: ((self._look()["busy"] or {}).get("at") or 0) > fired_at,
            "a look after the alert",
            PATIENCE,
        )
        return self.banners[-1]

    def _look(self) -> dict[str, Any]:
        time.sleep(0.3)
        leaves_after = self._scene.leaves_after
        if leaves_after is not None and time.monotonic() - self._began >= leaves_after:
            for culprit in self._cast:
                culprit.end()
        else:
            self._meter.shares()
        status: dict[str, Any] = self._site.json("/api/v1/status")
        verdict = status["verdict"]
        self.banners.append(Saying("verdict", verdict["text"], status["busy"] or {}, verdict["tone"]))
        return status


@contextmanager
def watching(sampler: Sequence[str] = (), door: Path | None = None) -> Iterator[Site]:
    """An installation with rules that fire soon; its sampler may be run by a command, and in a control group."""
    with Site(LOADMON_INTERVAL=INTERVAL) as site:
        site.shell(RULES)
        site.start_web()
        entering = command("--seconds", 900, *(("--join", door) if door else ()), "--", "run")
        runsampler = [sys.executable, "manage.py", "runsampler"]
        site.start("sampler", *[*entering, *sampler, *runsampler][1:])
        until(lambda: site.alive("sampler") and site.count() > 2, "the first samples", PATIENCE)
        try:
            yield site
        finally:
            site.kill("sampler")


def judge_all(site: Site, but: Sequence[str] = ("",)) -> None:
    """Let the rules judge."""
    site.execute("update monitor_rule set enabled = 1 where severity = 'info' and name != ?", but[0])


def rest(site: Site, only: Sequence[str] = ("%",)) -> None:
    """Let no rule judge, and wait until no alert of theirs stands."""
    site.execute("update monitor_rule set enabled = 0 where severity = 'info' and name like ?", only[0])
    names = {name for (name,) in site.query("select name from monitor_rule where not enabled")}
    until(
        lambda: not any(one["rule"] in names for one in site.json("/api/v1/status")["open_alerts"]),
        "the end of the alerts",
    )


def _above_the_present_load(site: Site) -> None:
    """Let the rule on load fire where it rises: it stays up for minutes after others."""
    load = os.getloadavg()[0]
    site.execute(
        "update monitor_rule set threshold = ?, clear_threshold = ? where name = ?",
        load + 1.5,
        load + 1,
        QUEUED[0],
    )


def disk_folder() -> Path:
    """Where files come to lie on a disk, and not in memory."""
    for folder in (Path(tempfile.gettempdir()), Path("/var/tmp"), conf.BASE_DIR):
        if _file_system(folder) != "tmpfs":
            return folder
    return conf.BASE_DIR


def _file_system(folder: Path) -> str:
    """The type of the file system that a folder lies on."""
    found, longest = "", -1
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        words = line.split()
        if folder.is_relative_to(words[4]) and len(words[4]) >= longest:
            found, longest = words[words.index("-") + 1], len(words[4])
    return found


def _wait_for_calm(site: Site) -> None:
    """Until no alert stands and hardly anything runs; raise NotCalm where that does not come."""
    until = time.monotonic() + CALM_PATIENCE
    while True:
        before = machine_seconds()
        time.sleep(1.0)
        used = machine_seconds() - before
        if used < CALM_CORES and not site.json("/api/v1/status")["open_alerts"]:
            return
        if time.monotonic() > until:
            raise NotCalm(f"others use this machine ({used:.1f} cores): no scene can be judged strictly")
