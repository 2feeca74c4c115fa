"""Router of the JSON API for the dashboard: status, hosts and single samples."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from monitor.access import permissions
from monitor.diagnosis.document import told
from monitor.history import footprint
from monitor.history import samples as history_samples
from monitor.metrics.times import at_ms
from monitor.notifications import health
from monitor.rules.blind import blind
from monitor.runtime import clock
from monitor.version import VERSION
from monitor.web import fields
from monitor.web import schemas as web_schemas
from monitor.web.auth import READ_ERRORS, answer
from monitor.web.dashboard import episodes, parts, schemas
from monitor.web.dashboard import status as dashboard_status
from monitor.web.dashboard.status import HostState
from monitor.web.fields import host_of, strictly

NEXT_SAMPLES = web_schemas.link(
    "more", "monitor_api_samples", "What was stored after these.", after="$response.body#/next_after"
)
router = Router()


@router.get("/status", url_name="status", response=web_schemas.answers(schemas.Status, READ_ERRORS))
def status(request: HttpRequest, query: Query[fields.HostQuery]) -> HttpResponse:
    """How the host is now: sampler, open alerts, load test, verdict, culprits, storage."""
    state = HostState(host_of(request, query), clock.now_ms())
    busy = told(state.busy, permissions.may_see_commands(request.user))
    return answer(
        schemas.Status(
            version=VERSION,
            host=state.host.name,
            sampler=state.sampler,
            open_alerts=episodes.open_alerts(state.host),
            load_test=state.load_test,
            verdict=state.verdict,
            busy=None if busy is None else schemas.Busy(**busy),
            storage=footprint.footprint(state.host),
            notifier_seen_at=at_ms(health.notifier_seen_at()),
            blind=[schemas.BlindRule(rule=name, reason=reason) for name, reason in blind(state.host).items()],
            parts=parts.parts(permissions.may_open_admin(request.user)),
        )
    )


@router.get("/hosts", url_name="hosts", response=web_schemas.answers(schemas.Hosts, READ_ERRORS))
def hosts(request: HttpRequest) -> HttpResponse:
    """Every host that has ever been sampled."""
    strictly(request)
    return answer(schemas.Hosts(hosts=dashboard_status.hosts()))


@router.get(
    "/samples",
    url_name="samples",
    response=web_schemas.answers(schemas.Samples, READ_ERRORS),
    openapi_extra={"responses": {200: NEXT_SAMPLES}},
)
def samples(request: HttpRequest, query: Query[fields.SamplesQuery]) -> HttpResponse:
    """Single samples, oldest first: the newest ones, or all that were stored after one."""
    host = host_of(request, query)
    if query.after is None:
        found, more = history_samples.newest_samples(host, query.limit), False
    else:
        found = history_samples.samples_after(host, query.after, query.limit + 1)
        found, more = found[: query.limit], len(found) > query.limit
    after = found[-1]["id"] if more else None
    return answer(schemas.Samples(host=host.name, samples=found, next_after=after))
