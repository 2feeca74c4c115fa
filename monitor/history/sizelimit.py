"""Size limit: over it the oldest of the finest history goes, batch by batch, and the file gives its pages back.

The oldest is what was stored first: a date, which may be wrong, decides nothing here. Each tier keeps the newest rows that
cover a least of time. What was made up goes before what was measured.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import OperationalError, connection
from django.db.models import F

from monitor.history import arrivals, retention
from monitor.history.domain import tiers
from monitor.history.retention import BATCH, BATCH_OF_ROLLUPS, TIERS
from monitor.hosts.models import Host

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
LEAST_MS = {0: HOUR_MS, tiers.MINUTE: DAY_MS, tiers.QUARTER: 7 * DAY_MS, tiers.HOUR: 30 * DAY_MS}
STEP_SECONDS = 0.2
"""A step ends after about so long: no tick waits visibly for it."""
AT_ONCE = 8  # batches that are looked up together
PAGES = 64


@dataclass(frozen=True, slots=True)
class Kept:
    """What one step did for the limit: whether it is exceeded, how many rows went, whether the next is due at once."""

    over: bool
    rows: int
    has_more: bool


def can_shorten() -> bool:
    """Whether the size limit is kept: only where deleted rows make a database smaller at once."""
    return connection.vendor == "sqlite"


def database_bytes() -> int:
    """Bytes of the database that hold anything: pages that were freed count no more. 0 where it cannot be told cheaply."""
    if not can_shorten():
        return 0
    pages, free, size = (_pragma(name) for name in ("page_count", "freelist_count", "page_size"))
    return (pages - free) * size


def is_over() -> bool:
    """Whether the database is larger than it may be."""
    return database_bytes() > settings.LOADMON_MAX_DATABASE_SIZE * 1_000_000


def keep(hosts: Sequence[Host], seconds: float, clock: Callable[[], float] = time.monotonic) -> Kept:
    """Shorten the history of `hosts` where that is needed, for half of a step, and give freed pages back in the rest.

    seconds: so long a step may be at most.
    """
    began, seconds = clock(), min(seconds, STEP_SECONDS)
    over, rows = is_over(), 0
    while over and clock() < began + seconds / 2:
        deleted = _shorten(hosts, began + seconds / 2, clock)
        rows += deleted
        if not deleted or not is_over():
            break
    has_pages = _give_pages_back(began + seconds, clock)
    return Kept(over, rows, bool(rows) or has_pages)


def can_lose(host: Host, tier: int) -> bool:
    """Whether a tier of a host is longer than the least that stays."""
    bound = _first_kept(host, tier)
    return bound is not None and retention.rows_of(tier).filter(host=host, pk__lt=bound).exists()


def _shorten(hosts: Sequence[Host], until: float, clock: Callable[[], float]) -> int:
    """Delete some of the oldest of the finest tier that is longer than its least; return how many rows went."""
    for group in (
        [host for host in hosts if host.is_synthetic],
        [host for host in hosts if not host.is_synthetic],
    ):
        for tier in TIERS:
            found = {host: ids for host in group if (ids := _oldest(host, tier))}
            if found:
                host = min(found, key=lambda one: found[one][0])
                return _delete(host, tier, found[host], until, clock)
    return 0


def _delete(
    host: Host, tier: int, found: list[tuple[int, int]], until: float, clock: Callable[[], float]
) -> int:
    """Delete a batch, and more of them while there is time and need."""
    size, rows = BATCH_OF_ROLLUPS if tier else BATCH, 0
    for first in range(0, len(found), size):
        rows += retention.delete(host, tier, found[first : first + size])
        if clock() >= until or not is_over():
            break
    return rows


def _oldest(host: Host, tier: int) -> list[tuple[int, int]]:
    """(id, time in ms) of the rows of a tier that were stored first and may go, in that order."""
    bound = _first_kept(host, tier)
    if bound is None:
        return []
    # + 0: by the index of the host, not by all rows of all hosts
    rows = retention.rolled_up(host, tier).annotate(stored=F("pk") + 0).filter(stored__lt=bound)
    found = rows.order_by("stored").values_list("pk", retention.time_of(tier))
    return list(found[: AT_ONCE * (BATCH_OF_ROLLUPS if tier else BATCH)])


def _first_kept(host: Host, tier: int) -> int | None:
    """The id of the first row of a tier that stays in any case; None where all of it stays."""
    length = tier * 1000 or round(host.interval * 1000)
    count = -(-LEAST_MS[tier] // length)
    if tier:
        newest = retention.rows_of(tier).filter(host=host).order_by("-pk").values_list("pk", flat=True)
        return next(iter(newest[count - 1 : count]), None)
    found = arrivals.last(host, count, ("id",))
    return found[0][0] if len(found) == count else None


def _give_pages_back(until: float, clock: Callable[[], float]) -> bool:
    """Shrink the file where freed pages wait; never a VACUUM, which would stop everybody. Return whether more wait.

    The file itself becomes shorter with the checkpoint, which waits for nobody.
    """
    if not can_shorten() or _pragma("freelist_count") <= PAGES:
        return False
    more = True
    while more and clock() < until:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA incremental_vacuum({PAGES})").fetchall()
        more = _pragma("freelist_count") > PAGES
    if not more:
        with (
            connection.cursor() as cursor,
            contextlib.suppress(OperationalError),
        ):  # the next one comes by itself
            cursor.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
    return more


def _pragma(name: str) -> int:
    with connection.cursor() as cursor:
        return int(cursor.execute(f"PRAGMA {name}").fetchone()[0])
