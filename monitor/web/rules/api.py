"""Router of the JSON API for back-tests: the numbers of a rule, stored or not, tried on the stored past."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from ninja.errors import HttpError

from monitor.hosts import lookup
from monitor.metrics.catalogue import CATALOGUE, JUDGED
from monitor.metrics.times import shown
from monitor.rules.backtesting import Untried
from monitor.rules.domain.spec import FIELDS
from monitor.rules.models import Rule
from monitor.runtime import clock
from monitor.web.auth import answer
from monitor.web.fields import strictly
from monitor.web.rules import panel
from monitor.web.rules.fields import BacktestQuery, follows
from monitor.web.rules.schemas import BacktestAnswer
from monitor.web.schemas import answers

ERRORS = frozenset({400, 401, 404, 503})
router = Router()


@router.get("/backtest", url_name="backtest", response=answers(BacktestAnswer, ERRORS))
def tried(request: HttpRequest, query: Query[BacktestQuery]) -> HttpResponse:
    """How often an alert with these numbers would have fired in the last days, and for how long."""
    strictly(request, query)
    rule = _rule(query.dict(include=set(FIELDS)))
    host = lookup.find_host(query.host)
    try:
        return answer(panel.backtested(host, rule, query.days, clock.now_ms()))
    except Untried as error:
        raise HttpError(400, str(error)) from error


def _rule(numbers: dict[str, Any]) -> Rule:
    """A rule of these numbers; raises HttpError where no alert could live with them."""
    same = {name: numbers[follows(name)] for name in FIELDS if follows(name) and numbers[name] is None}
    rule = Rule(**numbers | same)
    for name in (rule.metric, *rule.spec().metrics):
        if name not in JUDGED:
            raise HttpError(400, f"There is no metric {shown(name)}. Metrics: {', '.join(CATALOGUE)}.")
    try:
        rule.clean()
    except ValidationError as error:
        raise HttpError(400, " ".join(error.messages)) from error
    return rule
