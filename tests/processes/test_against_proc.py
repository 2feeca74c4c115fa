"""The numbers of a real sampler under a load that changes, against /proc as this test reads it by itself.

Both look at the same counters over the same seconds, so that they must agree however fast the machine is.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from monitor.metrics.catalogue import CATALOGUE, Kind
from tests.stages.changing import PHASES, ChangingLoad
from tests.stages.independent import Observer
from tests.stages.servers import Site
from tests.stages.spans import Deviation, Span, deviation
from tests.stages.stored import stored_spans

pytestmark = pytest.mark.processes

INTERVAL, SECONDS = 0.5, 16.0
MIB = 2**20


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far the means may be apart: by so much of the value, and besides by so much in its unit."""

    share: float
    amount: float

    def holds(self, found: Deviation) -> bool:
        return abs(found.ours - found.theirs) <= self.amount + self.share * abs(found.theirs)


PERCENT = Tolerance(0.03, 2.0)
LOAD = Tolerance(0.05, 0.1)
TOLERANCES = {
    **dict.fromkeys(
        ("cpu_percent", "cpu_user_percent", "cpu_system_percent", "cpu_iowait_percent", "cpu_steal_percent",
         "pressure_cpu_some_percent", "pressure_io_some_percent", "pressure_io_full_percent",
         "pressure_memory_some_percent", "pressure_memory_full_percent"), PERCENT),
    **dict.fromkeys(("load1", "load5", "load15"), LOAD),
    **dict.fromkeys(("memory_used_bytes", "memory_available_bytes"), Tolerance(0.01, 32 * MIB)),
    **dict.fromkeys(("disk_read_bytes_per_second", "disk_write_bytes_per_second"), Tolerance(0.1, 0.5 * MIB)),
    **dict.fromkeys(("network_received_bytes_per_second", "network_sent_bytes_per_second"), Tolerance(0.1, 50_000)),
    "memory_available_percent": Tolerance(0.01, 0.2),
    "swap_used_bytes": Tolerance(0.01, MIB),
    "self_cpu_percent": Tolerance(0.1, 1.0),
    "self_rss_bytes": Tolerance(0.02, 2 * MIB),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seen:
    """What both observers saw of the same time."""

    ours: dict[str, list[Span]]
    theirs: dict[str, list[Span]]
    memory_reason: str
    programs: int


@pytest.fixture(scope="module")
def seen() -> Iterator[Seen]:
    with Site(LOADMON_INTERVAL=str(INTERVAL)) as site:
        site.start_sampler()
        with Observer(site.processes["sampler"].pid, INTERVAL) as observer, ChangingLoad(SECONDS) as load:
            time.sleep(SECONDS)
        reason = site.query("select memory_reason from monitor_host")[0][0]
        yield Seen(stored_spans(site), observer.spans(), reason, load.started)


@pytest.mark.parametrize("metric", TOLERANCES)
def test_the_mean_of_each_metric_agrees_with_proc(seen, metric):
    if (
        metric not in seen.theirs
    ):  # of disks and interfaces without a device behind them loadmon goes by the names
        assert metric.startswith(("disk_", "network_")) or not seen.ours[metric], metric
        return
    if metric.startswith("memory_") and seen.memory_reason:
        assert max_total(seen.ours) < max_total(seen.theirs), seen.memory_reason
        return
    found = deviation(seen.ours[metric], seen.theirs[metric], SECONDS)
    assert found is not None
    assert TOLERANCES[metric].holds(found), f"{metric}: {found}"


def max_total(spans):
    pairs = zip(spans["memory_used_bytes"], spans["memory_available_bytes"], strict=True)
    return max(used.value + available.value for used, available in pairs)


def test_the_load_changed_while_it_was_measured(seen):
    assert seen.programs == sum(len(phase) for phase in PHASES)
    assert len({span.value for span in seen.ours["memory_used_bytes"]}) > len(PHASES)


def test_every_rate_that_this_machine_tells_was_measured_nearly_all_the_time(seen):
    for name, spans in seen.theirs.items():
        if CATALOGUE[name].kind is Kind.RATE:
            covered = sum(span.end - span.start for span in seen.ours[name])
            assert covered > 0.8 * SECONDS, name
            assert spans
