"""Counting and then writing as one deed: nobody else writes between the two, with SQLite and with PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, models, transaction


@contextmanager
def only_writer(table: type[models.Model]) -> Iterator[None]:
    """A transaction in which nobody else writes to `table`; what it reads there still holds when it ends.

    SQLite's transactions begin with the one write lock there is. PostgreSQL locks the table until the outermost
    transaction ends; readers do not wait.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            name = connection.ops.quote_name(table._meta.db_table)
            with connection.cursor() as cursor:
                cursor.execute(f"LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE")
        yield
