"""manage.py migrate: Django's own, but nothing is opened where a file is in the way or a log was left."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate

from monitor import databasefile
from monitor.checks import database


class Command(migrate.Command):
    """Looks at the file before SQLite does, which would delete the write-ahead log of a lost database."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Refuse, or migrate."""
        require_usable_file()
        return super().execute(*args, **options)


def require_usable_file() -> None:
    """Raise CommandError where there is neither a database that can be opened nor room for a new one."""
    problem = database.file_problem()
    if problem and not database.is_blank():
        raise CommandError(" ".join(problem), returncode=databasefile.EXIT_NO_DATABASE)
