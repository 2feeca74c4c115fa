"""Status of a host: one state, which the page, the live frames and the JSON API tell each in its own way.

Nothing here writes, and nothing belongs inside a transaction: there even a read takes SQLite's write lock.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from monitor.alerts.evidence import busy_now
from monitor.diagnosis.brief import Brief, brief
from monitor.diagnosis.document import Document, told
from monitor.history import freshness, samples, spans
from monitor.history.answers import Gap, Sample, Sampler
from monitor.hosts.models import Host
from monitor.ingest import frames
from monitor.metrics import times
from monitor.metrics.reading import longest_step
from monitor.notifications import health
from monitor.web.dashboard import episodes, parts, schemas
from monitor.web.loadtests.schemas import LoadTest

LIVE_SECONDS = 1200


class HostState:
    """How `host` is at `now_ms`; each part is read from the database when it is first asked for.

    told: what its sampler said last of itself; None where nothing of that has come here.
    """

    def __init__(self, host: Host, now_ms: int, told: Mapping[str, Any] | None = None) -> None:
        self.host = host
        self.now_ms = now_ms
        self._told = dict(told) if told is not None else None

    @cached_property
    def latest(self) -> Sample | None:
        """The newest sample."""
        return samples.latest(self.host)

    @cached_property
    def means(self) -> dict[str, float | None]:
        """The 2-minute means."""
        return samples.means(self.host, self.now_ms)

    @cached_property
    def sampler(self) -> Sampler:
        """How the sampler fares."""
        return freshness.sampler_state(self.host, self.now_ms, self._told)

    @cached_property
    def busy(self) -> Document | None:
        """What keeps the host busy, with the command lines that only staff may see."""
        return busy_now(self.host, self.now_ms)

    @property
    def shown_busy(self) -> Brief | None:
        """The same for everybody, and as far as a page shows it."""
        return brief(told(self.busy, commands=False))

    @property
    def verdict(self) -> frames.Verdict:
        """The sentence on the newest sample; once samples have stopped it says so, and judges no old one."""
        if self.latest is not None and self.sampler["state"] in ("running", "storing_failed"):
            return frames.judged(
                self.latest["values"], self.means, self.busy, episodes.severities(self.alerts["open"])
            )
        return unjudged(self.sampler)

    @cached_property
    def alerts(self) -> schemas.Standing:
        """The open alerts, the newest ones, and how many fired in the last 24 hours."""
        return episodes.standing(self.host, self.now_ms)

    @property
    def rules(self) -> list[schemas.Rule]:
        """The rules with their thresholds on this host."""
        return episodes.rules(self.host)

    @property
    def load_test(self) -> LoadTest | None:
        """The load test that waits or runs, else the last one for an hour after its end."""
        return episodes.load_test(self.host, self.now_ms)

    @property
    def gaps(self) -> list[Gap]:
        """The gaps with a reason in the last 20 minutes, oldest first."""
        return spans.standing_gaps(self.host, self.now_ms - LIVE_SECONDS * 1000)

    @property
    def stale_after_ms(self) -> int:
        """How long a sample is of now; the line of a chart breaks where they lie further apart."""
        return round(longest_step(self.host.interval) * 1000)


def unjudged(sampler: Sampler) -> frames.Verdict:
    """What stands in the verdict's place where there is no sample to judge."""
    return frames.Verdict(tone="unknown", text=sampler["message"] or "Waiting for the first sample.")


def alerts_frame(host: Host, now_ms: int) -> schemas.AlertsFrame:
    """The live frame with the open alerts, the newest ones, and how many fired in the last 24 hours."""
    return {"type": "alerts", **HostState(host, now_ms).alerts}


def status_frame(host: Host, now_ms: int, told: Mapping[str, Any] | None) -> schemas.StatusFrame:
    """The live frame with the host's facts and rules, its load test, how its sampler fares, the gaps of the live window,
    and what keeps messages back."""
    state = HostState(host, now_ms, told)
    return {
        "type": "status",
        "at": now_ms,
        "host": schemas.host(host),
        "rules": state.rules,
        "sampler": state.sampler,
        "busy": state.shown_busy,
        "load_test": state.load_test,
        "gaps": state.gaps,
        "stale_after_ms": state.stale_after_ms,
        "parts": parts.parts(with_last_words=False),
        **health.facts(times.moment(now_ms)),
    }


def hosts() -> list[schemas.Host]:
    """Every host by name, with the time of its newest sample."""
    rows = list(Host.objects.order_by("name"))
    newest = freshness.newest_of(rows)
    times_ms = {host_id: one.taken_at_ms for host_id, one in newest.items()}
    return [{**schemas.host(row), "last_sample_at": times_ms.get(row.pk)} for row in rows]
