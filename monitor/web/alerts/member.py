"""Member of an alert on a maximum: the past of the very file system that it names, in place of that of the fullest one."""

from __future__ import annotations

from typing import TypedDict
from urllib.parse import urlencode

from django.urls import reverse

from monitor.alerts.models import Alert
from monitor.history.answers import Numbers
from monitor.metrics.catalogue import family_of
from monitor.metrics.parts import Kind, part_of
from monitor.metrics.times import moment
from monitor.usage import pasts

FIGURES = {Kind.FILE_SYSTEM: "full_percent"}
"""The figure of a part that is the metric's value for it, where the metric is the highest of such values."""


LONG_MS = 30 * 86_400_000
"""So far back a member's own past is shown: what fills slowly began long before its alert."""


class Onward(TypedDict):
    """Addresses of the dashboard from the page of an alert: the span of its chart, and a long one up to its end.

    part: the file system, disk or interface that the alert is most of, to be chosen there; "" where it is of none.
    """

    family: str
    part: str
    around: str
    long: str


class Member(TypedDict):
    """The part whose past is drawn, and the figure of it that the metric is the highest of."""

    kind: str
    name: str
    figure: str


def of(alert: Alert) -> Member | None:
    """The worst of those that an alert on a maximum is of; None where it has none with a past of its own."""
    name = worst(alert, adds_up=False)
    part = part_of(alert.metric, name) if name else None
    if part is None or part.kind not in FIGURES:
        return None
    return Member(kind=part.kind.value, name=part.name, figure=FIGURES[part.kind])


def worst(alert: Alert, adds_up: bool) -> str:
    """The name of the member with the greatest value, of those that add up or of those of a maximum; "" without any."""
    found = [one for one in alert.members if one["adds_up"] is adds_up]
    return max(found, key=lambda one: one["value"])["name"] if found else ""


def onward(alert: Alert, start_ms: int, end_ms: int) -> Onward:
    """Where the dashboard shows [start, end), what the page of an alert shows."""
    name = worst(alert, adds_up=False) or worst(alert, adds_up=True)
    part = part_of(alert.metric, name) if name else None
    return Onward(
        family=family_of(alert.metric) or "",
        part=part.name if part else "",
        around=_dashboard(alert, start_ms, end_ms),
        long=_dashboard(alert, max(0, end_ms - LONG_MS), end_ms) if part else "",
    )


def _dashboard(alert: Alert, start_ms: int, end_ms: int) -> str:
    span = {"start": _stamp(start_ms), "end": _stamp(end_ms)}
    return f"{reverse('dashboard')}?{urlencode({'host': alert.host.name, **span}, safe=':')}"


def _stamp(at_ms: int) -> str:
    return f"{moment(at_ms):%Y-%m-%dT%H:%M:%SZ}"


def drawn(alert: Alert, member: Member, whole: Numbers, points: int) -> Numbers | None:
    """`whole`, the history of the metric, with the past of the member in its place; None where none is kept of that time."""
    kind = Kind(member["kind"])
    found = pasts.between(alert.host, whole["start_at"], whole["end_at"], points, kind, member["name"])
    if not found["parts"]:
        return None
    series = found["parts"][0]["figures"][member["figure"]]["series"]
    return {
        **whole,
        "resolution_seconds": found["resolution_seconds"],
        "tier_seconds": found["tier_seconds"],
        "times": found["times"],
        "series": {alert.metric: {"mean": series["mean"], "low": series["mean"], "high": series["high"]}},
    }
