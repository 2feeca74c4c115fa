"""What the dashboard shows before the first live frame: full at once, and readable without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from math import ceil
from statistics import fmean
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import get_script_prefix, reverse
from django.views.decorators.http import require_safe

from monitor.access import permissions
from monitor.access.permissions import readers_only
from monitor.alerts.evidence import busy_now
from monitor.diagnosis.document import brief, without_commands
from monitor.history import freshness, samples
from monitor.history.answers import Sampler
from monitor.hosts import lookup
from monitor.hosts.models import Host
from monitor.loadtests import drills, requests
from monitor.loadtests.models import LoadTestKind
from monitor.metrics import times
from monitor.metrics.catalogue import CATALOGUE
from monitor.metrics.json import Shape
from monitor.metrics.quantities import quantity
from monitor.metrics.windows import MEAN_METRICS
from monitor.notifications import health
from monitor.version import VERSION
from monitor.web.dashboard import episodes, schemas, status
from monitor.web.login import _now_ms
from monitor.web.vocabulary import metrics, vocabulary

WINDOW_SECONDS = status.LIVE_SECONDS
TABLED = ("cpu_percent", "load1", "load5", "load15")
CHARTED = (*TABLED, "tasks_running", "tasks_blocked")
TABLE_ROWS = 20
MINUTE_MS = 60_000
NO_ALERTS = {"open": [], "recent": [], "count_24h": 0}
NO_WINDOW = {"ids": [], "times": [], "covered_ms": [], "series": {name: [] for name in CHARTED}}
NO_MEANS = dict.fromkeys(MEAN_METRICS)
NO_SAMPLER = Sampler(
    state="stopped", message="No sampler has run yet.", waiting=None, dropped=None, failing=None, lateness_ms=None,
    last_sample_at=None,
)  # fmt: skip
TILES = (
    *CHARTED,
    "pressure_cpu_some_percent",
    "pressure_io_some_percent",
    "memory_used_bytes",
    "self_cpu_percent",
)


def context(request: HttpRequest, host: Host | None, now_ms: int) -> Shape:
    """The template's context: `page` for the scripts, `tiles` and `table_rows` for readers without them."""
    may_test = permissions.may_run_load_tests(request.user)
    page = _static(request, now_ms) | (_measured(host, now_ms, may_test) if host else _unmeasured())
    return {"page": page, "tiles": _tiles(page), "table_rows": list(_minutes(page["window"]))}


def _static(request: HttpRequest, now_ms: int) -> Shape:
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
            "admin": bool(user.is_active and user.is_staff),
        },
        "urls": _urls(),
        **health.facts(times.moment(now_ms)),
    }


def _urls() -> dict[str, str]:
    names = {
        "hosts": "api:hosts",
        "samples": "api:samples",
        "history": "api:history",
        "history_csv": "api:history_csv",
        "busyhours": "api:busyhours",
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


def _measured(host: Host, now_ms: int, may_test: bool) -> Shape:
    since_ms = now_ms - WINDOW_SECONDS * 1000
    latest = samples.latest(host)
    sampler, means = freshness.sampler_state(host, now_ms), samples.means(host, now_ms)
    busy = without_commands(busy_now(host, now_ms))
    return {
        "host": schemas.host(host) | {"synthetic": host.is_synthetic},
        "hosts": _choices(),
        "window": {"seconds": WINDOW_SECONDS, **samples.window(host, since_ms, CHARTED)},
        "latest": latest,
        "mean_2m": means,
        "verdict": status.verdict(latest, sampler, means, busy),
        "busy": brief(busy),
        "alerts": episodes.standing(host, now_ms),
        "rules": episodes.rules(host),
        "load_test": episodes.load_test(host, now_ms),
        "load_tests": episodes.load_tests_between(host, since_ms, now_ms),
        "gaps": status.live_gaps(host, now_ms),
        "sampler": sampler,
        "drill": _drills(host) if may_test else None,
        "load_test_limits": requests.limits(host) if may_test else None,
        "load_test_problem": requests.hindrance(host, times.moment(now_ms), sampler["last_sample_at"]),
    }


def _choices() -> list[str]:
    """The names of all hosts; none where there is nothing to choose from."""
    names = list(Host.objects.order_by("name").values_list("name", flat=True))
    return names if len(names) > 1 else []


def _drills(host: Host) -> Shape:
    """What a drill of each kind would prove, and the seconds that it needs at least."""
    workers = requests.limits(host)["workers"]
    offers = {kind: drills.offer(host, kind, workers) for kind in LoadTestKind.values}
    return {
        kind: {**asdict(offer), "seconds": max(requests.DEFAULT_SECONDS, ceil(offer.promised))}
        for kind, offer in offers.items()
    }


def _unmeasured() -> Shape:
    return {
        "host": None,
        "hosts": [],
        "window": {"seconds": WINDOW_SECONDS, **NO_WINDOW},
        "latest": None,
        "mean_2m": NO_MEANS,
        "verdict": status.verdict(None, NO_SAMPLER, NO_MEANS),
        "busy": None,
        "alerts": NO_ALERTS,
        "rules": episodes.rules(None),
        "load_test": None,
        "load_tests": [],
        "gaps": [],
        "sampler": NO_SAMPLER,
        "drill": None,
        "load_test_limits": None,
        "load_test_problem": "",
    }


def _tiles(page: Shape) -> list[dict[str, str]]:
    if page["latest"] is None:
        return []
    mean = page["mean_2m"]
    cores = page["host"]["cores"]
    notes = {
        "cpu_percent": _told(mean["cpu_percent"], "cpu_percent", "{} over 2 minutes"),
        "load1": _told(mean["load1"], "load1", "{} over 2 minutes"),
        "load5": "" if cores is None else f"of {cores:g} cores",
        "load15": "" if cores is None else f"of {cores:g} cores",
    }
    tiles = [
        {
            "label": CATALOGUE[name].label,
            "value": _told(page["latest"]["values"][name], name) or "not known",
            "note": notes.get(name, ""),
        }
        for name in TILES
    ]
    return [*tiles, {"label": "Alerts in 24 h", "value": str(page["alerts"]["count_24h"]), "note": ""}]


def _told(value: float | None, name: str, sentence: str = "{}") -> str:
    return "" if value is None else sentence.format(quantity(value, CATALOGUE[name].unit))


def _minutes(window: Shape) -> Iterator[dict[str, Any]]:
    """The mean of each of the last minutes with data, newest first."""
    rows: dict[int, list[int]] = {}
    for index, at in enumerate(window["times"]):
        rows.setdefault(at - at % MINUTE_MS, []).append(index)
    for start in sorted(rows, reverse=True)[:TABLE_ROWS]:
        means = {name: _mean(window["series"][name], rows[start]) for name in TABLED}
        yield {"time": times.moment(start), "cpu": means.pop("cpu_percent"), **means}


def _mean(values: Sequence[float | None], indices: Sequence[int]) -> float | None:
    known = [value for index in indices if (value := values[index]) is not None]
    return fmean(known) if known else None


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
    return render(request, "monitor/dashboard/dashboard.html", context(request, host, _now_ms()))
