"""File format of exported history: newline JSON, every line with its version and type, parsed strictly.

A line that is accepted can be stored as it is; anything else raises BadLine with a sentence that names the value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn

from monitor.alerts.models import AlertState, Change
from monitor.history.domain.tiers import RESOLUTIONS
from monitor.loadtests.models import LoadTestKind
from monitor.metrics.gaps import Kind
from monitor.metrics.text import is_storable
from monitor.metrics.times import LATEST_MS
from monitor.rules.domain.severity import SEVERITIES
from monitor.rules.models import Comparison, WindowStatistic

VERSION = 1
FORMAT = "loadmon-history"
LONGEST_LINE = 1_000_000
LONGEST_MS = 2**31 - 1
LARGEST = 1e300
SHOWN = 60

Fields = dict[str, Any]
Line = tuple[str, Fields]
Check = Callable[[Any], Any]


class BadLine(ValueError):
    """A line cannot be taken; the message is a sentence without the line's number."""


def line(kind: str, fields: Mapping[str, Any]) -> str:
    """One line of the format; floats as short as they round-trip."""
    whole = {"v": VERSION, "type": kind, **fields}
    return json.dumps(whole, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"


def parse(text: str) -> Line:
    """The type of a line and its fields, each checked and as Python needs it.

    A dict because the fields are those of the type: FIELDS tells them.
    """
    try:
        found = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        if isinstance(error, BadLine):
            raise
        raise BadLine(f"it is not JSON: {shown(text)}.") from None
    if not isinstance(found, dict):
        raise BadLine(f"it is not an object: {shown(text)}.")
    return _kind(found), _checked(_kind(found), found)


def iso(moment: datetime | None) -> str | None:
    """A time as text, UTC, to the microsecond: exact, other than milliseconds."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


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
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9._-]{1,100}", value):
        raise BadLine(f"{shown(value)} is no host name")
    return value


def _kind(found: Fields) -> str:
    version, kind = found.get("v"), found.get("type")
    if isinstance(version, int) and version > VERSION:
        raise BadLine(f"it has format version {version}, and this loadmon knows {VERSION}: use a newer one.")
    if version != VERSION or isinstance(version, bool):
        raise BadLine(f"it has no format version: {shown(version)}.")
    if not isinstance(kind, str) or kind not in FIELDS:
        raise BadLine(f"there is no type {shown(kind)}.")
    return kind


def _checked(kind: str, found: Fields) -> Fields:
    """The fields that FIELDS tells of the type; a dict because each type has its own."""
    checks = FIELDS[kind]
    wrong = sorted((found.keys() - {"v", "type"}) ^ checks.keys())
    if wrong:
        word = "an unknown" if wrong[0] in found else "no"
        raise BadLine(f"a {kind} has {word} field {shown(wrong[0])}.")
    fields = {}
    for name, check in checks.items():
        try:
            fields[name] = check(found[name])
        except BadLine as error:
            raise BadLine(f"{name}: {error}.") from None
    if kind == "gap" and fields["end_ms"] < fields["start_ms"]:
        raise BadLine("end_ms: a gap cannot end before it starts.")
    if kind == "rollup" and fields["at"] % (fields["resolution"] * 1000):
        raise BadLine(f"at: {fields['at']} is not the start of a bucket of {fields['resolution']} s.")
    return fields


def _refuse_constant(text: str) -> NoReturn:
    raise BadLine(f"{text} is not a finite number.")


def _optional(check: Check) -> Check:
    return lambda value: None if value is None else check(value)


def _one_of(*words: Any) -> Check:
    def check(value: Any) -> Any:
        if isinstance(value, bool) or value not in words:
            raise BadLine(f"{shown(value)} is none of {', '.join(map(str, words))}")
        return value

    return check


def _text(longest: int, least: int = 0) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, str) or not least <= len(value) <= longest or "\0" in value:
            raise BadLine(f"{shown(value)} is no text of {least} to {longest} characters")
        if not is_storable(value):
            raise BadLine(f"{value!a} holds half a character")
        return value

    return check


def _count(most: int) -> Check:
    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            raise BadLine(f"{shown(value)} is no whole number between 0 and {most}")
        return value

    return check


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadLine(f"{shown(value)} is neither true nor false")
    return value


def _moment(value: Any) -> datetime:
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", value, re.ASCII):
            raise ValueError
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadLine(f"{shown(value)} is no time such as 2026-01-31T12:00:00.000000Z") from None
    if found.year < 1970:
        raise BadLine(f"{shown(value)} lies before 1970")
    return found


def _numbers(value: Any) -> dict[str, float]:
    """Metric names and finite numbers; which metrics there are is for the reader to say."""
    if not isinstance(value, dict):
        raise BadLine(f"{shown(value)} is not an object")
    return {name: _named(name, number, one) for name, one in value.items()}


def _summaries(value: Any) -> dict[str, tuple[float, int, float, float]]:
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


def _transitions(value: Any) -> list[dict[str, object]]:
    if not isinstance(value, list):
        raise BadLine(f"{shown(value)} is not a list")
    found = []
    for one in value:
        if not isinstance(one, dict) or one.keys() != TRANSITION.keys():
            raise BadLine(f"{shown(one)} is no transition")
        found.append({name: check(one[name]) for name, check in TRANSITION.items()})
    return found


def _names(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise BadLine(f"{shown(value)} is not a list of names")
    return value


TRANSITION: dict[str, Check] = {
    "at": _moment,
    "stored_at": _moment,
    "change": _one_of(*Change.values),
    "value": _optional(number),
    "severity": _one_of("", *SEVERITIES),
    "note": _text(1000),
}
FIELDS: dict[str, dict[str, Check]] = {
    "header": {"format": _one_of(FORMAT), "metrics": _names},
    "host": {
        "host": host_name, "created_at": _moment, "boot_id": _text(64), "booted_at": _optional(_moment),
        "effective_cores": _optional(number), "cores_reason": _text(200), "interval": number,
        "sampler_started_at": _optional(_moment), "sampler_stopped_at": _optional(_moment),
    },
    "progress": {
        "host": host_name, "resolution": _one_of(*RESOLUTIONS), "pending_from_ms": time_ms, "pruned_until_ms": time_ms,
    },
    "gap": {
        "host": host_name, "start_ms": time_ms, "end_ms": time_ms, "kind": _one_of(*(kind.value for kind in Kind)),
        "note": _text(200),
    },
    "load_test": {
        "host": host_name, "requested_at": _moment, "started_at": _optional(_moment), "ended_at": _optional(_moment),
        "kind": _one_of(*LoadTestKind.values), "seconds": _count(86_400), "workers": _count(100_000),
        "expects_alert": _flag, "passed": _optional(_flag),
        "state": _one_of("finished", "cancelled", "failed"), "report": _text(2000),
    },
    "alert": {
        "host": host_name, "rule": _text(80, 1), "metric": _text(60, 1), "severity": _one_of(*SEVERITIES),
        "worst_severity": _one_of(*SEVERITIES), "comparison": _one_of(*Comparison.values),
        "statistic": _one_of(*WindowStatistic.values), "window_seconds": _count(86_400),
        "state": _one_of(*AlertState.values), "started_at": _moment, "fired_at": _moment,
        "resolved_at": _optional(_moment), "last_seen_at": _moment, "acknowledged_at": _optional(_moment),
        "threshold": number, "clear_threshold": number, "critical_threshold": _optional(number),
        "value": number, "peak": number, "is_test": _flag, "end_observed": _flag, "note": _text(200),
        "explanation": _text(500), "transitions": _transitions,
    },
    "sample": {"host": host_name, "at": time_ms, "covered_ms": duration_ms, "values": _numbers},
    "rollup": {"host": host_name, "resolution": _one_of(*RESOLUTIONS), "at": time_ms, "values": _summaries},
}  # fmt: skip
