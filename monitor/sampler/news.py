"""News of the database: whether another process wrote into it, which SQLite tells for free."""

from __future__ import annotations

from django.db import connection


class News:
    """Looks for what others wrote since the last look."""

    def __init__(self) -> None:
        self._seen: tuple[object, int] | None = None  # a version means nothing to another connection

    def look(self) -> bool:
        """Whether another process wrote; assumed at the first look of a connection, and of a database that does not tell."""
        if connection.vendor != "sqlite":
            return True
        with connection.cursor() as cursor:
            seen = (connection.connection, int(cursor.execute("PRAGMA data_version").fetchone()[0]))
        is_new = seen != self._seen
        self._seen = seen
        return is_new
