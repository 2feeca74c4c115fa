"""manage.py backup: copy the database while everything runs."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from monitor.checks.host import database_file
from monitor.database import backup
from monitor.metrics.catalogue import Unit
from monitor.metrics.quantities import quantity
from monitor.metrics.text import whole_number


class Command(BaseCommand):
    """Writes one examined, compact copy; with --keep old ones go."""

    help = "Copy the SQLite database to a file of its own while everything runs, and examine the copy."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """FILE and --keep."""
        parser.add_argument(
            "file",
            nargs="?",
            metavar="FILE",
            help="the copy (default: backups/ in LOADMON_DATA_DIR, by time)",
        )
        parser.add_argument("--keep", metavar="N", help="afterwards delete all but the newest N in backups/")

    def handle(self, *args: Any, **options: Any) -> None:
        """Copy, say where the copy is, and thin out."""
        source = database_file()
        if source is None:
            raise CommandError("The database is not SQLite: use its own tools, such as pg_dump.")
        keep = _keep(options["keep"], options["file"])
        folder = Path(settings.LOADMON_DATA_DIR) / "backups"
        if options["file"] is None:
            folder.mkdir(mode=0o700, exist_ok=True)
        target = Path(
            options["file"] or folder / time.strftime("loadmon-%Y%m%dT%H%M%SZ.sqlite3", time.gmtime())
        )
        try:
            size = backup.make(source, target)
        except backup.Refused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{target}, {quantity(float(size), Unit.BYTES)}: examined, and whole.")
        for path in backup.thin_out(folder, keep) if keep else []:
            self.stdout.write(f"{path} is gone.")


def _keep(text: str | None, file: str | None) -> int:
    """How many copies stay; 0 is all of them."""
    if text is None:
        return 0
    if file is not None:
        raise CommandError("--keep thins out backups/ only: leave FILE out.")
    found = whole_number(text, 1, 9999)
    if found is None:
        raise CommandError(f"--keep is {text[:40]!r}: give a whole number from 1 on.")
    return found
