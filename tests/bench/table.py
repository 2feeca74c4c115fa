"""What the benchmark prints: one line for each figure, with its goal and whether it was met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

HEAD = ("what", "measured", "goal", "met")


@dataclass(frozen=True, slots=True)
class Row:
    """One figure as text; `met` is None where there is no goal or nothing could be measured."""

    what: str
    measured: str
    goal: str = ""
    met: bool | None = None


def render(rows: Sequence[Row]) -> str:
    """The rows below a head, every column as wide as its widest cell."""
    lines = [HEAD, *((row.what, row.measured, row.goal, _word(row.met)) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    cells = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines]
    cells.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(line.rstrip() for line in cells)


def at_most(what: str, rounds: Sequence[float], goal: float, unit: str, digits: int = 2) -> Row:
    """The median of `rounds` and their spread; the goal is met at or below `goal`."""
    return Row(what, spread(rounds, unit, digits), f"<= {goal:g} {unit}", median(rounds) <= goal)


def spread(rounds: Sequence[float], unit: str, digits: int = 2) -> str:
    """The median of `rounds` with the least and the greatest, so that noise can be seen."""
    middle = f"{median(rounds):.{digits}f} {unit}"
    return middle if len(rounds) == 1 else f"{middle} ({min(rounds):.{digits}f} to {max(rounds):.{digits}f})"


def percentile(values: Sequence[float], percent: float) -> float:
    """The value at or below which `percent` of `values` lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def _word(met: bool | None) -> str:
    return {None: "", True: "yes", False: "NO"}[met]
