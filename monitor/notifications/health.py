"""What keeps people from being told of alerts just now, in a small shape: silences, receivers that fail, no notifier."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.metrics.json import Shape
from monitor.metrics.times import at_ms
from monitor.notifications import silences
from monitor.notifications.models import Notifier, Receiver

MOST_NAMED = 10
NOTIFIER_SILENT = timedelta(seconds=60)  # it gives a sign of life every 15 s


def facts(now: datetime) -> Shape:
    """{"silences": {"count", "until_at", "standing": [...]}, "receivers": [...], "no_notifier"}: for the page's banner.

    until_at is when the last of them ends, null where one never does. One text serves all who look, so that a receiver
    that fails is named with the time, and what it answered is not told. no_notifier: there are receivers, and nothing
    that sends to them.
    """
    receivers = Receiver.objects.filter(enabled=True).values_list("name", "failing_since")
    standing = silences.standing(now)
    ends = [one.until for one in standing]
    known = [end for end in ends if end is not None]
    return {
        "silences": {
            "count": len(standing),
            "until_at": at_ms(max(known)) if known and len(known) == len(ends) else None,
            "standing": [
                {
                    "id": one.silence.pk,
                    "rule": one.silence.rule.name if one.silence.rule else None,
                    "host": one.silence.host.name if one.silence.host else None,
                    "maintenance": one.silence.maintenance,
                    "weekly": bool(one.silence.weekdays),
                    "until_at": at_ms(one.until),
                }
                for one in standing[:MOST_NAMED]
            ],
        },
        "receivers": [
            {"name": name, "since_at": at_ms(since)} for name, since in receivers if since is not None
        ][:MOST_NAMED],
        "no_notifier": bool(receivers) and not _is_notifier_there(now),
    }


def notifier_seen_at() -> int | None:
    """When a notifier said last that it runs, in ms; None where none ever did."""
    return at_ms(Notifier.objects.values_list("seen_at", flat=True).first())


def _is_notifier_there(now: datetime) -> bool:
    return Notifier.objects.filter(seen_at__gt=now - NOTIFIER_SILENT).exists()
