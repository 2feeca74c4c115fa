"""GET backtest of the JSON API: the numbers of a rule, stored or not, tried on the stored past."""

from __future__ import annotations

import time
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from ninja.errors import HttpError

from monitor.hosts import lookup
from monitor.metrics import json
from monitor.metrics.catalogue import CATALOGUE, JUDGED
from monitor.metrics.times import shown
from monitor.rules.backtesting import Busy, Untried, backtest
from monitor.rules.domain.spec import FIELDS
from monitor.rules.models import Rule
from monitor.web import errors, schemas
from monitor.web.fields import strictly
from monitor.web.rules.fields import BacktestQuery, follows
from monitor.web.rules.schemas import BacktestAnswer

ERRORS = frozenset({400, 401, 404, 503})
router = Router()


@router.get("/backtest", url_name="backtest", response={200: BacktestAnswer, ERRORS: schemas.Error})
def tried(request: HttpRequest, query: Query[BacktestQuery]) -> HttpResponse:
    """How often an alert with these numbers would have fired in the last days, and for how long."""
    strictly(request, query)
    rule = _rule(query.dict(include=set(FIELDS)))
    host = lookup.find_host(query.host)
    try:
        shape = backtest(host, rule, query.days, time.time_ns() // 1_000_000)
    except Untried as error:
        raise HttpError(400, str(error)) from error
    except Busy as error:
        answer = errors.json_error(503, str(error))
        answer.headers["Retry-After"] = str(errors.RETRY_SECONDS)
        return answer
    return HttpResponse(json.encode(shape), content_type="application/json")


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
