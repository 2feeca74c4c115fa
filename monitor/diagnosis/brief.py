"""The brief: an evidence document as far as a page shows it, with what its lists lack."""

from __future__ import annotations

from typing import NotRequired, TypedDict, cast

from monitor.diagnosis.document import (
    Amounts,
    BusyGroup,
    BusyProcess,
    Document,
    ShortLived,
    WaitingProcess,
)
from monitor.diagnosis.listing import Listing
from monitor.diagnosis.reader import read

SHOWN = {"by_cpu": 8, "by_memory": 5, "blocked": 12, "groups": 6}
KEPT = ("at", "seconds", "tasks", "short_lived", "seen_percent", "hidden_tasks", "hidden_reason")


class Holder(TypedDict):
    """What holds a notable part of the memory in use and is no process."""

    name: str
    bytes: float


class Brief(TypedDict):
    """A document as far as the page shows it; holders, unseen: as `monitor.diagnosis.listing` finds them in it."""

    at: int
    seconds: float | None
    tasks: Amounts
    seen_percent: NotRequired[float | None]
    hidden_tasks: NotRequired[int | None]
    hidden_reason: NotRequired[str | None]
    short_lived: ShortLived
    by_cpu: list[BusyProcess]
    by_memory: list[BusyProcess]
    blocked: list[WaitingProcess]
    groups: list[BusyGroup]
    holders: list[Holder]
    unseen: str


def brief(found: Document | None) -> Brief | None:
    """`found` as far as the page shows it, with who holds the memory beside processes; None for None."""
    if found is None:
        return None
    rows = cast("dict[str, list[object]]", found)
    shown = {name: rows[name][:most] for name, most in SHOWN.items()}
    kept = {name: found.get(name) for name in KEPT}
    lists = Listing(read(found))
    holders = [Holder(name=row.name, bytes=row.rss_bytes or 0.0) for row in lists.holders]
    return cast("Brief", {**shown, **kept, "holders": holders, "unseen": lists.unseen})
