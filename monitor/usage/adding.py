"""Additive rows: whole numbers are added to what a bucket holds, so that no order of storing makes a difference."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

from django.db import connection, models


def add(
    table: type[models.Model],
    key: Sequence[str],
    columns: Sequence[str],
    highest: Collection[str],
    rows: Sequence[Sequence[Any]],
    new: Mapping[str, Any] | None = None,
) -> None:
    """Add `rows` to a table, each the values of `key` and then of `columns`, in order.

    Where a row with that key is stored each column grows by the value; one of `highest` becomes the greater of the two.
    None is nothing known: it changes nothing. new: further columns and their values, for rows that were not stored yet.
    """
    if not rows:
        return
    first = new or {}
    sql = _sql(table, tuple(key), tuple(columns), frozenset(highest), tuple(first), connection.vendor)
    with connection.cursor() as cursor:
        cursor.executemany(sql, [(*row, *first.values()) for row in rows] if first else rows)


@cache
def _sql(
    table: type[models.Model],
    key: tuple[str, ...],
    columns: tuple[str, ...],
    highest: frozenset[str],
    new: tuple[str, ...],
    vendor: str,
) -> str:
    quote = connection.ops.quote_name
    name = quote(table._meta.db_table)
    changes = ", ".join(_change(name, quote(one), one in highest, vendor) for one in columns)
    marks = ", ".join(["%s"] * (len(key) + len(columns) + len(new)))
    every = ", ".join(map(quote, (*key, *columns, *new)))
    conflict = ", ".join(map(quote, key))
    return (
        f"INSERT INTO {name} ({every}) VALUES ({marks}) "  # noqa: S608
        f"ON CONFLICT ({conflict}) DO UPDATE SET {changes}"
    )


def _change(table: str, column: str, is_highest: bool, vendor: str) -> str:
    mine, new = f"{table}.{column}", f"excluded.{column}"
    if is_highest:
        greater = "MAX" if vendor == "sqlite" else "GREATEST"
        both = f"{greater}({mine}, {new})"
    else:
        both = f"{mine} + {new}"
    return f"{column} = COALESCE({both}, {mine}, {new})"
