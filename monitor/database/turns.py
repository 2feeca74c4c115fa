"""Turns: the short transactions of a long work, with a rest after each in which others come to write."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator, Sequence
from typing import TypeVar

from django.db import connection, transaction

ROWS_A_TURN = 200
SHORTEST_REST, LONGEST_REST = 0.004, 0.5
AMONG_OTHERS, ALONE = 2.0, 0.25
"""A rest is so many times as long as the lock was held."""

ALONE_AFTER_SECONDS = 4.0
"""A sampler writes each second unless told otherwise; one that does it less often gets its turn in a short rest."""

Row = TypeVar("Row")


@contextlib.contextmanager
def short_turn() -> Iterator[None]:
    """A transaction, and a rest in which whoever waits for its lock gets it: a short one where nobody else writes."""
    with transaction.atomic():
        began = time.monotonic()
        yield
    held = time.monotonic() - began
    rest = ALONE * held if _others.are_silent(began + held) else max(SHORTEST_REST, AMONG_OTHERS * held)
    time.sleep(min(LONGEST_REST, rest))


def pieces(rows: Sequence[Row], most: int = ROWS_A_TURN) -> Iterator[Sequence[Row]]:
    """`rows` in as many as one turn should store."""
    for at in range(0, len(rows), most):
        yield rows[at : at + most]


class _Others(threading.local):
    """The others that write into the database, as the connection of this thread sees them."""

    version: tuple[int, int] | None = None
    wrote_at = 0.0

    def are_silent(self, now: float) -> bool:
        """Whether none has written for a while, as far as can be told; belongs outside of transactions."""
        if connection.vendor != "sqlite":
            return False
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")  # what this connection writes does not change it
            version = id(connection.connection), cursor.fetchone()[0]
        if version != self.version:
            self.version, self.wrote_at = version, now
        return now - self.wrote_at >= ALONE_AFTER_SECONDS


_others = _Others()
