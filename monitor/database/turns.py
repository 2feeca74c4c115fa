"""Turns: the short transactions of a long work, with a rest after each in which others come to write."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from typing import TypeVar

from django.db import transaction

ROWS_A_TURN = 200
SHORTEST_REST, LONGEST_REST = 0.004, 0.5
Row = TypeVar("Row")


@contextlib.contextmanager
def short_turn() -> Iterator[None]:
    """A transaction, and a rest twice as long as it held the lock, in which whoever waits for that gets it."""
    with transaction.atomic():
        began = time.monotonic()
        yield
    time.sleep(min(LONGEST_REST, max(SHORTEST_REST, 2 * (time.monotonic() - began))))


def pieces(rows: Sequence[Row], most: int = ROWS_A_TURN) -> Iterator[Sequence[Row]]:
    """`rows` in as many as one turn should store."""
    for at in range(0, len(rows), most):
        yield rows[at : at + most]
