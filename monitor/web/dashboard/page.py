"""Page of the dashboard before the first live frame: full at once, and readable without JavaScript."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from math import ceil
from typing import TypedDict

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import get_script_prefix, reverse
from django.views.decorators.http import require_safe

from monitor.access import permissions
from monitor.access.permissions import readers_only
from monitor.diagnosis.brief import Brief
from monitor.diagnosis.listing import Listing
from monitor.diagnosis.reader import read
from monitor.history import samples
from monitor.history.answers import Gap, Sample, Sampler, Window
from monitor.hosts import lookup
from monitor.hosts.models import Host
from monitor.ingest.frames import Verdict
from monitor.loadtests import drills, requests
from monitor.loadtests.hindrances import hindrance
from monitor.loadtests.models import LoadTestKind
from monitor.metrics import times
from monitor.metrics.windows import MEAN_METRICS
from monitor.notifications import health
from monitor.notifications.domain.silences import LONGEST_SILENCE
from monitor.runtime import clock
from monitor.version import VERSION
from monitor.web.dashboard import episodes, parts, schemas, status, tiles
from monitor.web.dashboard.status import HostState
from monitor.web.dashboard.tiles import TABLED
from monitor.web.loadtests.schemas import LoadTest
from monitor.web.vocabulary import Metric, Vocabulary, metrics, vocabulary

WINDOW_SECONDS = status.LIVE_SECONDS
CHARTED = (*TABLED, "tasks_running", "tasks_blocked")
NO_ALERTS = schemas.Standing(open=[], recent=[], count_24h=0)
NO_WINDOW = Window(ids=[], times=[], covered_ms=[], series={name: [] for name in CHARTED})
NO_MEANS: dict[str, float | None] = dict.fromkeys(MEAN_METRICS)
NO_SAMPLER = Sampler(
    state="stopped", message="No sampler has run yet.", waiting=None, dropped=None, failing=None, lateness_ms=None,
    last_sample_at=None, last_sample_age_seconds=None,
)  # fmt: skip


class PageHost(schemas.HostFacts):
    """The facts of the host, and whether its history is made up."""

    synthetic: bool


class LiveWindow(Window):
    """The samples of the live window, and how many seconds it is long."""

    seconds: int


class Drill(TypedDict):
    """What a drill would prove, and the seconds that it needs at least; or the problem with it."""

    rule: str
    promised: float
    receivers: Sequence[str]
    problem: str
    seconds: int


class Measured(TypedDict):
    """What the scripts get of a host; host is null before there is one."""

    host: PageHost | None
    hosts: list[str]
    window: LiveWindow
    latest: Sample | None
    mean_2m: dict[str, float | None]
    verdict: Verdict
    busy: Brief | None
    alerts: schemas.Standing
    rules: list[schemas.Rule]
    load_test: LoadTest | None
    load_tests: list[LoadTest]
    gaps: list[Gap]
    stale_after_ms: int | None
    sampler: Sampler
    drill: dict[str, Drill] | None
    load_test_limits: requests.Limits | None
    load_test_problem: str


class Surroundings(health.Facts):
    """What the scripts get whatever the host: who looks and may do what, words, addresses, what keeps messages back,
    and which parts keep ending."""

    version: str
    server_time: int
    user: str | None
    metrics: dict[str, Metric]
    words: Vocabulary
    can: dict[str, bool]
    longest_silence_ms: int
    urls: dict[str, str]
    parts: list[schemas.Part]


class Page(Surroundings, Measured):
    """All that the page hands to its scripts."""


class Context(TypedDict):
    """The template's: `page` for the scripts; `tiles`, `culprits` and `table_rows` for readers without them."""

    page: Page
    culprits: Listing
    tiles: list[tiles.Tile]
    table_rows: list[tiles.Minute]


def context(request: HttpRequest, host: Host | None, now_ms: int) -> Context:
    """The template's context."""
    may_test = permissions.may_run_load_tests(request.user)
    measured = _measured(HostState(host, now_ms), may_test) if host else _unmeasured()
    page: Page = {**_surroundings(request, now_ms), **measured}
    return Context(
        page=page,
        culprits=Listing(read(measured["busy"])),
        tiles=tiles.tiles(page["latest"], page["mean_2m"], page["host"], page["alerts"]["count_24h"]),
        table_rows=list(tiles.minutes(page["window"])),
    )


def _surroundings(request: HttpRequest, now_ms: int) -> Surroundings:
    user = request.user
    return {
        "version": VERSION,
        "server_time": now_ms,
        "user": user.get_username() if user.is_authenticated else None,
        "metrics": metrics(),
        "words": vocabulary(),
        "can": {
            "load_test": permissions.may_run_load_tests(user),
            "acknowledge": permissions.may_acknowledge(user),
            "silence": permissions.may_silence(user),
            "admin": permissions.may_open_admin(user),
        },
        "longest_silence_ms": LONGEST_SILENCE // timedelta(milliseconds=1),
        "urls": _urls(),
        "parts": parts.parts(permissions.may_open_admin(user)),
        **health.facts(times.moment(now_ms)),
    }


def _urls() -> dict[str, str]:
    names = {
        "hosts": "api:hosts",
        "samples": "api:samples",
        "history": "api:history",
        "history_csv": "api:history_csv",
        "busydays": "api:busydays",
        "busyhours": "api:busyhours",
        "overloads": "api:overloads",
        "usage": "api:usage",
        "loadtests": "api:loadtests",
        "loadtest_current": "api:loadtest_current",
        "login": "login",
        "logout": "logout",
        "admin": "admin:index",
        "alerts": "alerts",
        "silences": "api:silences",
    }
    of_one = {"alert": "alert", "acknowledge": "api:alert_acknowledge", "silence": "api:silence"}
    return (
        {"live": f"{get_script_prefix()}ws/live/"}
        | {key: reverse(name) for key, name in names.items()}
        | {key: reverse(name, args=[0]) for key, name in of_one.items()}
    )


def _measured(state: HostState, may_test: bool) -> Measured:
    host, since_ms = state.host, state.now_ms - WINDOW_SECONDS * 1000
    return Measured(
        host={**schemas.host(host), "synthetic": host.is_synthetic},
        hosts=_choices(),
        window={"seconds": WINDOW_SECONDS, **samples.window(host, since_ms, CHARTED)},
        latest=state.latest,
        mean_2m=state.means,
        verdict=state.verdict,
        busy=state.shown_busy,
        alerts=state.alerts,
        rules=state.rules,
        load_test=state.load_test,
        load_tests=episodes.load_tests_between(host, since_ms, state.now_ms),
        gaps=state.gaps,
        stale_after_ms=state.stale_after_ms,
        sampler=state.sampler,
        drill=_drills(host) if may_test else None,
        load_test_limits=requests.limits(host) if may_test else None,
        load_test_problem=hindrance(host, times.moment(state.now_ms), state.sampler["last_sample_at"]),
    )


def _choices() -> list[str]:
    """The names of all hosts; none where there is nothing to choose from."""
    names = list(Host.objects.order_by("name").values_list("name", flat=True))
    return names if len(names) > 1 else []


def _drills(host: Host) -> dict[str, Drill]:
    """What a drill of each kind would prove, and the seconds that it needs at least."""
    workers = requests.limits(host)["workers"]
    offers = {kind: drills.offer(host, kind, workers) for kind in LoadTestKind.values}
    return {
        kind: Drill(
            rule=offer.rule, promised=offer.promised, receivers=offer.receivers, problem=offer.problem,
            seconds=max(requests.DEFAULT_SECONDS, ceil(offer.promised)),
        )
        for kind, offer in offers.items()
    }  # fmt: skip


def _unmeasured() -> Measured:
    return Measured(
        host=None, hosts=[], window={"seconds": WINDOW_SECONDS, **NO_WINDOW}, latest=None, mean_2m=NO_MEANS,
        verdict=status.unjudged(NO_SAMPLER), busy=None, alerts=NO_ALERTS, rules=episodes.rules(None), load_test=None,
        load_tests=[], gaps=[], stale_after_ms=None, sampler=NO_SAMPLER, drill=None, load_test_limits=None,
        load_test_problem="",
    )  # fmt: skip


@require_safe
@readers_only
def dashboard(request: HttpRequest) -> HttpResponse:
    """The live page of one host."""
    name = request.GET.get("host")
    try:
        host = lookup.find_host(name)
    except lookup.UnknownHost as error:
        if name or Host.objects.exists():
            raise Http404(str(error)) from error
        host = None
    return render(request, "monitor/dashboard/dashboard.html", context(request, host, clock.now_ms()))
