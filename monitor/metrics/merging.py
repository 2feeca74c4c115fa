"""Merging of rows of whole numbers, column by column: exact, and the same in any order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

Row = Sequence[int | None]


def merged(rows: Iterable[Row], names: Sequence[str], highest: Collection[str]) -> Iterator[int | None]:
    """What rows with columns of these names come to: their sums, of those in `highest` the greatest; None: not known."""
    columns = zip(names, zip(*rows, strict=True), strict=True)
    return (_known(column, max if name in highest else sum) for name, column in columns)


def _known(column: Iterable[int | None], both: Callable[[list[int]], int]) -> int | None:
    """What is known together; None where nothing is."""
    known = [one for one in column if one is not None]
    return both(known) if known else None
