"""Health of notifications: what keeps people from being told of alerts now, and whether a notifier is alive."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypedDict

from monitor.history.domain.age import age
from monitor.metrics.times import at_ms
from monitor.notifications import silences
from monitor.notifications.models import Notifier, Receiver

MOST_NAMED = 10
NOTIFIER_SILENT = timedelta(seconds=60)  # it gives a sign of life every 15 s
NOTIFIER_SILENT_AT_A_DRILL = timedelta(seconds=30)  # a drill is over before a minute has passed


class Standing(TypedDict):
    """A silence that holds messages back now; rule and host null: every one."""

    id: int
    rule: str | None
    host: str | None
    maintenance: bool
    weekly: bool
    until_at: int | None


class Silences(TypedDict):
    """What is quiet; until_at is when the last of them ends, null where one never does."""

    count: int
    until_at: int | None
    standing: list[Standing]


class Failing(TypedDict):
    """A receiver that fails, and since when."""

    name: str
    since_at: int | None


class Facts(TypedDict):
    """What keeps messages back; no_notifier: there are receivers, and nothing that sends to them."""

    silences: Silences
    receivers: list[Failing]
    no_notifier: bool


def facts(now: datetime) -> Facts:
    """What keeps messages back just now, for the page's notice of silences.

    One text serves all who look, so that a receiver that fails is named with the time, and what it answered is not told.
    """
    receivers = Receiver.objects.filter(enabled=True).values_list("name", "failing_since")
    standing = silences.standing(now)
    ends = [one.until for one in standing]
    known = [end for end in ends if end is not None]
    return Facts(
        silences=Silences(
            count=len(standing),
            until_at=at_ms(max(known)) if known and len(known) == len(ends) else None,
            standing=[_standing(one) for one in standing[:MOST_NAMED]],
        ),
        receivers=[
            Failing(name=name, since_at=at_ms(since)) for name, since in receivers if since is not None
        ][:MOST_NAMED],
        no_notifier=bool(receivers) and not is_notifier_alive(now),
    )


def notifier_seen_at() -> datetime | None:
    """When a notifier said last that it runs; None where none ever did."""
    return Notifier.objects.values_list("seen_at", flat=True).first()


def is_notifier_alive(now: datetime, silent: timedelta = NOTIFIER_SILENT) -> bool:
    """Whether a notifier has said not longer than `silent` ago that it runs.

    A sign of life from a time to come says nothing: the clock was set back since.
    """
    seen_at = notifier_seen_at()
    seconds = age(seen_at, now)
    return seconds is not None and seconds <= silent.total_seconds()


def _standing(one: silences.Standing) -> Standing:
    row = one.silence
    return Standing(
        id=row.pk, rule=row.rule.name if row.rule else None, host=row.host.name if row.host else None,
        maintenance=row.maintenance, weekly=bool(row.weekdays), until_at=at_ms(one.until),
    )  # fmt: skip
