"""What must be true of the database before a command works with it; each refusal is one sentence and status 3."""

from __future__ import annotations

from django.core.management.base import CommandError

from monitor.checks import database
from monitor.database.file import EXIT_NO_DATABASE


def require_usable_file() -> None:
    """Raise CommandError where there is neither a database that can be opened nor room for a new one."""
    problem = database.file_problem()
    if problem and not database.is_blank():
        raise CommandError(" ".join(problem), returncode=EXIT_NO_DATABASE)


def require_whole_pages() -> None:
    """Raise CommandError where the last sampler ended in the middle and the pages are damaged since."""
    for message in database.pages_outlived_the_last_sampler(databases=["default"]):
        raise CommandError(f"{message.msg} {message.hint}", returncode=EXIT_NO_DATABASE)
