"""Panel of a back-test, in the admin and on a rule's page: full at once, readable without scripts."""

from __future__ import annotations

from typing import Any, TypedDict

from django.db.models import PositiveIntegerField
from django.forms.models import model_to_dict
from django.urls import reverse

from monitor.hosts import lookup
from monitor.hosts.models import Host
from monitor.metrics.catalogue import JUDGED, NO_DATA
from monitor.rules.backtesting import DEFAULT_DAYS, Untried, backtest
from monitor.rules.domain.sentences import rule_sentence
from monitor.rules.domain.spec import FIELDS
from monitor.rules.models import Rule
from monitor.web import turns
from monitor.web.rows import of
from monitor.web.rules.schemas import BacktestAnswer
from monitor.web.vocabulary import Vocabulary, vocabulary

SPANS = {7: "7 days", 30: "30 days", 90: "90 days", 400: "400 days"}
NO_HOST = "No host has been sampled yet: there is nothing to try these numbers on."
TURN = turns.Turn("Other back-tests are running. Try again in a few seconds.")


class Data(TypedDict):
    """What the script of the panel starts from; fields: what an empty field of the form stands for."""

    hosts: list[str]
    host: str | None
    days: int
    urls: dict[str, str]
    metrics: dict[str, dict[str, str]]
    words: Vocabulary
    untried: dict[str, str]
    rule: dict[str, object] | None
    fields: dict[str, object]
    answer: BacktestAnswer | None


class Panel(TypedDict):
    """What the template shows; problem: why there is no back-test, or ""."""

    data: Data
    spans: dict[int, str]
    problem: str
    rule_sentence: str


def panel(rule: Rule | None, host_name: str | None, now_ms: int) -> Panel:
    """The panel of a stored rule with its back-test on one host; None: of a rule that is still to be written.

    Raises lookup.UnknownHost for a name that is none.
    """
    hosts = list(Host.objects.order_by("name").values_list("name", flat=True))
    host = _host(host_name, hosts)
    answer, problem = _tried(rule, host, now_ms)
    return {
        "data": {
            "hosts": hosts,
            "host": host.name if host else None,
            "days": DEFAULT_DAYS,
            "urls": {"backtest": reverse("api:backtest"), "history": reverse("api:history")},
            "metrics": {one.name: {"label": one.label, "unit": str(one.unit)} for one in JUDGED.values()},
            "words": vocabulary(),
            "untried": {NO_DATA.name: str(Untried())},
            "rule": model_to_dict(rule, fields=("severity", *FIELDS)) if rule else None,
            "fields": {name: _empty(name) for name in FIELDS},
            "answer": answer,
        },
        "spans": SPANS,
        "problem": problem,
        "rule_sentence": rule_sentence(rule.spec(), host.effective_cores if host else None) if rule else "",
    }


def _empty(name: str) -> object:
    """What an empty field of the form stands for; None or "": nothing, it is not asked."""
    column: Any = Rule._meta.get_field(name)
    return 0 if isinstance(column, PositiveIntegerField) else column.get_default()


def _host(name: str | None, hosts: list[str]) -> Host | None:
    if name:
        return lookup.find_host(name)
    try:
        return lookup.find_host(None)
    except lookup.UnknownHost:
        return lookup.find_host(hosts[0]) if hosts else None


def _tried(rule: Rule | None, host: Host | None, now_ms: int) -> tuple[BacktestAnswer | None, str]:
    """The back-test, or why there is none."""
    if host is None:
        return None, NO_HOST
    if rule is None:
        return None, ""
    try:
        return backtested(host, rule, DEFAULT_DAYS, now_ms), ""
    except (turns.Busy, Untried) as error:
        return None, str(error)


def backtested(host: Host, rule: Rule, days: int, now_ms: int) -> BacktestAnswer:
    """The back-test of a rule; raises turns.Busy where others take too long, Untried where there is nothing to try."""
    with TURN:
        return of(BacktestAnswer, backtest(host, rule.spec(), days, now_ms))
