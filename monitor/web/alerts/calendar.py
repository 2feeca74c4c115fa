"""Calendar of alerts on the page: what the cell of one day shows, and where it leads."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class YearCell:
    """One day: its date, level, worst severity ("" for none), words, where it leads, and whether it is the chosen one."""

    date: str
    level: int
    worst: str
    words: str
    address: str
    is_chosen: bool
