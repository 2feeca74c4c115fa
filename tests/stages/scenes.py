"""Scenes: what can make a machine busy, with the truth about who does it, for tests of what loadmon says of it."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from tests.stages.cgroups import lacking
from tests.stages.judging import GONE, UNSEEN, Truth
from tests.stages.troublemaker import CLONE
from tests.stages.troublemakers import Troublemaker

CORES = os.cpu_count() or 1
MEBI = 1 << 20
NAMESPACE = ("unshare", "--pid", "--fork", "--kill-child", "--mount-proc")
BUSY, STALLED, QUEUED, LATER, LONG = (
    ("CPU", "One core"),
    ("I/O stalls", "Memory stalls"),
    ("Load",),
    ("CPU, later",),
    ("CPU, long",),
)
"""Rules that a scene may fire: those that follow at once; the one that fires when who did it may be gone; and the one that
judges for so long that even thousands of processes are looked at within that time."""

Cast = Callable[[Path], Sequence[Troublemaker]]


@dataclass(frozen=True, slots=True)
class Scene:
    """One of them.

    cast: makes the culprits, told a folder on a disk. crowd: likewise those who are innocent. rules: of which the first
    that fires is judged. lacks: why it cannot be played here, "" where it can. leaves_after: seconds after which the
    culprits are ended. sampler: the command that the sampler of this scene is run by, where it needs one of its own.
    cores: that sampler and culprits may use together. bytes: of memory, that the culprits may. left_out: why parts of it
    cannot be played here.
    """

    name: str
    cast: Cast
    truth: Truth
    rules: tuple[str, ...] = BUSY
    crowd: Cast = lambda _: ()
    lacks: Callable[[], str] = lambda: ""
    leaves_after: float | None = None
    sampler: tuple[str, ...] = ()
    cores: float | None = None
    bytes: int | None = None
    left_out: tuple[str, ...] = ()

    @property
    def is_apart(self) -> bool:
        """Whether it needs a sampler of its own."""
        return bool(self.sampler) or self.cores is not None


def who(*arguments: object) -> Cast:
    """A cast of one troublemaker."""
    return lambda folder: [Troublemaker("--folder", folder, *arguments)]


def several(*casts: Cast) -> Cast:
    """All of some casts."""
    return lambda folder: [one for cast in casts for one in cast(folder)]


def script(name: str, *arguments: object) -> Cast:
    """A troublemaker that is known by the name of its script alone."""
    return lambda folder: [Troublemaker(*arguments, script=folder / name)]


def storm(folder: Path) -> list[Troublemaker]:
    """As many shells as cores that start one task of some milliseconds after the other."""
    text = "while :; do awk 'BEGIN { for (i = 0; i < 100000; i++) s += i }'; done\n"
    (folder / "nightly_build.sh").write_text(text)
    return [Troublemaker("--", "run", "sh", folder / "nightly_build.sh") for _ in range(CORES)]


def no_realtime() -> str:
    """Why nothing may run in realtime here; "" where it may."""
    try:
        policy = os.sched_getscheduler(0)
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
        os.sched_setscheduler(0, policy, os.sched_param(0))
    except OSError as error:
        return f"realtime priority is not given here ({error.strerror})"
    return ""


def no_namespace() -> str:
    """Why no process namespace can be made here; "" where one can."""
    found = subprocess.run([*NAMESPACE, "true"], capture_output=True, text=True, check=False)
    return "" if found.returncode == 0 else f"no process namespace can be made here ({found.stderr.strip()})"


def no_vfork() -> str:
    """Why no child in vfork can be made here."""
    machine = platform.machine()
    return "" if machine in CLONE else f"the number of the clone system call of {machine} is not known"


CPU = frozenset({"CPU"})
ONE = frozenset({"CPU", "one core"})
DISK = frozenset({"disk", "I/O"})

SCENES = (
    Scene("one spinning process", who("spin", "--name", "soloist"), Truth(("soloist",), ONE)),
    Scene("a script of an interpreter", script("invoice_export.py", "spin"), Truth(("invoice_export.py",), ONE)),
    Scene("as many as cores", who("spin", "--name", "chorist", "--count", CORES), Truth(("chorist",), CPU)),
    Scene("three times as many", who("spin", "--name", "rioter", "--count", 3 * CORES), Truth(("rioter",), CPU)),
    Scene("niced", who("spin", "--name", "humble", "--nice", 19, "--count", CORES), Truth(("humble",), CPU)),
    Scene("realtime", who("spin", "--name", "urgent", "--realtime"), Truth(("urgent",), ONE), lacks=no_realtime),
    Scene("threads of one", who("weave", "--name", "weaver", "--many", CORES), Truth(("weaver",), CPU)),
    Scene("odd names",
          several(*(who("spin", "--name", name) for name in ("łódź-🔥", ") S (odds", "two\nlines", ""))),
          Truth(("łódź", r"\) S \(odds", "two.lines", r"(?:no name\)|\?) \("), CPU, least=2)),
    Scene("on and off", who("blink", "--name", "blinker", "--count", CORES),
          Truth(("blinker",), ONE, may_be_silent=True, steady=False)),
    Scene("a storm of short tasks", storm, Truth(("nightly_build",), frozenset({"short tasks"}))),
    Scene("children in vfork", who("wait", "--name", "midwife", "--many", 24),
          Truth(("midwife",), frozenset({"waiting"}), uses_cpu=False), rules=QUEUED, lacks=no_vfork),
    Scene("fsync", who("write", "--name", "journalist", "--count", 6),
          Truth(("journalist",), DISK, uses_cpu=False), rules=STALLED),
    Scene("system calls", who("--", "run", "dd", "if=/dev/zero", "of=/dev/null", "bs=1"), Truth((r"\bdd\b",), ONE)),
    Scene("ping-pong", who("play", "--name", "tennis"), Truth(("tennis",), ONE, may_be_silent=True)),
    Scene("a memory limit", who("hoard", "--name", "hoarder", "--many", 48),
          Truth(("hoarder",), DISK | {"memory"}, uses_cpu=False), rules=STALLED,
          lacks=partial(lacking, "memory"), bytes=48 * MEBI),
    Scene("a CPU quota", who("spin", "--name", "stinted", "--count", CORES), Truth(("stinted",), frozenset({"quota"})),
          lacks=partial(lacking, "cpu"), cores=CORES / 4),
    Scene("beside a crowd", who("spin", "--name", "guilty", "--count", CORES),
          Truth(("guilty",), CPU, innocents=("sleeper", "undead", "halted")), rules=LONG,
          crowd=several(who("sleep", "--name", "sleeper", "--many", 1500),
                        who("abandon", "--name", "undead", "--many", 300), who("halt", "--name", "halted", "--many", 6))),
    Scene("two of different kind",
          several(who("spin", "--name", "thinker", "--count", CORES), who("write", "--name", "scribbler", "--count", 6)),
          Truth(("thinker", "scribbler"), CPU | DISK, least=1)),
    Scene("gone when it fires", who("spin", "--name", "sprinter", "--count", CORES),
          Truth(("sprinter",), ONE | {"earlier"}, says=GONE, may_be_silent=True, steady=False),
          rules=LATER, leaves_after=5.0),
    Scene("out of sight", who("spin", "--name", "ghost", "--count", CORES),
          Truth((), CPU, says=UNSEEN, hides=True), lacks=no_namespace,
          sampler=NAMESPACE),
)  # fmt: skip


def _scene(name: str) -> Scene:
    return next(scene for scene in SCENES if scene.name == name)


def _together(name: str, *names: str) -> Scene:
    """Some scenes at once, as far as they can be played here; each culprit that uses much is to be in the documents."""
    lacks = {scene: scene.lacks() for scene in map(_scene, names)}
    scenes = [scene for scene, lack in lacks.items() if not lack]
    culprits = tuple(culprit for scene in scenes for culprit in scene.truth.culprits)
    left_out = tuple(f"{scene.name}: {lack}" for scene, lack in lacks.items() if lack)
    truth = Truth(culprits, ONE, least=1, may_be_silent=True)
    return Scene(name, several(*(scene.cast for scene in scenes)), truth, left_out=left_out)


def beside_others() -> tuple[Scene, ...]:
    """All of them, those of a kind at once, for a machine that others use too and where time is short."""
    return (
        _together(
            "spinning",
            "one spinning process",
            "a script of an interpreter",
            "niced",
            "threads of one",
        ),
        _together("under odd names", "odd names"),
        _together("many and more", "as many as cores", "three times as many"),
        _together("by fits and starts", "on and off", "system calls", "ping-pong"),
        *(_once_loaded(scene) for scene in SCENES if scene.name in ALONE),
    )


def _once_loaded(scene: Scene) -> Scene:
    """The same after others: where one core is busy the verdict may speak of the load that they have left behind."""
    after_others = replace(scene.truth, steady=scene.truth.steady and scene.truth.causes != ONE)
    return replace(scene, truth=after_others)


ALONE = (
    "realtime", "a storm of short tasks", "children in vfork", "fsync", "a memory limit", "a CPU quota", "beside a crowd",
    "two of different kind", "gone when it fires", "out of sight",
)  # fmt: skip
