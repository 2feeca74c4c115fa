"""The evidence document: who kept the machine busy at one moment, as it is stored with an alert and shown.

docs/evidence.md tells the shape. Here it is as it is made; what was stored may be of another version or damaged, so it is
`told` fitted to its type, and only `monitor.diagnosis.reader` looks into it for what it means.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal, NotRequired, TypedDict, cast

from monitor.diagnosis.fitting import Unfit, fitted

Amounts = dict[str, float | None]
"""Values by name, each None where it is unknown."""

GroupKind = Literal["unit", "container", "user"]

MOST_BYTES = 16_000
WITH_COMMANDS = ("by_cpu", "by_memory", "blocked")
LISTS = ("blocked", "groups", "by_memory", "by_cpu")
"""Where a document that is too long is cut, the longest first."""


class BusyProcess(TypedDict):
    """One process; its CPU is in percent of one core, `command` is there for staff only, and only where it is kept.

    job: the name of the leader of its process group, where that is another one. gone: it had ended by the newest look.
    own_bytes: of the resident ones, without what it shares; not there where that is unknown.
    """

    pid: int
    name: str
    unit: str | None
    user: str | None
    cpu_percent: float | None
    rss_bytes: int
    own_bytes: NotRequired[int | None]
    job: NotRequired[str | None]
    gone: NotRequired[bool]
    command: NotRequired[str | None]


class WaitingProcess(TypedDict):
    """A process with tasks in uninterruptible sleep, and the kernel function that most of them wait in."""

    pid: int
    name: str
    unit: str | None
    user: str | None
    waits_in: str | None
    threads: int


class BusyGroup(TypedDict):
    """The processes of one systemd unit, container or user together.

    rss_bytes counts what they share for each, own_bytes for none; that is not there where it is unknown.
    """

    name: str
    kind: GroupKind
    cpu_percent: float | None
    rss_bytes: int
    processes: int
    blocked: int
    own_bytes: NotRequired[int | None]


class ShortLivedParent(TypedDict):
    """A process whose children came and went between two scans, and what they used."""

    pid: int
    name: str
    cpu_percent: float


class ShortLived(TypedDict):
    """Processes too short-lived to be seen themselves."""

    started_per_second: float | None
    cpu_percent: float | None
    by: list[ShortLivedParent]


class Unasked(TypedDict):
    """A file system that is not measured, why, and what can be done, "" for nothing."""

    path: str
    reason: str
    remedy: str


class Disk(TypedDict):
    """Bytes a second of all disks together, the fullest local file system, and those that were not asked."""

    read_bytes_per_second: float | None
    write_bytes_per_second: float | None
    fullest_percent: float | None
    fullest_path: str | None
    fullest_left_bytes: float | None
    fullest_inodes_percent: NotRequired[float | None]
    fullest_inodes_left: NotRequired[float | None]
    unasked: NotRequired[list[Unasked]]


class Sight(TypedDict):
    """What the machine used while it was looked at, in percent of one core, and how much of it the processes in sight did.

    interrupt_cpu_percent: what the kernel used in interrupts, for no process. hidden_tasks: that the kernel counts and
    that cannot be seen from here; hidden_reason: why.
    """

    machine_cpu_percent: float | None
    interrupt_cpu_percent: float | None
    seen_percent: float | None
    hidden_tasks: int | None
    hidden_reason: str | None


class Document(TypedDict):
    """What keeps a host busy: an evidence document; null is unknown."""

    at: int
    seconds: float | None
    judged_seconds: NotRequired[float | None]
    cores: float | None
    online_cores: int | None
    load1: float | None
    cpu: Amounts
    pressure: Amounts
    memory: Amounts
    disk: Disk
    tasks: Amounts
    by_cpu: list[BusyProcess]
    by_memory: list[BusyProcess]
    blocked: list[WaitingProcess]
    groups: list[BusyGroup]
    short_lived: ShortLived
    throttled_percent: float | None
    machine_cpu_percent: NotRequired[float | None]
    interrupt_cpu_percent: NotRequired[float | None]
    seen_percent: NotRequired[float | None]
    hidden_tasks: NotRequired[int | None]
    hidden_reason: NotRequired[str | None]
    truncated: bool


def bounded(found: Document) -> Document:
    """`found` in at most 16,000 bytes of JSON; what is left out is the end of the longest lists."""
    while len(json.dumps(found)) > MOST_BYTES:
        longest = max(LISTS, key=lambda name: len(json.dumps(_rows(found, name))))
        if not _rows(found, longest):
            break
        found = cast("Document", {**found, longest: _rows(found, longest)[:-1], "truncated": True})
    return found


def told(stored: object, commands: bool) -> Document | None:
    """A stored document as its type tells it; without `commands` for everybody: command lines are for staff alone.

    None for None, and for what is so damaged that it does not even tell its time.
    """
    if stored is None:
        return None
    try:
        found = fitted(Document, stored)
    except Unfit:
        return None
    if commands:
        return found
    plain = {
        name: [{key: value for key, value in row.items() if key != "command"} for row in _rows(found, name)]
        for name in WITH_COMMANDS
    }
    return cast("Document", {**found, **plain})


def _rows(found: Mapping[str, Any], name: str) -> list[dict[str, object]]:
    """The rows of one of the lists in `found`, without what is none."""
    given = found.get(name)
    return [row for row in given if isinstance(row, dict)] if isinstance(given, list) else []
