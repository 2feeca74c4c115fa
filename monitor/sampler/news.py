"""News of the database: whether another process wrote into it, which SQLite tells for free."""

from __future__ import annotations

from django.db import connection


class News:
    """Looks for what others wrote since the last look."""

    def __init__(self) -> None:
        self._version: int | None = None

    def look(self) -> bool:
        """Whether another process wrote; at the first look, and of a database that does not tell, it is assumed."""
        if connection.vendor != "sqlite":
            return True
        with connection.cursor() as cursor:
            version = int(cursor.execute("PRAGMA data_version").fetchone()[0])
        is_new = version != self._version
        self._version = version
        return is_new
