"""manage.py migrate: Django's own, but nothing is opened where a file is in the way or a log was left."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate

from monitor.management.readiness import require_known, require_usable_file


class Command(migrate.Command):
    """Looks at the file before SQLite does, which would delete the write-ahead log of a lost database."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Refuse, or migrate."""
        require_usable_file()
        require_known()
        return super().execute(*args, **options)
