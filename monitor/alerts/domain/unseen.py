"""Words of what a standing alert is of and cannot be seen any more, from its stored members."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from monitor.metrics.catalogue import Family, Unit, family_of
from monitor.metrics.quantities import number, quantity, span
from monitor.metrics.text import harmless

MOST_NAMED = 3
WHY: dict[Family | None, str] = {
    Family.FILE_SYSTEMS: " (unmounted, read-only or hidden)",
    Family.ONE_CORE: " (taken offline)",
    Family.NETWORK: " (removed or renamed)",
    Family.DISK: " (removed)",
}


class Member(TypedDict):
    """One member as it is stored with an alert; gone_at in ms since the epoch, None while it is measured."""

    name: str
    value: float
    gone_at: int | None
    is_back: bool
    adds_up: bool


def unseen(members: Sequence[Member], metric: str, unit: Unit | None, window: float) -> str:
    """What cannot be seen, why, and what follows from it, in sentences; "" where all is measured."""
    gone = [one for one in members if one["gone_at"] is not None and not one["is_back"]]
    back = [one for one in members if one["is_back"]]
    return " ".join(part for part in (_gone(gone, metric, unit), _back(back, window)) if part)


def since_ms(members: Sequence[Member]) -> int | None:
    """Since when the first of them cannot be seen; None where all are measured."""
    return min((one["gone_at"] for one in members if one["gone_at"] is not None), default=None)


def named(names: Sequence[str]) -> str:
    """Names in a sentence: "/data", "/data and /srv", "/data, /srv, /home and 2 more"."""
    shown = [harmless(name) for name in names[:MOST_NAMED]]
    more = len(names) - len(shown)
    *first, last = [*shown, f"{more} more"] if more else shown
    return f"{', '.join(first)} and {last}" if first else last


def told(members: Sequence[Member], names: Sequence[str], unit: Unit | None) -> str:
    """Some of the members with what they last had: "/data (95 %)"."""
    values = {one["name"]: one["value"] for one in members}
    return named([f"{name} ({_amount(values[name], unit)})" if name in values else name for name in names])


def _gone(gone: Sequence[Member], metric: str, unit: Unit | None) -> str:
    if not gone:
        return ""
    names, one = named([each["name"] for each in gone]), len(gone) == 1
    lost = f"{names} {'is' if one else 'are'} no longer measured{WHY.get(family_of(metric), '')}"
    again = f"until {'it is' if one else 'they are'} seen again or somebody ends it"
    if gone[0]["adds_up"]:
        had = _amount(sum(each["value"] for each in gone), unit)
        return f"{lost} and {'counts' if one else 'count'} with the {had} last seen, {again}."
    return f"{lost}: the alert stays open {again}."


def _back(back: Sequence[Member], window: float) -> str:
    if not back:
        return ""
    one = len(back) == 1
    return (
        f"{named([each['name'] for each in back])} {'is' if one else 'are'} measured again: the alert is judged once "
        f"{'it was' if one else 'they were'} for {span(window)}."
    )


def _amount(value: float, unit: Unit | None) -> str:
    return number(value) if unit is None else quantity(value, unit)
