"""Asks a database for its past, as the page does, then goes on sampling it; prints what that took as JSON.

A process of its own, so that the settings and the database are those of the site: `historian.py sizes reading=5`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loadmon_site.settings")
django.setup()

from django.db import connection  # noqa: E402  (Django must be set up first)
from django.test import Client  # noqa: E402

from monitor.database import bulk  # noqa: E402
from monitor.history import rollups, storage  # noqa: E402
from monitor.history.models import RollupProgress, Sample  # noqa: E402
from monitor.hosts.models import Host  # noqa: E402
from monitor.metrics.catalogue import NAMES  # noqa: E402
from monitor.sampler.loop import SETTLE_SECONDS  # noqa: E402
from monitor.usage.domain.kinds import KINDS  # noqa: E402
from tests.stages.rolling import let_go  # noqa: E402

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
SPANS = {"20 min": 20 * MINUTE, "1 h": HOUR, "6 h": 6 * HOUR, "24 h": DAY, "7 d": 7 * DAY, "30 d": 30 * DAY,
         "1 y": 365 * DAY, "4 h 9 min": 249 * MINUTE, "62 h": 62 * HOUR, "10 d": 10 * DAY, "240 d": 240 * DAY}  # fmt: skip
"""Those of the page, and those of which a tier has the most rows before a coarser one is read."""
METRICS = "cpu_percent,load1,memory_used_bytes,network_sent_bytes_per_second"
STEPS = 60
STEP_SECONDS = round(SETTLE_SECONDS)


def reading(rounds: int) -> dict[str, object]:
    """Milliseconds of each query by span, and of looking at the storage."""
    client = Client(headers={"host": "127.0.0.1"})
    newest = Sample.objects.order_by("-pk").values_list("taken_at_ms", flat=True)[0]
    times: dict[str, list[float]] = {name: [] for name in SPANS}
    cpu: dict[str, list[float]] = {name: [] for name in SPANS}
    for turn in range(-1, rounds):
        for name, length in SPANS.items():
            end = newest - max(0, turn) * 7000
            query = {
                "host": "demo",
                "metrics": METRICS,
                "points": 1000,
                "start": _iso(end - length),
                "end": _iso(end),
            }
            began, cpu_began = time.perf_counter(), time.process_time()
            answer = client.get("/api/v1/history", query)
            took = time.perf_counter() - began
            assert answer.status_code == 200, answer.content[:300]
            if turn >= 0:
                times[name].append(took * 1000)
                cpu[name].append((time.process_time() - cpu_began) * 1000)
    year = {"host": "demo", "metrics": METRICS, "points": 600, "percentiles": "yes",
            "start": _iso(newest - 365 * DAY), "end": _iso(newest)}  # fmt: skip
    mostly = [_timed(lambda: client.get("/api/v1/history", year)) for _ in range(rounds)]
    return {
        "spans": times, "cpu": cpu, "percentiles": mostly,
        "storage": [_timed(lambda: storage.look()) for _ in range(3)],
    }  # fmt: skip


def using(rounds: int) -> dict[str, object]:
    """Milliseconds of asking who used the host, by span and by kind of use, and of what its parts moved."""
    client = Client(headers={"host": "127.0.0.1"})
    newest = Sample.objects.order_by("-pk").values_list("taken_at_ms", flat=True)[0]
    spans = {name: ("usage", {"by": "cpu", "top": 8}, SPANS[name]) for name in SPANS}
    kinds = {f"1 y by {by}": ("usage", {"by": by, "top": 8}, SPANS["1 y"]) for by in KINDS}
    found: dict[str, list[float]] = {}
    for name, (path, asked, length) in {**spans, **kinds, "parts, 1 y": ("parts", {}, SPANS["1 y"])}.items():
        found[name] = [
            _asked(client, path, asked, newest - max(0, turn) * 7000, length) for turn in range(-1, rounds)
        ][1:]
    return found


def _asked(client: Client, path: str, asked: dict[str, object], end: int, length: int) -> float:
    query = {"host": "demo", "points": 600, "start": _iso(end - length), "end": _iso(end), **asked}
    began = time.perf_counter()
    answer = client.get(f"/api/v1/{path}", query)
    took = time.perf_counter() - began
    assert answer.status_code == 200, answer.content[:300]
    return took * 1000


def tables() -> dict[str, int]:
    """Bytes of each table with its indexes, where this SQLite tells."""
    with connection.cursor() as cursor:
        found = cursor.execute(
            "SELECT s.tbl_name, SUM(d.pgsize) FROM dbstat d JOIN sqlite_schema s ON s.name = d.name GROUP BY 1"
        ).fetchall()
    return {str(name): int(size) for name, size in found}


def writing(minutes: int) -> dict[str, object]:
    """CPU seconds of rolling up and of pruning while `minutes` go by at a second a sample; the longest steps of all."""
    host = Host.objects.get(name="demo")
    newest = Sample.objects.order_by("-pk").values_list("taken_at_ms", flat=True)[0]
    cpu, steps = {"roll": 0.0, "prune": 0.0}, {"roll": [0.0], "prune": [0.0]}
    busy: dict[str, list[float]] = {"roll": [0.0], "prune": [0.0]}

    def run(kind: str, step: Callable[[], object]) -> object:
        began, cpu_began = time.perf_counter(), time.process_time()
        result = step()
        busy[kind].append((time.process_time() - cpu_began) * 1000)
        cpu[kind] += busy[kind][-1] / 1000
        steps[kind].append((time.perf_counter() - began) * 1000)
        return result

    for _ in range(minutes * 60 // STEP_SECONDS):
        newest = _sample(host, newest)
        run("prune", lambda now=newest: let_go(host, now))
        while run("roll", lambda: rollups.roll_up(host)):
            pass
    ordinary = dict(cpu)
    for _ in range(STEPS):  # behind: two days to roll up, six hours to prune
        run("prune", lambda: let_go(host, newest + 6 * HOUR))
    RollupProgress.objects.filter(host=host, resolution=60).update(pending_from_ms=newest - DAY)
    for _ in range(STEPS):
        run("roll", lambda: rollups.roll_up(host))
    return {"cpu": ordinary, "steps": steps, "busy": busy, "seconds": minutes * 60}


def sizes() -> dict[str, object]:
    """Bytes by tier and in all."""
    found = storage.look()
    return {
        "tiers": {str(tier.resolution): tier.size.bytes for tier in found.tiers},
        "all": found.database_bytes,
        "full": found.full_bytes,
    }


def _sample(host: Host, newest: int) -> int:
    """Store the samples until the next step, as the day before had them; return the time of the last."""
    columns = ("taken_at_ms", "covered_ms", *NAMES)
    rows = Sample.objects.filter(host=host, taken_at_ms__gt=newest - DAY).order_by("taken_at_ms")
    copied = list(rows.values_list(*columns)[:STEP_SECONDS])
    times = range(newest + 1000, newest + 1000 * STEP_SECONDS + 1, 1000)
    stored = [(host.pk, at, 1000, *row[2:]) for at, row in zip(times, copied, strict=True)]
    bulk.insert(Sample, ("host_id", *columns), stored)
    return times[-1]


def _timed(step: Callable[[], object]) -> float:
    began = time.perf_counter()
    step()
    return (time.perf_counter() - began) * 1000


def _iso(at_ms: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at_ms / 1000)) + "Z"


PLAIN: dict[str, Callable[[], object]] = {"sizes": sizes, "tables": tables}
OF_ROUNDS: dict[str, Callable[[int], object]] = {"reading": reading, "using": using, "writing": writing}


def _answers(arguments: list[str]) -> Iterator[tuple[str, object]]:
    for argument in arguments:
        kind, _, number = argument.partition("=")
        yield kind, PLAIN[kind]() if kind in PLAIN else OF_ROUNDS[kind](int(number))


if __name__ == "__main__":
    print(json.dumps(dict(_answers(sys.argv[1:]))))
