"""Schemas of the usage of a host, with the alerts that name a consumer."""

from __future__ import annotations

from typing import Annotated, TypedDict

from monitor.usage.answers import UsageAnswer
from monitor.web.rows import Described, From, MaybeTime, Time


class NamedIn(TypedDict):
    """An alert in whose evidence a consumer is named as who kept the host busy."""

    id: int
    title: Annotated[str, From("rule_name"), Described("The name of its rule.")]
    severity: Annotated[str, From("shown_severity")]
    fired_at: Time
    resolved_at: MaybeTime
    explanation: str


class Usage(UsageAnswer):
    """Who used a host over a span of time, heaviest first, then `others` and `not_seen`.

    alerts: with `consumer`, the alerts of the span in which it is named; null without.
    """

    alerts: list[NamedIn] | None
