"""Random moments for properties: metrics on both sides of every limit, and processes that run or wait."""

from __future__ import annotations

import json

from hypothesis import strategies as st

from monitor.diagnosis.gathering import document
from monitor.metrics.catalogue import CATALOGUE, NAMES, Unit
from tests.stages.snapshots import NOW_MS, process, snapshot

PLACES = ("", "nfs_wait", "jbd2_log_wait_commit", "io_schedule", "kernel_clone")
WAITS = [(place,) * count for place in PLACES for count in (1, 3)]
PERCENT = st.sampled_from([None, 0.0, 4.9, 5.0, 9.9, 10.0, 31.0, 49.9, 50.0, 60.0, 79.9, 80.0, 90.0, 99.0])
COUNTS = st.sampled_from([None, 0.0, 0.6, 1.0, 2.0, 3.0, 6.0])
BYTES = st.sampled_from([None, 0.0, 9e4, 2e5, 9e5, 2e6, 5e9])
OF_UNIT = {Unit.PERCENT: PERCENT, Unit.TASKS: COUNTS, Unit.LOAD: st.sampled_from([None, 0.2, 2.7, 2.8, 9.2]),
           Unit.BYTES: BYTES, Unit.BYTES_PER_SECOND: BYTES}  # fmt: skip


SELDOM = {
    "pressure_memory_some_percent": st.sampled_from([0.0, 0.0, 0.0, None, 12.0]),
    "pressure_memory_full_percent": st.sampled_from([0.0, 0.0, 0.0, None, 4.9, 5.0]),
    "swap_bytes_per_second": st.sampled_from([0.0, 0.0, 0.0, 0.0, None, 9e5, 2e6]),
    "cpu_steal_percent": st.sampled_from([0.0, 0.0, 0.0, None, 9.9, 10.0]),
    "cpu_iowait_percent": st.sampled_from([0.0, 0.0, None, 9.9, 31.0]),
    "cpu_busiest_core_percent": st.sampled_from([20.0, 90.0, 99.0, 99.0]),
    "disk_read_bytes_per_second": st.sampled_from([0.0, 0.0, 0.0, 4e4, None, 2e5]),
    "disk_write_bytes_per_second": st.sampled_from([0.0, 0.0, 0.0, 4e4, None]),
    "tasks_blocked": st.sampled_from([0.0, 0.0, 0.0, None, 0.6, 3.0]),
}
"""What is named before all else is mostly calm, so that the rest gets its turn."""


def readings() -> st.SearchStrategy[dict[str, float | None]]:
    """Values of all metrics, of a machine of 4 cores."""
    kinds = {name: OF_UNIT.get(CATALOGUE[name].unit, st.none()) for name in NAMES}
    return st.fixed_dictionaries(kinds | SELDOM | {"cpu_effective_cores": st.just(4.0)})


@st.composite
def snapshots(draw):
    """One scan, or none."""
    if draw(st.booleans()):
        return []
    processes = [
        process(pid, draw(st.sampled_from(["ffmpeg", "rsync", "node"])), draw(st.sampled_from([None, 0.2, 3.0, 9.5, 30.0])),
                waits_in=draw(st.sampled_from([(), (), (), *WAITS])),
                short_lived_seconds=draw(st.sampled_from([0.0, 0.0, 25.0])))
        for pid in range(1, draw(st.integers(1, 4)) + 1)
    ]  # fmt: skip
    started, throttled = draw(st.sampled_from([5, 900])), draw(st.sampled_from([None, None, 10.0, 98.0]))
    return [snapshot(*processes, started=started, throttled_percent=throttled)]


def gathered(values, scans):
    """The evidence document of these, as it is stored."""
    return json.loads(json.dumps(document(NOW_MS, values, scans, 60.0)))


def moments():
    """Evidence documents as they are stored."""
    return st.builds(gathered, readings(), snapshots())
