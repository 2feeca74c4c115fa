"""The read side: what the page, the API and the live hub show of the stored samples, alerts and load tests.

Nothing here writes, and nothing belongs inside a transaction: there even a read takes SQLite's write lock.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from monitor.alerts.evidence import busy_now
from monitor.diagnosis.document import Document, brief, without_commands
from monitor.history import spans
from monitor.history.answers import Gap, Sample, Sampler
from monitor.history.freshness import newest_of, sampler_state
from monitor.hosts.models import Host
from monitor.ingest import frames
from monitor.metrics import times
from monitor.notifications import health
from monitor.web.dashboard import episodes, schemas

LIVE_SECONDS = 1200


def alerts_frame(host: Host, now_ms: int | None = None) -> schemas.AlertsFrame:
    """The live frame with the open alerts, the newest ones, and how many fired in the last 24 hours."""
    now_ms = time.time_ns() // 1_000_000 if now_ms is None else now_ms
    return {"type": "alerts", **episodes.standing(host, now_ms)}


def status_frame(host: Host, now_ms: int, sampler: dict[str, Any] | None) -> schemas.StatusFrame:
    """The live frame with the host's facts and rules, its load test, how its sampler fares, the gaps of the live window,
    and what keeps messages back."""
    return {
        "type": "status",
        "at": now_ms,
        "host": schemas.host(host),
        "rules": episodes.rules(host),
        "sampler": sampler_state(host, now_ms, sampler),
        "busy": brief(without_commands(busy_now(host, now_ms))),
        "load_test": episodes.load_test(host, now_ms),
        "gaps": live_gaps(host, now_ms),
        **health.facts(times.moment(now_ms)),
    }


def live_gaps(host: Host, now_ms: int) -> list[Gap]:
    """The gaps with a reason in the last 20 minutes of `host`, oldest first."""
    return spans.standing_gaps(host, now_ms - LIVE_SECONDS * 1000)


def verdict(
    sample: Sample | None,
    sampler: Sampler,
    means: Mapping[str, float | None],
    busy: Document | None = None,
) -> frames.Verdict:
    """The sentence on the newest sample; once samples have stopped it says so, and judges no old one."""
    if sample is not None and sampler["state"] in ("running", "storing_failed"):
        return frames.judged(sample["values"], means, busy)
    return {"tone": "unknown", "text": sampler["message"] or "Waiting for the first sample."}


def hosts() -> list[schemas.Host]:
    """Every host by name, with the time of its newest sample."""
    rows = list(Host.objects.order_by("name"))
    newest = newest_of(rows)
    times_ms = {host_id: one.taken_at_ms for host_id, one in newest.items()}
    return [{**schemas.host(row), "last_sample_at": times_ms.get(row.pk)} for row in rows]
