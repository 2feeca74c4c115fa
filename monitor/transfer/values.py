"""Values in exported lines: checks that give a value as Python needs it, or raise BadLine with what is wrong with it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from monitor import conf
from monitor.metrics.text import is_storable
from monitor.metrics.times import LATEST_MS

LONGEST_MS = 2**31 - 1
LARGEST = 1e300
SHOWN = 60

Check = Callable[[Any], Any]


class BadLine(ValueError):
    """A line cannot be taken; the message is a sentence without the line's number."""


def shown(value: Any) -> str:
    """A value in a sentence, shortened."""
    text = value if isinstance(value, str) else json.dumps(value)
    text = text.strip()
    return repr(text if len(text) <= SHOWN else text[:SHOWN] + "...")


def number(value: Any) -> float:
    """A finite float."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= LARGEST:
        raise BadLine(f"{shown(value)} is not a finite number")
    return float(value)


def time_ms(value: Any) -> int:
    """Milliseconds since the epoch, years 1970 to 9999."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LATEST_MS:
        raise BadLine(f"{shown(value)} is no time in milliseconds between the years 1970 and 9999")
    return value


def duration_ms(value: Any) -> int:
    """A duration in milliseconds."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LONGEST_MS:
        raise BadLine(f"{shown(value)} is no duration in milliseconds")
    return value


def host_name(value: Any) -> str:
    """A name that a host can have."""
    try:
        return str(conf.parse("LOADMON_HOST_NAME", value if isinstance(value, str) and value else " "))
    except conf.WrongSetting as error:
        raise BadLine(f"{shown(value)} is no host name") from error


def optional(check: Check) -> Check:
    """What `check` takes, and None."""
    return lambda value: None if value is None else check(value)


def one_of(*words: Any) -> Check:
    """One of `words`."""

    def check(value: Any) -> Any:
        if isinstance(value, bool) or value not in words:
            raise BadLine(f"{shown(value)} is none of {', '.join(map(str, words))}")
        return value

    return check


def text(longest: int, least: int = 0) -> Check:
    """Text of so many characters that can be stored."""

    def check(value: Any) -> str:
        if not isinstance(value, str) or not least <= len(value) <= longest or "\0" in value:
            raise BadLine(f"{shown(value)} is no text of {least} to {longest} characters")
        if not is_storable(value):
            raise BadLine(f"{value!a} holds half a character")
        return value

    return check


def count(most: int) -> Check:
    """A whole number from 0 to `most`."""

    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            raise BadLine(f"{shown(value)} is no whole number between 0 and {most}")
        return value

    return check


def flag(value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise BadLine(f"{shown(value)} is neither true nor false")
    return value


def moment(value: Any) -> datetime:
    """A time as `iso` writes it, from 1970 on."""
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", value, re.ASCII):
            raise ValueError
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadLine(f"{shown(value)} is no time such as 2026-01-31T12:00:00.000000Z") from None
    if found.year < 1970:
        raise BadLine(f"{shown(value)} lies before 1970")
    return found


def numbers(value: Any) -> dict[str, float]:
    """Metric names and finite numbers; which metrics there are is for the reader to say."""
    if not isinstance(value, dict):
        raise BadLine(f"{shown(value)} is not an object")
    return {name: _named(name, number, one) for name, one in value.items()}


def summaries(value: Any) -> dict[str, tuple[float, int, float, float]]:
    """Metric names, each with its total, weight, low and high."""
    if not isinstance(value, dict):
        raise BadLine(f"{shown(value)} is not an object")
    return {name: _named(name, _summary, one) for name, one in value.items()}


def _summary(value: Any) -> tuple[float, int, float, float]:
    """Total, weight, low and high of one metric, with a mean that lies between its extremes."""
    if not isinstance(value, list) or len(value) != 4:
        raise BadLine(f"{shown(value)} is not [total, weight, low, high]")
    total, low, high = number(value[0]), number(value[2]), number(value[3])
    weight = time_ms(value[1])
    slack = 1e-6 * max(abs(low), abs(high), 1e-6) * max(weight, 1)
    if weight < 1 or not low <= high or not low * weight - slack <= total <= high * weight + slack:
        raise BadLine(f"{shown(value)} has no mean between its extremes")
    return total, weight, low, high


def _named(name: str, check: Check, value: Any) -> Any:
    try:
        return check(value)
    except BadLine as error:
        raise BadLine(f"{shown(name)}: {error}") from None


def names(value: Any) -> list[str]:
    """A list of names."""
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise BadLine(f"{shown(value)} is not a list of names")
    return value
