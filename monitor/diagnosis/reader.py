"""The reader of stored evidence documents, which may be of another version or damaged."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from monitor.diagnosis.evidence import (
    CPU,
    HOLDERS,
    MEMORY,
    PRESSURE,
    Cpu,
    Disk,
    Evidence,
    Memory,
    Pressure,
    Row,
    ShortLived,
    Tasks,
    Unasked,
)
from monitor.metrics.text import one_line

TASKS = ("running", "blocked", "blocked_io", "processes", "threads")
LONGEST_TEXT = 64
LONGEST_COMMAND = 400


def read(stored: object) -> Evidence:
    """What a stored document tells; whatever is missing or of another type is unknown. Never raises."""
    found = stored if isinstance(stored, Mapping) else {}
    short = _part(found, "short_lived")
    return Evidence(
        at=_whole(found.get("at")),
        seconds=_number(found.get("seconds")),
        judged_seconds=_number(found.get("judged_seconds")),
        cores=_number(found.get("cores")),
        online_cores=_number(found.get("online_cores")),
        load1=_number(found.get("load1")),
        cpu=Cpu(**_numbers(_part(found, "cpu"), CPU)),
        pressure=Pressure(**_numbers(_part(found, "pressure"), PRESSURE)),
        memory=Memory(**_numbers(_part(found, "memory"), (*MEMORY, *HOLDERS))),
        disk=_disk(_part(found, "disk")),
        tasks=Tasks(**_numbers(_part(found, "tasks"), TASKS)),
        by_cpu=_rows(found.get("by_cpu")),
        by_memory=_rows(found.get("by_memory")),
        blocked=_rows(found.get("blocked")),
        groups=_rows(found.get("groups")),
        short_lived=ShortLived(
            started_per_second=_number(short.get("started_per_second")),
            cpu_percent=_number(short.get("cpu_percent")),
            by=_rows(short.get("by")),
        ),
        throttled_percent=_number(found.get("throttled_percent")),
        machine_cpu_percent=_number(found.get("machine_cpu_percent")),
        interrupt_cpu_percent=_number(found.get("interrupt_cpu_percent")),
        seen_percent=_number(found.get("seen_percent")),
        hidden_tasks=_whole(found.get("hidden_tasks")),
        hidden_reason=_text(found.get("hidden_reason")),
        truncated=bool(found.get("truncated")),
    )


def _part(found: Mapping[str, Any], name: str) -> Mapping[str, object]:
    part = found.get(name)
    return part if isinstance(part, Mapping) else {}


def _rows(given: object) -> tuple[Row, ...]:
    return tuple(_row(one) for one in given if isinstance(one, Mapping)) if isinstance(given, list) else ()


def _row(one: Mapping[str, Any]) -> Row:
    return Row(
        name=_text(one.get("name")),
        pid=_whole(one.get("pid")),
        unit=_text(one.get("unit")),
        user=_text(one.get("user")),
        command=_text(one.get("command"), LONGEST_COMMAND),
        cpu_percent=_number(one.get("cpu_percent")),
        rss_bytes=_number(one.get("rss_bytes")),
        waits_in=_text(one.get("waits_in")),
        threads=_whole(one.get("threads")),
        kind=_text(one.get("kind")),
        processes=_whole(one.get("processes")),
        blocked=_whole(one.get("blocked")),
        job=_text(one.get("job")),
        gone=one.get("gone") is True,
        own_bytes=_number(one.get("own_bytes")),
    )


def _disk(part: Mapping[str, Any]) -> Disk:
    return Disk(
        read_bytes_per_second=_number(part.get("read_bytes_per_second")),
        write_bytes_per_second=_number(part.get("write_bytes_per_second")),
        fullest_percent=_number(part.get("fullest_percent")),
        fullest_left_bytes=_number(part.get("fullest_left_bytes")),
        fullest_path=_text(part.get("fullest_path")),
        fullest_inodes_percent=_number(part.get("fullest_inodes_percent")),
        fullest_inodes_left=_number(part.get("fullest_inodes_left")),
        unasked=_unasked(part.get("unasked")),
    )


def _unasked(given: object) -> tuple[Unasked, ...]:
    rows = [one for one in given if isinstance(one, Mapping)] if isinstance(given, list) else []
    return tuple(
        Unasked(_text(one.get("path")), _text(one.get("reason")), _text(one.get("remedy"), LONGEST_COMMAND))
        for one in rows
    )


def _numbers(part: Mapping[str, Any], names: Iterable[str]) -> dict[str, float | None]:
    return {name: _number(part.get(name)) for name in names}


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:  # a whole number beyond any float
        return None


def _whole(value: object) -> int | None:
    number = _number(value)
    return None if number is None else round(number)


def _text(value: object, longest: int = LONGEST_TEXT) -> str:
    return one_line(value, longest) if isinstance(value, str) else ""
