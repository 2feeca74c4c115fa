"""Values in exported lines: checks that give a value as Python needs it, or raise BadLine with what is wrong with it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from monitor import conf
from monitor.metrics.catalogue import JUDGED
from monitor.metrics.text import is_storable, plain, visible
from monitor.metrics.times import LATEST_MS

LONGEST_MS = 2**31 - 1
LARGEST = 2.0**63
MOST_WEIGHT_MS = 2**45
SHOWN = 60
METRIC = re.compile(r"[a-z][a-z0-9_]{0,59}")

Check = Callable[[Any], Any]


class BadLine(ValueError):
    """A line cannot be taken; the message is a sentence without the line's number."""


def shown(value: Any) -> str:
    """A value in a sentence, shortened."""
    try:
        text = value if isinstance(value, str) else json.dumps(value)
    except RecursionError:
        text = "a value within many others"
    text = text.strip()
    return repr(text if len(text) <= SHOWN else text[:SHOWN] + "...")


def number(value: Any) -> float:
    """A finite float, no larger than anything that is counted; zero has no sign."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < math.inf:
        raise BadLine(f"{shown(value)} is not a finite number")
    if abs(value) > LARGEST:
        raise BadLine(f"{shown(value)} is more than anything can be")
    return float(value) + 0.0


def between(low: float, high: float) -> Check:
    """A number from `low` to `high`."""

    def check(value: Any) -> float:
        found = number(value)
        if not low <= found <= high:
            raise BadLine(f"{shown(value)} does not lie between {low:g} and {high:g}")
        return found

    return check


def measured(metric: str, value: Any) -> float:
    """A number that a machine can measure of `metric`; any number where the catalogue does not know it."""
    found = number(value)
    known = JUDGED.get(metric)
    if known is not None and not known.can_be(found):
        raise BadLine(f"{shown(value)} does not lie between 0 and {known.highest:g}")
    return found


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
        return words[words.index(value)]  # 60.0 is 60

    return check


def text(longest: int, least: int = 0) -> Check:
    """Text of so many characters that can be stored, without what deceives whoever reads it."""

    def check(value: Any) -> str:
        if not isinstance(value, str) or not least <= len(value) <= longest or "\0" in value:
            raise BadLine(f"{shown(value)} is no text of {least} to {longest} characters")
        if not is_storable(value):
            raise BadLine(f"{value!a} holds half a character")
        clean = plain(value)
        if len(clean) < least or (least and not visible(clean)):
            raise BadLine(f"{value!a} holds nothing that can be seen")
        return clean

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
    return {metric(name): _named(name, partial(measured, name), one) for name, one in value.items()}


def metric(name: str) -> str:
    """What a metric can be called, also one that is not known here."""
    if not METRIC.fullmatch(name):
        raise BadLine(f"{shown(name)} is no name of a metric")
    return name


def summaries(value: Any) -> dict[str, tuple[float, int, float, float]]:
    """Metric names, each with its total, weight, low and high."""
    if not isinstance(value, dict):
        raise BadLine(f"{shown(value)} is not an object")
    return {metric(name): _named(name, partial(_summary, name), one) for name, one in value.items()}


def _summary(name: str, value: Any) -> tuple[float, int, float, float]:
    """Total, weight, low and high of one metric, with a mean that lies between its extremes."""
    if not isinstance(value, list) or len(value) != 4:
        raise BadLine(f"{shown(value)} is not [total, weight, low, high]")
    low, high = measured(name, value[2]), measured(name, value[3])
    weight = time_ms(value[1])
    total = value[0]
    if (
        isinstance(total, bool)
        or not isinstance(total, (int, float))
        or not abs(total) <= LARGEST * MOST_WEIGHT_MS
    ):
        raise BadLine(f"{shown(total)} is not a finite number")
    slack = 1e-6 * max(abs(low), abs(high), 1e-6) * max(weight, 1)
    if not 1 <= weight <= MOST_WEIGHT_MS or not low <= high:
        raise BadLine(f"{shown(value)} has no mean between its extremes")
    if not low * weight - slack <= total <= high * weight + slack:
        raise BadLine(f"{shown(value)} has no mean between its extremes")
    return float(total) + 0.0, weight, low, high


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
