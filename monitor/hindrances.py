"""What keeps people from being told of alerts just now, in a small shape: silences that stand, receivers that fail."""

from __future__ import annotations

from datetime import datetime

from monitor import silences
from monitor.models import Receiver
from monitor.shapes import Shape, at_ms

MOST_NAMED = 10


def facts(now: datetime) -> Shape:
    """{"silences": {"count", "until_at", "standing": [...]}, "receivers": [...]}: what the banner of the page tells.

    until_at is when the last of them ends, null where one never does. One text serves all who look, so that a receiver
    that fails is named with the time, and what it answered is not told.
    """
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
            {"name": row.name, "since_at": at_ms(row.failing_since)}
            for row in Receiver.objects.filter(enabled=True, failing_since__isnull=False)[:MOST_NAMED]
        ],
    }
