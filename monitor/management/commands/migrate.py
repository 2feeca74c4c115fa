"""manage.py migrate: Django's own, but it makes the file itself, and only where nothing of another one is left."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate

from monitor.management.readiness import make_where_missing, require_known, require_usable_file


class Command(migrate.Command):
    """Looks at the file before SQLite does, which would delete the write-ahead log of a lost database."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Refuse, or migrate."""
        require_usable_file()
        require_known()
        if not options["plan"] and not options["check_unapplied"]:
            make_where_missing()
        return super().execute(*args, **options)
