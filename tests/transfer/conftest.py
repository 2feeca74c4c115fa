"""What the tests of transfer share."""

from datetime import timedelta

import pytest

from monitor.alerts.models import Transition
from monitor.demo import seeding
from monitor.metrics.parts import Kind as PartKind
from monitor.metrics.parts import Part, PartAccount, PartUsed
from monitor.metrics.times import moment
from monitor.metrics.usage import Account, Consumer, Kind, Used
from monitor.usage import parts, settling, storing
from tests.factories import MONDAY_NOON, NOW_MS, make_alert, make_host, make_load_test, make_samples
from tests.stages.rolling import roll_up_all


def use(host, minute=NOW_MS // 60_000):
    """Who used the host in three minutes, and what its disk read; the last minute is in no coarser tier yet."""
    make = Consumer(Kind.PROGRAM, "make", "änn")
    for late in range(3):
        start_ms = (minute + late) * 60_000
        used = {make: Used(60, late, read_kib=7), Consumer(Kind.SERVICE, "nginx.service"): Used(5)}
        storing.add(host, Account(start_ms, start_ms + 15_000, 15_000, 90, 15, used, Used(10, read_kib=None)))
    while settling.settle(host, growing=minute + 2):
        pass
    parts.add(host, [PartAccount(minute, Part(PartKind.DISK, "sda"), PartUsed(seen_ms=9, in_bytes=5))])


@pytest.fixture
def everything(db):
    """A small demo host with something of every kind, and a measured one."""
    host = make_host("db-01")
    make_samples(host, 200)
    roll_up_all(host)
    alert = make_alert(host, resolved_ms=NOW_MS + 5000, note="Größe „x“\nzwei", worst_severity="critical",
                       comparison="below", statistic="share", window_seconds=600, critical_threshold=5.0,
                       explanation="The disk, not the CPU.", acknowledged_at=moment(NOW_MS))  # fmt: skip
    at = moment(NOW_MS) + timedelta(microseconds=123)
    Transition.objects.create(alert=alert, at=at, change="fired", value=80.5)
    Transition.objects.create(
        alert=alert, at=at, change="escalated", value=96.0, severity="critical", note="Why."
    )
    Transition.objects.create(alert=alert, at=at, change="note", note="It was the back-up.")
    Transition.objects.create(alert=alert, at=at, change="resolved", value=0.1 + 0.2)
    use(host)
    make_load_test(host, "finished", ended_at=moment(NOW_MS + 120_000), report="It held.")
    make_load_test(host, "finished", kind="io", expects_alert=True, passed=False, report="Failed: no.\nWhy.")
    seeding.seed("demo", 1, 60.0, 1, MONDAY_NOON)
