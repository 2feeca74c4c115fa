"""Suspects of alerts: the alerts in whose evidence a consumer is among those that keep the machine busy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from monitor.alerts.models import Alert, Evidence, EvidenceMoment
from monitor.diagnosis.listing import Listing
from monitor.diagnosis.reader import read
from monitor.hosts.models import Host
from monitor.metrics.times import moment
from monitor.metrics.usage import Consumer
from monitor.usage.domain.suspects import is_of, needle

MOST_LOOKED_AT = 200
"""Pieces of evidence, the newest: each is read in a third of a millisecond."""

TELLING = (EvidenceMoment.ONSET, EvidenceMoment.PEAK)


def naming(host: Host, consumers: Iterable[Consumer], start_ms: int, end_ms: int) -> list[Alert]:
    """The alerts that stood at some time in [start, end) and name one of the `consumers`, newest first.

    Of evidence that may do so the newest MOST_LOOKED_AT pieces are looked at.
    """
    wanted = list(consumers)
    named = {row.alert_id for row in _evidence(host, wanted, start_ms, end_ms) if _names(row, wanted)}
    return list(Alert.objects.filter(pk__in=named).select_related("host", "acknowledged_by"))


def _evidence(host: Host, consumers: list[Consumer], start_ms: int, end_ms: int) -> Iterator[Evidence]:
    """What was found before an alert fired and at its worst, where it holds what the name of a consumer does."""
    stood = Q(alert__started_at__lt=moment(end_ms)) & (
        Q(alert__resolved_at=None) | Q(alert__resolved_at__gt=moment(start_ms))
    )
    rows: QuerySet[Evidence] = Evidence.objects.filter(stood, alert__host=host, moment__in=TELLING)
    holding = Q()
    for one in consumers:
        holding |= Q(text__contains=needle(one))
    rows = rows.annotate(text=Cast("document", TextField())).filter(holding).defer("sentence")
    yield from rows.select_related("alert").order_by("-alert__fired_at", "-id")[:MOST_LOOKED_AT]


def _names(row: Evidence, consumers: list[Consumer]) -> bool:
    accused = Listing(read(row.document)).accused(row.alert.metric)
    return any(is_of(one, consumer) for one in accused for consumer in consumers)
