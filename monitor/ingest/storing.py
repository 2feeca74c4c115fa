"""Storing of accepted readings: samples, gaps, alert changes, evidence and facts of the host in one transaction."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, transaction

from monitor.alerts import evidence
from monitor.alerts.models import Alert
from monitor.alerts.recording import Recorder
from monitor.database.file import durable
from monitor.diagnosis.document import Document
from monitor.history import freshness
from monitor.history.models import Gap, Sample
from monitor.hosts.lease import Claim
from monitor.hosts.models import Host
from monitor.ingest.backlog import Waiting
from monitor.ingest.timeline import AT_ONCE_MS
from monitor.loadtests import attribution
from monitor.metrics.gaps import GapSpec
from monitor.metrics.parts import PartAccount
from monitor.metrics.reading import Reading
from monitor.metrics.report import HostFacts
from monitor.metrics.times import moment
from monitor.notifications import outbox
from monitor.rules.domain.outcome import Outcome
from monitor.usage import parts
from monitor.usage.storing import Ledger

logger = logging.getLogger(__name__)
REFRESH_ALERTS_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Written:
    """What one transaction stored: alerts that changed, the id of the newest sample, and of the one before it."""

    alerts: list[Alert]
    id: int
    previous_id: int | None


class Store:
    """The rows of one host in one database file."""

    def __init__(self, host: Host, claim: Claim | None = None) -> None:
        self._claim = claim
        self.host = copy(host)  # whoever made it may hold it
        if claim is not None:
            claim.take(host)
        self.recorder = Recorder(self.host, tell=outbox.enqueue, is_test=attribution.is_of_a_test)
        self.usage = Ledger(self.host)
        newest = freshness.newest(host)
        self.newest_id = None if newest is None else newest.id
        """The sample of the host that was stored last; None where there is none."""
        self._facts: HostFacts | None = None
        self._refreshed_at = 0.0

    def write(self, batch: Sequence[Waiting], facts: HostFacts | None, busy: Document | None) -> Written:
        """Store all of it or nothing; raises what the database raises."""
        changed: list[Alert] = []
        judged = batch[-1].judged
        is_refreshing = time.monotonic() - self._refreshed_at >= REFRESH_ALERTS_SECONDS
        is_durable = len(batch) > 1 or any(item.outcomes for item in batch)
        with self.usage.watched(), durable(is_durable), transaction.atomic():
            if self._claim is not None:
                self._claim.renew(self.host)
            ids = self._store_samples([item.reading for item in batch])
            for item in batch:
                changed += self._store_what_belongs_to(item)
            if is_refreshing and judged is not None:
                self.recorder.refresh(judged)
            if is_refreshing:
                changed += self._tell_outlasting(moment(batch[-1].at_ms))
            self._store_host(facts, busy)
        self._remember(facts)
        if is_refreshing:
            self._refreshed_at = time.monotonic()
        *_, previous_id, self.newest_id = (self.newest_id, *ids)
        return Written(changed, ids[-1], previous_id)

    def learn(self, facts: HostFacts) -> None:
        """Store what is new of the host, without a reading."""
        self._store_host(facts, None)
        self._remember(facts)

    def leave(self, rest: Sequence[PartAccount]) -> None:
        """Store what no reading is left for."""
        with transaction.atomic():
            parts.add(self.host, rest)

    def is_stored(self, item: Waiting) -> bool:
        """Whether a row holds this very reading: an unclear commit stored it after all, or a sampler that was killed.

        One that was there before the batch, or before the file in which it waited, is another, though it may hold the
        very same values. What waited in a file may have been moved to a free millisecond as it was stored.
        """
        mine, is_of_a_file = _sample(self.host, item.reading), item.after_id is not None
        last_ms = item.at_ms + AT_ONCE_MS - 1 if is_of_a_file else item.at_ms
        rows = Sample.objects.filter(
            host=self.host,
            pk__gt=item.after_id if is_of_a_file else self.newest_id or 0,
            taken_at_ms__range=(item.at_ms, last_ms),
            covered_ms=mine.covered_ms,
        )
        return any(mine.values() == row.values() for row in rows)

    def _store_samples(self, readings: Sequence[Reading]) -> list[int]:
        rows = [_sample(self.host, reading) for reading in readings]
        if len(rows) == 1:
            rows[0].save(force_insert=True)
        else:
            Sample.objects.bulk_create(rows)
        return [row.pk for row in rows]

    def _store_what_belongs_to(self, item: Waiting) -> list[Alert]:
        for gap in item.gaps:
            _store_gap(self.host, gap)
        changed = [alert for outcome in item.outcomes if (alert := self._record(item, outcome)) is not None]
        evidence.store(self.host, item.findings)
        if item.account is not None:
            with _apart("Who used the machine cannot be stored"), self.usage.watched():
                self.usage.add(item.account)
        if item.parts:
            with _apart("What the parts of the machine held and moved cannot be stored"):
                parts.add(self.host, item.parts)
        return changed

    def _record(self, item: Waiting, outcome: Outcome) -> Alert | None:
        with _apart(_lost(outcome)):
            alert = self.recorder.record(outcome)
            if alert is not None:
                evidence.store(self.host, item.findings, outcome, alert)
            return alert
        return None

    def _tell_outlasting(self, at: datetime) -> list[Alert]:
        with _apart("What outlasts a load test cannot be told"):
            return attribution.tell_outlasting(self.host, at, self.recorder.tell)
        return []

    def _remember(self, facts: HostFacts | None) -> None:
        """Know of the host what its row says now; restoring the states of rules asks for the interval."""
        if facts is not None and facts != self._facts:
            self._facts = facts
            for name, value in asdict(facts).items():
                setattr(self.host, name, value)

    def _store_host(self, facts: HostFacts | None, busy: Document | None) -> None:
        if facts is not None and facts != self._facts:
            new = asdict(facts) | {"sampler_stopped_at": None}
            Host.objects.filter(pk=self.host.pk).update(**new)
        if busy is not None:
            with _apart("What keeps the host busy cannot be stored"):
                evidence.store_busy(self.host, busy)


@contextlib.contextmanager
def _apart(failure: str) -> Iterator[None]:
    """A part of the batch that is left out, and logged as `failure`, where the fault is its own."""
    try:
        with transaction.atomic():
            yield
    except Exception as error:
        if _is_of_the_database(error):
            raise  # the whole batch waits for it
        logger.exception("%s; the samples are stored without it", failure)


def _is_of_the_database(error: Exception) -> bool:
    """Whether the database as a whole fails, and not only at what one change has to store."""
    of_the_change = isinstance(error, (DataError, IntegrityError))
    return isinstance(error, (DatabaseError, InterfaceError, OSError)) and not of_the_change


def _lost(outcome: Outcome) -> str:
    at = f"{moment(outcome.at_ms):%H:%M:%S} UTC"
    return f"The change {outcome.change} of the rule {outcome.rule.name!r} at {at} cannot be stored"


def _sample(host: Host, reading: Reading) -> Sample:
    return Sample(
        host=host, taken_at_ms=reading.taken_at_ms, covered_ms=round(reading.covered * 1000), **reading.values
    )


def _store_gap(host: Host, gap: GapSpec) -> None:
    rows = Gap.objects.filter(host=host, start_ms=gap.start_ms, kind=gap.kind)
    if not rows.update(end_ms=gap.end_ms, note=gap.note):
        Gap.objects.create(host=host, start_ms=gap.start_ms, end_ms=gap.end_ms, kind=gap.kind, note=gap.note)
