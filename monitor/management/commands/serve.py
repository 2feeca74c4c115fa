"""manage.py serve: everything that is missing, then the web server, the sampler and the notifier until Ctrl-C."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from monitor.access import login_links
from monitor.checks import database
from monitor.checks.host import database_file
from monitor.database import backup, file
from monitor.management.readiness import require_known, require_usable_file, require_whole_pages
from monitor.runtime import supervisor


class Command(BaseCommand):
    """Prepares the database, the static files and the first administrator, then supervises the processes."""

    help = "Prepare what is missing, then run the web server, the sampler and the notifier until Ctrl-C."
    requires_system_checks: list[
        str
    ] = []  # run below, with the deployment checks, once static files are there

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare, start, say where, supervise."""
        address, port = settings.LOADMON_BIND, settings.LOADMON_PORT
        problem = supervisor.port_problem(address, port)
        if problem:
            raise CommandError(problem)
        self._prepare()
        commands = {
            "the web server": _web_command(address, port),
            "the sampler": [sys.executable, "manage.py", "runsampler"],
            "the notifier": [sys.executable, "manage.py", "runnotifier"],
        }
        self.stdout.flush()
        data = Path(settings.LOADMON_DATA_DIR)
        supervisor.become(settings.BASE_DIR, data, address, port, _greeting(), commands)

    def _prepare(self) -> None:
        call_command("vendor", if_missing=True)
        self._migrate()
        self._collect_static()
        _, created = login_links.ensure_administrator()
        if created:
            self.stdout.write('Made the administrator "admin"; it has no password: use the link below.')
        call_command("check", deploy=True, databases=["default"], fail_level="ERROR")

    def _migrate(self) -> None:
        """Make the database, or bring it up to date; an existing SQLite file is copied before it is changed."""
        require_usable_file()
        new = database.is_blank()
        pending = [] if new else require_known()
        if pending and database_file():
            self._copy()
        if not new:
            require_whole_pages()
        call_command("migrate", verbosity=0, interactive=False)
        if database_file():
            backup.migrated(_backups())
        if new:
            self.stdout.write(f"Made a new database in {file.path()}.{_earlier()}")

    def _copy(self) -> None:
        try:
            copy = backup.before_migrating(file.path(), _backups())
        except backup.Refused as error:
            raise CommandError(
                f"The database must be brought up to date, and could not be copied before: {error} "
                "To do it without a copy: manage.py migrate."
            ) from error
        self.stdout.write(f"The database is brought up to date; as it was before, it is in {copy}.")

    def _collect_static(self) -> None:
        """Run collectstatic, unless nothing changed since the last time: it takes seconds."""
        stamp = Path(settings.STATIC_ROOT) / ".sources"
        state = _static_state()
        if stamp.exists() and stamp.read_text() == state:
            return
        self.stdout.write("Collecting static files ...")
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        stamp.write_text(state)


def _backups() -> Path:
    return Path(settings.LOADMON_DATA_DIR) / "backups"


def _earlier() -> str:
    """A warning where there was a database before, as a sentence after a space; "" on a first run."""
    found = database.traces()
    if not found:
        return ""
    return (
        f" There was one before, for {found[-1]} is there: if it is missed, stop, and put it or a backup into "
        "the new one's place."
    )


def _greeting() -> str:
    site = login_links.base_url()
    user, _ = login_links.ensure_administrator()
    try:
        link = login_links.login_link(user, site)
        way = f"Log in as {user.get_username()} (link valid once, for 10 minutes):\n  {link}\n"
    except OverflowError as error:
        way = f"{error}\n"
    return f"\nloadmon is running: {site}{reverse('dashboard')}\n{way}Stop with Ctrl-C.\n"


def _web_command(address: str, port: int) -> list[str]:
    timeouts = ["--websocket_timeout", "-1", "--application-close-timeout", "2"]
    return [sys.executable, "-m", "daphne", "-b", address, "-p", str(port), "--no-server-name", "-v", "0", *timeouts,
            "loadmon_site.asgi:application"]  # fmt: skip


def _static_state() -> str:
    """A digest of name, size and time of every static source file."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
