"""Events of the made-up machine as rows: its gaps and its load tests."""

from __future__ import annotations

from django.db.models import F

from monitor.demo.plan import Plan
from monitor.history.models import Gap
from monitor.hosts.models import Host
from monitor.loadtests.models import LoadTest, LoadTestState
from monitor.metrics.times import moment

REPORT = "Synthetic demo data: {workers} workers kept every core busy for {seconds} s."


def store(host: Host, plan: Plan) -> None:
    """Store gaps and load tests, before any alert, which asks whether one ran; belongs into a transaction."""
    Gap.objects.bulk_create(
        Gap(host=host, start_ms=gap.start_ms, end_ms=gap.end_ms, kind=gap.kind, note=gap.note)
        for gap in plan.gaps
    )
    LoadTest.objects.bulk_create(
        LoadTest(
            host=host, seconds=test.seconds, workers=test.workers, state=LoadTestState.FINISHED,
            started_at=moment(test.start_ms), ended_at=moment(test.end_ms),
            report=REPORT.format(workers=test.workers, seconds=test.seconds),
        )
        for test in plan.tests
    )  # fmt: skip
    LoadTest.objects.filter(host=host).update(requested_at=F("started_at"))
