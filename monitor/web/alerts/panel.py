"""Panel of one alert: the values of its page's template, head, timeline, evidence and messages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, TypedDict

from monitor.alerts.models import Alert, Evidence, Transition
from monitor.alerts.sharelinks import ShareLink
from monitor.diagnosis.listing import Listing
from monitor.diagnosis.reader import read
from monitor.metrics.catalogue import Family, Unit, family_of
from monitor.metrics.quantities import span
from monitor.notifications.models import Attempt, Notification
from monitor.web.alerts import detail, summary, words
from monitor.web.alerts.detail import Sight
from monitor.web.rows import From, of

SHOWN_CHANGES = 200
NOBODY = "kernel threads"  # a group of no user
HEADLINES = ("onset", "peak")
"""The moments whose sentences stand in the head: those that messages tell."""


class Change(TypedDict):
    """One line of the timeline; value "" and is_deed for what people did."""

    at: datetime
    change: str
    word: Annotated[str, From(lambda row: words.change(row.change, row.severity))]
    severity: str
    value: str
    by: str
    note: str
    is_deed: Annotated[bool, From(lambda row: row.value is None)]


class Process(TypedDict):
    """A process or a group of them, with its figures in words."""

    name: str
    pid: int | None
    unit: str
    user: str
    command: str
    waits_in: str
    threads: int | None
    job: str
    gone: Annotated[str, From(lambda row: Listing.GONE if row.gone else "")]
    kind: Annotated[str, From(lambda row: "" if row.name == NOBODY else words.GROUPS.get(row.kind, row.kind))]
    processes: int | None
    blocked: int | None
    cpu: Annotated[str, From(lambda row: words.share(row.cpu_percent))]
    memory: Annotated[str, From(lambda row: words.size(row.held_bytes))]


class Moment(TypedDict):
    """One moment's evidence in words."""

    title: str
    moment: str
    at: datetime
    told_of: str
    hidden: str
    value: str
    sentence: str
    facts: list[tuple[str, str]]
    by_cpu: list[Process]
    by_memory: list[Process]
    blocked: list[Process]
    groups: list[Process]
    truncated: bool


class Try(TypedDict):
    """One try to deliver a message."""

    started_at: datetime
    took: Annotated[str, From(lambda row: _took(row.duration_ms))]
    delivered: bool
    answer: str


class Message(TypedDict):
    """One message and its fate in words."""

    receiver: Annotated[str, From("receiver_name")]
    kind: Annotated[str, From(lambda row: words.KINDS.get(row.kind, row.kind))]
    severity: str
    state: str
    fate: Annotated[str, From(lambda row: words.FATES.get(row.state, row.state))]
    reason: str
    held_back: bool
    created_at: datetime
    settled_at: datetime | None
    next_attempt_at: Annotated[
        datetime | None, From(lambda row: row.next_attempt_at if row.state in ("pending", "leased") else None)
    ]
    tries: list[Try]


class Parts(TypedDict):
    """What moves while the alert is open: all but the chart and the forms."""

    alert: summary.Summary
    shared: bool
    headlines: list[Moment]
    timeline: list[Change]
    earlier: int
    moments: list[Moment]
    messages: list[Message]
    tally: str
    now: datetime


def parts(alert: Alert, sight: Sight, now: datetime) -> Parts:
    """The parts as `sight` may see them."""
    rows, told = detail.transitions(alert), list(detail.messages(alert))
    head = summary.summary(alert, now)
    if sight is Sight.SHARED:
        head["acknowledged_by"] = None
    shown = [_moment(row, alert, sight) for row in alert.evidence.order_by("at", "id")]
    return Parts(
        alert=head,
        shared=sight is Sight.SHARED,
        headlines=[one for one in shown if one["moment"] in HEADLINES],
        timeline=[_change(row, alert, sight) for row in sorted(rows[-SHOWN_CHANGES:], key=_time)],
        earlier=max(0, len(rows) - SHOWN_CHANGES),
        moments=shown,
        messages=[] if sight is Sight.SHARED else [_message(row, tries, sight) for row, tries in told],
        tally=words.tally([row.state for row, _ in told]),
        now=now,
    )


def links(alert: Alert, now: datetime) -> list[ShareLink]:
    """The links that still lead to the alert, the newest first."""
    return list(alert.share_links.filter(revoked_at=None, expires_at__gt=now).select_related("created_by"))


def _time(row: Transition) -> datetime:
    return row.at


def _change(row: Transition, alert: Alert, sight: Sight) -> Change:
    by = row.by.get_username() if row.by and sight > Sight.SHARED else ""
    value = "" if row.value is None else words.amount(row.value, alert.unit)
    return of(Change, row, by=by, value=value)


def _moment(row: Evidence, alert: Alert, sight: Sight) -> Moment:
    found = read(detail.document(row, sight))
    lists = Listing(found)
    return of(
        Moment,
        row,
        value=words.amount(row.value, alert.unit),
        hidden="; ".join(part for part in (lists.hidden, lists.unseen) if part),
        facts=[*_facts(lists), *_unmeasured(lists, alert)],
        by_cpu=[of(Process, one) for one in lists.by_cpu],
        by_memory=[of(Process, one) for one in lists.by_memory],
        blocked=[of(Process, one) for one in found.blocked],
        groups=[of(Process, one) for one in found.groups],
        truncated=found.truncated,
    )


def _facts(lists: Listing) -> list[tuple[str, str]]:
    """The few numbers of a moment that say what kind of trouble it was; unknown ones are left out."""
    found = lists.evidence
    told = [
        ("Load", found.load1, Unit.LOAD),
        ("CPU", found.cpu.busy, Unit.PERCENT),
        ("I/O wait", found.cpu.iowait, Unit.PERCENT),
        ("Stolen", found.cpu.steal, Unit.PERCENT),
        ("Running", found.tasks.running, None),
        ("Waiting", found.tasks.blocked, None),
        ("CPU pressure", found.pressure.cpu_some, Unit.PERCENT),
        ("I/O pressure", found.pressure.io_some, Unit.PERCENT),
        ("Memory pressure", found.pressure.memory_some, Unit.PERCENT),
        ("Memory available", found.memory.available_bytes, Unit.BYTES),
        ("Swapping", found.memory.swap_bytes_per_second, Unit.BYTES_PER_SECOND),
        ("Disk read", found.disk.read_bytes_per_second, Unit.BYTES_PER_SECOND),
        ("Disk written", found.disk.write_bytes_per_second, Unit.BYTES_PER_SECOND),
        (_fullest(found.disk.fullest_path), found.disk.fullest_percent, Unit.PERCENT),
        ("Left on it", found.disk.fullest_left_bytes, Unit.BYTES),
        ("Inodes left on it", found.disk.fullest_inodes_left, None),
        ("Quota used up", found.throttled_percent, Unit.PERCENT),
        ("New processes a second", found.short_lived.started_per_second, None),
        ("Of the CPU time seen", found.seen_percent, Unit.PERCENT),
    ]
    return [(name, words.amount(value, unit)) for name, value, unit in told if value is not None]


def _unmeasured(lists: Listing, alert: Alert) -> list[tuple[str, str]]:
    """Of an alert on file systems, which were not asked, and why."""
    if family_of(alert.metric) is not Family.FILE_SYSTEMS:
        return []
    return [(f"Not measured, {one.path}", one.reason) for one in lists.evidence.disk.unasked]


def _fullest(path: str) -> str:
    return f"Fullest disk, {path}" if path else "Fullest disk"


def _message(row: Notification, tries: Iterable[Attempt], sight: Sight) -> Message:
    shown = [of(Try, one, answer=one.answer if sight >= Sight.PERSON else "") for one in tries]
    return of(Message, row, reason=detail.reason(row, sight), tries=shown)


def _took(duration_ms: int) -> str:
    return f"{duration_ms} ms" if duration_ms < 1000 else span(duration_ms / 1000)
