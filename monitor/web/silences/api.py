"""Router of the JSON API for silences and maintenance: which hold messages back, made and ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from asgiref.sync import async_to_sync
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router
from ninja.errors import HttpError

from monitor.access import permissions
from monitor.hosts import lookup
from monitor.hosts.models import Host
from monitor.live import publishing
from monitor.metrics import times
from monitor.metrics.times import moment, shown
from monitor.notifications import silences
from monitor.notifications.domain.silences import LONGEST_SILENCE
from monitor.rules.models import Rule
from monitor.runtime import clock
from monitor.web import fields, schemas
from monitor.web.auth import CHANGE_ERRORS, READ_ERRORS, actor, answer
from monitor.web.fields import strictly
from monitor.web.silences import fields as silences_fields
from monitor.web.silences import schemas as silences_schemas

END = schemas.link("end", "monitor_silencesapi_end_silence", "End it.", silence_id="$response.body#/id")
IDLE = "The weekly silence {} holds nothing back now; end it for ever in the admin."
router = Router()


@router.get(
    "/silences", url_name="silences", response=schemas.answers(silences_schemas.Silences, READ_ERRORS)
)
def list_silences(request: HttpRequest) -> HttpResponse:
    """Every silence that holds messages back now or may later."""
    strictly(request)
    now = timezone.now()
    standing = {one.silence.pk: one.until for one in silences.standing(now)}
    rows = [
        silences_schemas.silence(row, row.pk in standing, standing.get(row.pk))
        for row in silences.not_over(now)
    ]
    return answer({"silences": rows})


@router.post(
    "/silences",
    url_name="silences",
    auth=actor,
    response=schemas.answers(silences_schemas.Silence, CHANGE_ERRORS, 201),
    openapi_extra={"responses": {201: END}},
)
def start_silence(request: HttpRequest, wanted: silences_fields.SilenceRequest) -> HttpResponse:
    """Hold messages back from now on: of a rule, of a host, or all of them; what still fires when it ends is told then."""
    strictly(request)
    _check_allowed(request)
    now, by = timezone.now(), _person(request)
    until = _until(wanted, now)
    rule = _rule(wanted.rule) if wanted.rule else None
    host = lookup.find_host(wanted.host) if wanted.host else None
    if wanted.maintenance and (rule or host):
        raise HttpError(400, "Maintenance is for every rule on every host: leave rule and host out.")
    try:
        if wanted.maintenance:
            made = silences.start_maintenance(by, now, until - now, wanted.note or "")
        else:
            made = silences.create(by, now, rule=rule, host=host, ends_at=until, note=wanted.note or "")
    except ValidationError as error:
        raise HttpError(400, " ".join(error.messages)) from error
    except silences.TooMany as error:
        raise HttpError(409, str(error)) from error
    _tell_everybody()
    return answer(silences_schemas.silence(made, True, made.ends_at), 201)


@router.delete(
    "/silences/{silence_id}",
    url_name="silence",
    auth=actor,
    response=schemas.answers(silences_schemas.Silence, CHANGE_ERRORS),
)
def end_silence(request: HttpRequest, silence_id: fields.Id) -> HttpResponse:
    """End a silence now, a weekly one for this time only; what it held back and still holds true is told at once."""
    strictly(request)
    _check_allowed(request)
    now = timezone.now()
    row = silences.not_over(now).filter(pk=silence_id).first()
    if row is None:
        raise HttpError(404, f"There is no silence {silence_id} that could be ended.")
    shape = silences_schemas.silence(row, False, None)
    if not silences.end(row, now):
        raise HttpError(409, IDLE.format(silence_id))
    _tell_everybody()
    return answer(shape | {"ends_at": times.at_ms(row.ends_at), "resumes_at": times.at_ms(row.resumes_at)})


def _person(request: HttpRequest) -> Any:
    return request.user


def _check_allowed(request: HttpRequest) -> None:
    if not permissions.may_silence(request.user):
        raise HttpError(403, "Your account may not make or end silences.")


def _until(wanted: silences_fields.SilenceRequest, now: datetime) -> datetime:
    if (wanted.minutes is None) == (wanted.until is None):
        raise HttpError(400, "Give either minutes or until: how long the silence lasts.")
    if wanted.minutes is not None:
        return now + timedelta(minutes=wanted.minutes)
    ends = moment(fields.time_of("until", str(wanted.until), clock.now_ms()))
    if ends <= now:
        raise HttpError(400, f"until must lie in the future, not at {shown(str(wanted.until))}.")
    if ends > now + LONGEST_SILENCE:
        raise HttpError(400, f"until {shown(str(wanted.until))} is over a year away.")
    return ends


def _rule(name: str) -> Rule:
    found = Rule.objects.filter(name=name).first()
    if found is None:
        raise HttpError(404, f"There is no rule {shown(name)}.")
    return found


def _tell_everybody() -> None:
    """The notice of every open dashboard: a silence may be of any host."""
    for name in Host.objects.values_list("name", flat=True):
        async_to_sync(publishing.publish)(publishing.status_event(name))
