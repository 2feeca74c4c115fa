"""The list of alerts once there are 100,000 of them: the first page, a filter, a search that finds nothing, the API."""

from __future__ import annotations

from tests.bench.paint import get
from tests.bench.table import Row, spread
from tests.stages.servers import Site

ALERTS = 100_000
PLACES = {
    "/alerts/": "first page",
    "/alerts/?state=resolved&severity=critical": "by state and severity",
    "/alerts/?q=nothinglikeit": "search without a find",
    "/api/v1/alerts?limit=50": "API, 50 of them",
}
FILL = """
import time
from monitor.models import Alert, Host
from monitor.metrics.times import moment
host = Host.objects.create(name="testhost", effective_cores=2.0, cores_reason="2 of 2")
now = time.time_ns() // 1_000_000
for start in range(0, {alerts}, 2000):
    Alert.objects.bulk_create([
        Alert(host=host, rule_name=f"R{{n % 10}}", metric="cpu_percent", state="resolved",
              severity="critical" if n % 9 == 0 else "warning", started_at=moment(now - n * 300_000 - 30_000),
              fired_at=moment(now - n * 300_000), resolved_at=moment(now - n * 300_000 + 60_000),
              last_seen_at=moment(now - n * 300_000 + 60_000), threshold=75, clear_threshold=65, value=60, peak=90,
              explanation=f"Load {{n}} on 4 cores: mostly ffmpeg.")
        for n in range(start, start + 2000)
    ])
"""


def measure(quick: bool) -> list[Row]:
    """Milliseconds from the request to the last byte; there is no goal but that it stays fast."""
    alerts = ALERTS // 10 if quick else ALERTS
    with Site(LOADMON_INTERVAL="1") as site:
        site.shell(FILL.format(alerts=alerts))
        site.start_web()
        return [
            _row(site.port, path, f"{alerts:,} alerts: {what}", 3 if quick else 9)
            for path, what in PLACES.items()
        ]


def _row(port: int, path: str, what: str, count: int) -> Row:
    get(port, path)
    answers = [get(port, path) for _ in range(count)]
    assert {status for status, *_ in answers} == {200}
    return Row(what, spread([took for *_, took in answers], "ms", 1))
