"""Episodes of a host as JSON: its alerts and load tests, now and in a span, and the rules."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q, QuerySet

from monitor.alerts.models import Alert
from monitor.hosts.models import Host
from monitor.loadtests.models import UNFINISHED, LoadTest
from monitor.metrics.text import harmless
from monitor.metrics.times import at_ms, moment
from monitor.notifications.silences import Silences
from monitor.rules.domain import sentences
from monitor.rules.models import Rule
from monitor.web.alerts import member, schemas, words
from monitor.web.alerts.summary import short_condition
from monitor.web.dashboard import schemas as dashboard_schemas
from monitor.web.dashboard.schemas import LoadTestSpan, ShownAlert, Standing, ToldAlert
from monitor.web.loadtests.schemas import LoadTest as LoadTestAnswer
from monitor.web.loadtests.schemas import load_test as load_test_answer

RECENT_ALERTS = 20
MOST_ALERTS = 500
DAY = timedelta(days=1)
LOAD_TEST_SHOWN = timedelta(hours=1)  # how long a finished load test and its report stay on the page


def open_alerts(host: Host) -> list[schemas.Alert]:
    """The alerts of `host` that stand, newest first."""
    return [schemas.alert(row) for row in _alerts(host).filter(resolved_at=None)]


def standing(host: Host, now_ms: int) -> Standing:
    """The open alerts of `host`, its newest ones, and how many fired in the last 24 hours."""
    rows, silences = _alerts(host), Silences(moment(now_ms))
    return Standing(
        open=[_shown(row, silences) for row in rows.filter(resolved_at=None)],
        recent=[_shown(row, silences) for row in rows[:RECENT_ALERTS]],
        count_24h=rows.filter(fired_at__gt=moment(now_ms) - DAY).count(),
    )


def severities(found: Iterable[schemas.Alert]) -> list[tuple[str, str]]:
    """The name and the severity of each alert."""
    return [(one["rule"], one["severity"]) for one in found]


def _alerts(host: Host) -> QuerySet[Alert]:
    return Alert.objects.filter(host=host).select_related("host", "acknowledged_by")


def _told(row: Alert) -> ToldAlert:
    return {**schemas.alert(row), "condition": _condition(row), "peak_word": words.extreme(row.comparison)}


def _condition(row: Alert) -> str:
    """What is judged and when it fires; of a maximum also the member that the alert is of."""
    of = member.worst(row, adds_up=False)
    return f"{short_condition(row)}, {harmless(of)}" if of else short_condition(row)


def _shown(row: Alert, silences: Silences) -> ShownAlert:
    return {**_told(row), "silenced": silences.is_quiet(row.rule_id, row.host_id)}


def alerts_between(host: Host, start_ms: int, end_ms: int) -> tuple[list[ToldAlert], int]:
    """The alerts that stood at some time in [start, end), oldest first: the newest MOST_ALERTS, and how many more."""
    stood = Q(started_at__lt=moment(end_ms)) & (Q(resolved_at=None) | Q(resolved_at__gt=moment(start_ms)))
    found = Alert.objects.filter(stood, host=host)
    rows = list(found.prefetch_related("acknowledged_by")[:MOST_ALERTS])
    for row in rows:  # one object for all: joined, each row would bring its own, in twice the time
        row.host = host
    left_out = found.count() - MOST_ALERTS if len(rows) == MOST_ALERTS else 0
    return [_told(row) for row in reversed(rows)], left_out


def load_test(host: Host, now_ms: int) -> LoadTestAnswer | None:
    """The load test that waits or runs, else the last one for an hour after its end."""
    shown = Q(state__in=UNFINISHED) | Q(ended_at__gt=moment(now_ms) - LOAD_TEST_SHOWN)
    row = _load_tests(shown, host).first()
    return None if row is None else load_test_answer(row)


def load_tests_between(host: Host, start_ms: int, end_ms: int) -> list[LoadTestAnswer]:
    """The load tests that ran at some time in [start, end), oldest first; at most 200, the newest."""
    ran = _ran(start_ms, end_ms)
    if not LoadTest.objects.filter(
        ran, host=host
    ).exists():  # as most of the time: the joins cost more than this
        return []
    rows = _load_tests(ran, host)[:200]
    return [load_test_answer(row) for row in reversed(rows)]


def load_test_spans(host: Host, start_ms: int, end_ms: int) -> list[LoadTestSpan]:
    """When load tests ran in [start, end), oldest first, at most 200: nothing of who asked for them or was told."""
    rows = LoadTest.objects.filter(_ran(start_ms, end_ms), host=host).values_list("started_at", "ended_at")
    return [
        LoadTestSpan(started_at=at_ms(began), ended_at=at_ms(ended)) for began, ended in reversed(rows[:200])
    ]


def rules(host: Host | None) -> list[dashboard_schemas.Rule]:
    """Every rule with its thresholds on `host` and a sentence that says what it does."""
    cores = host.effective_cores if host else None
    rows: Iterable[Rule] = Rule.objects.all()
    return [dashboard_schemas.rule(row, cores, sentences.rule_sentence(row.spec(), cores)) for row in rows]


def _ran(start_ms: int, end_ms: int) -> Q:
    return Q(started_at__lt=moment(end_ms)) & (Q(ended_at=None) | Q(ended_at__gt=moment(start_ms)))


def _load_tests(which: Q, host: Host) -> QuerySet[LoadTest]:
    rows = LoadTest.objects.filter(which, host=host).select_related("host", "requested_by", "rule")
    return rows.prefetch_related("receivers")
