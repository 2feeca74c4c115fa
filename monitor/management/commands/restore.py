"""manage.py restore: let a backup take the place of the database, while everything runs or not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from monitor.checks import database
from monitor.checks.host import database_file
from monitor.database import restore
from monitor.database.backup import Refused


class Command(BaseCommand):
    """Examines the copy, keeps what was there, and puts it in its place."""

    help = "Put a backup in the place of the SQLite database, running or not; what was there is kept."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """FILE."""
        parser.add_argument(
            "file", metavar="FILE", help="a copy of the database, such as `manage.py backup` makes"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Put it there, and say where the old one is and what is still to be done."""
        path = database_file()
        if path is None:
            raise CommandError("The database is not SQLite: use its own tools, such as pg_restore.")
        source = Path(options["file"])
        try:
            done = restore.put(source, path, database.known_migrations())
        except Refused as error:
            raise CommandError(f"{error} Nothing was changed.") from error
        self.stdout.write(f"{source} was examined, is whole, and is the database now: {path}.")
        if done.kept_in is not None:
            self.stdout.write(f"What was there before is kept in {done.kept_in}.")
        if done.pending:
            self.stdout.write(
                "It is of an older loadmon: run manage.py migrate. Until then samples wait in memory, up to ten minutes."
            )
