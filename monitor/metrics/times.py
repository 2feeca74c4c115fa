"""Times in ms since the epoch, and as people write them in a query: "now", "-1h", RFC 3339 with an offset."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST_MS = 253_402_300_799_999  # the last millisecond of the year 9999
UNIT_MS = {"s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000, "y": 31_536_000_000}
RELATIVE = re.compile(r"-([0-9]{1,9})([smhdwy])")
# A "+" that was not percent-encoded arrives as a space: the sign can only be a plus then.
RFC_3339 = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?"
    r"(?:([Zz])|([-+ ])([0-9]{2}):([0-9]{2}))"
)
PATTERN = f"^(now|{RELATIVE.pattern}|{RFC_3339.pattern})$"
"""Everything that `parse` reads, as one pattern."""

FORMS = "give now, a time back from now such as -1h (s, m, h, d, w, y), or RFC 3339 with an offset"


def parse(text: str, now_ms: int) -> int:
    """The time that `text` names; raise ValueError with a sentence that quotes it where it names none."""
    ms = _parsed(text, now_ms)
    if not 0 <= ms <= LATEST_MS:
        raise ValueError(f"{shown(text)} lies outside the years 1970 to 9999.")
    return ms


def shown(text: str) -> str:
    """`text` as it may be quoted in a sentence: at most 60 characters, nothing unprintable."""
    return ascii(text if len(text) <= 60 else f"{text[:57]}...")


def _parsed(text: str, now_ms: int) -> int:
    if text == "now":
        return now_ms
    relative = RELATIVE.fullmatch(text)
    if relative:
        return now_ms - int(relative[1]) * UNIT_MS[relative[2]]
    absolute = RFC_3339.fullmatch(text)
    if not absolute:
        raise ValueError(f"{shown(text)} is not a time: {FORMS}.")
    try:
        return _absolute(absolute)
    except ValueError as error:
        raise ValueError(f"{shown(text)} is not a time: {error}.") from error


def _absolute(match: re.Match[str]) -> int:
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    microsecond = int((match[7] or "0").ljust(6, "0")[:6])
    moment = datetime(year, month, day, hour, minute, second, microsecond, tzinfo=_zone(match))
    return (moment - EPOCH) // timedelta(milliseconds=1)


def _zone(match: re.Match[str]) -> timezone:
    if match[8]:
        return UTC
    hours, minutes = int(match[10]), int(match[11])
    if hours > 23 or minutes > 59:
        raise ValueError(f"the offset {hours:02}:{minutes:02} does not exist")
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if match[9] == "-" else offset)


def at_ms(moment: datetime | None) -> int | None:
    """Milliseconds since the epoch, or None."""
    return None if moment is None else round(moment.timestamp() * 1000)


def moment(ms: int) -> datetime:
    """The aware UTC time of `ms` milliseconds since the epoch."""
    return datetime.fromtimestamp(ms / 1000, UTC)
