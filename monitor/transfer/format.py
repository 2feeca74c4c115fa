"""File format of exported history: newline JSON, every line with its version and type, parsed strictly.

A line that is accepted can be stored as it is; anything else raises BadLine with a sentence that names the value.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn

from monitor.alerts.models import AlertState, Change
from monitor.history.domain.tiers import RESOLUTIONS
from monitor.loadtests.models import LoadTestKind
from monitor.metrics.catalogue import CATALOGUE
from monitor.metrics.gaps import Kind
from monitor.rules.domain.severity import SEVERITIES
from monitor.rules.models import Comparison, WindowStatistic
from monitor.transfer import usage_lines, values
from monitor.transfer.values import BadLine, Check
from monitor.usage.domain.tiers import TIERS

VERSION = 1
FORMAT = "loadmon-history"
LONGEST_LINE = 1_000_000
MOST_TRANSITIONS = 5000

Fields = dict[str, Any]
Line = tuple[str, Fields]


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
        raise BadLine(f"it is not JSON: {values.shown(text)}.") from None
    if not isinstance(found, dict):
        raise BadLine(f"it is not an object: {values.shown(text)}.")
    kind = _kind(found)
    return kind, _checked(kind, found)


def iso(moment: datetime | None) -> str | None:
    """A time as text, UTC, to the microsecond: exact, other than milliseconds."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _kind(found: Fields) -> str:
    version, kind = found.get("v"), found.get("type")
    if isinstance(version, int) and version > VERSION:
        raise BadLine(f"it has format version {version}, and this loadmon knows {VERSION}: use a newer one.")
    if version != VERSION or isinstance(version, bool):
        raise BadLine(f"it has no format version: {values.shown(version)}.")
    if not isinstance(kind, str) or kind not in FIELDS:
        raise BadLine(f"there is no type {values.shown(kind)}.")
    return kind


def _checked(kind: str, found: Fields) -> Fields:
    """The fields that FIELDS tells of the type; a dict because each type has its own."""
    checks = FIELDS[kind]
    lacks = found.keys() | LATER.get(kind, set())
    wrong = sorted((found.keys() - {"v", "type"} - checks.keys()) | (checks.keys() - lacks))
    if wrong:
        word = "an unknown" if wrong[0] in found else "no"
        raise BadLine(f"a {kind} has {word} field {values.shown(wrong[0])}.")
    fields = {}
    for name, check in checks.items():
        if name not in found:
            continue
        try:
            fields[name] = check(found[name])
        except BadLine as error:
            raise BadLine(f"{name}: {error}.") from None
    for problem in _problems(kind, fields):
        raise BadLine(problem)
    return fields


def _problems(kind: str, fields: Fields) -> Iterator[str]:
    """What is wrong with fields that are right each by itself, as sentences."""
    if kind == "gap" and fields["end_ms"] < fields["start_ms"]:
        yield "end_ms: a gap cannot end before it starts."
    if kind == "rollup" and fields["at"] % (fields["resolution"] * 1000):
        yield f"at: {fields['at']} is not the start of a bucket of {fields['resolution']} s."
    if kind in ("usage", "parts") and (said := usage_lines.impossible(fields)):
        yield said
    if kind == "alert":
        if (fields["state"] == AlertState.RESOLVED) != (fields["resolved_at"] is not None):
            yield f"state: an alert is {fields['state']} with{'' if fields['resolved_at'] else 'out'} a resolved_at."
        if fields["statistic"] != WindowStatistic.SHARE:
            changes = [("value", one["value"]) for one in fields["transitions"] if one["value"] is not None]
            for name, value in (("value", fields["value"]), ("peak", fields["peak"]), *changes):
                try:
                    values.measured(fields["metric"], value)
                except BadLine as error:
                    yield f"{name}: {values.shown(fields['metric'])}: {error}."


def _refuse_constant(text: str) -> NoReturn:
    raise BadLine(f"{text} is not a finite number.")


def _transitions(value: Any) -> list[dict[str, object]]:
    if not isinstance(value, list) or len(value) > MOST_TRANSITIONS:
        raise BadLine(f"{values.shown(value)} is no list of at most {MOST_TRANSITIONS} transitions")
    found = []
    for one in value:
        if not isinstance(one, dict) or one.keys() != TRANSITION.keys():
            raise BadLine(f"{values.shown(one)} is no transition")
        found.append({name: check(one[name]) for name, check in TRANSITION.items()})
    return found


TRANSITION: dict[str, Check] = {
    "at": values.moment,
    "stored_at": values.moment,
    "change": values.one_of(*Change.values),
    "value": values.optional(values.number),
    "severity": values.one_of("", *SEVERITIES),
    "note": values.text(1000),
}
LATER = {"alert": {"critical_metric", "critical_metric_threshold"}}
"""Fields that came later, by the type of a line: a file of before has none of them, and they are not known then."""

FIELDS: dict[str, dict[str, Check]] = {
    "header": {"format": values.one_of(FORMAT), "metrics": values.names},
    "host": {
        "host": values.host_name,
        "created_at": values.moment,
        "boot_id": values.text(64),
        "booted_at": values.optional(values.moment),
        "effective_cores": values.optional(values.between(0, CATALOGUE["cpu_effective_cores"].highest)),
        "cores_reason": values.text(200),
        "interval": values.between(0.01, 3600),
        "sampler_started_at": values.optional(values.moment),
        "sampler_stopped_at": values.optional(values.moment),
    },
    "progress": {
        "host": values.host_name,
        "resolution": values.one_of(*RESOLUTIONS),
        "pending_from_ms": values.time_ms,
        "pruned_until_ms": values.time_ms,
    },
    "gap": {
        "host": values.host_name,
        "start_ms": values.time_ms,
        "end_ms": values.time_ms,
        "kind": values.one_of(*(kind.value for kind in Kind)),
        "note": values.text(200),
    },
    "load_test": {
        "host": values.host_name,
        "requested_at": values.moment,
        "started_at": values.optional(values.moment),
        "ended_at": values.optional(values.moment),
        "kind": values.one_of(*LoadTestKind.values),
        "seconds": values.count(86_400),
        "workers": values.count(100_000),
        "expects_alert": values.flag,
        "passed": values.optional(values.flag),
        "state": values.one_of("finished", "cancelled", "failed"),
        "report": values.text(2000),
    },
    "alert": {
        "host": values.host_name,
        "rule": values.text(80, 1),
        "metric": values.text(60, 1),
        "severity": values.one_of(*SEVERITIES),
        "worst_severity": values.one_of(*SEVERITIES),
        "comparison": values.one_of(*Comparison.values),
        "statistic": values.one_of(*WindowStatistic.values),
        "window_seconds": values.count(86_400),
        "state": values.one_of(*AlertState.values),
        "started_at": values.moment,
        "fired_at": values.moment,
        "resolved_at": values.optional(values.moment),
        "last_seen_at": values.moment,
        "acknowledged_at": values.optional(values.moment),
        "threshold": values.number,
        "clear_threshold": values.number,
        "critical_threshold": values.optional(values.number),
        "critical_metric": values.text(60),
        "critical_metric_threshold": values.optional(values.number),
        "value": values.number,
        "peak": values.number,
        "is_test": values.flag,
        "end_observed": values.flag,
        "note": values.text(200),
        "explanation": values.text(500),
        "transitions": _transitions,
    },
    "sample": {
        "host": values.host_name,
        "at": values.time_ms,
        "covered_ms": values.duration_ms,
        "values": values.numbers,
    },
    "rollup": {
        "host": values.host_name,
        "resolution": values.one_of(*RESOLUTIONS),
        "at": values.time_ms,
        "values": values.summaries,
    },
    "usage": {
        "host": values.host_name,
        "tier": values.one_of(*TIERS),
        "at": values.time_ms,
        "taken": values.flag,
        "covered_ms": values.count(usage_lines.LARGEST),
        "machine_cpu_ms": values.count(usage_lines.LARGEST),
        "not_seen_ms": usage_lines.whole,
        "others": usage_lines.used,
        "consumers": usage_lines.consumers,
    },
    "parts": {
        "host": values.host_name,
        "tier": values.one_of(*TIERS),
        "at": values.time_ms,
        "parts": usage_lines.held,
    },
}
