"""manage.py loginlink: print a link that logs a person in once."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from monitor.access import login_links
from monitor.checks.database import file_problem
from monitor.management.readiness import require_known


class Command(BaseCommand):
    """For whoever owns the command line; the web has no way to the first account."""

    help = "Print a link that logs in once, within 10 minutes."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--user NAME."""
        parser.add_argument(
            "--user", metavar="NAME", help="whom to log in (default: the first administrator)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the link and what it is good for."""
        problem = file_problem()
        if problem:
            raise CommandError(" ".join(problem))
        require_known()
        try:
            user = _user(options["user"])
            link = login_links.login_link(user, login_links.base_url())
        except DatabaseError as error:
            raise CommandError(
                f"The database cannot be used ({error}): run `manage.py migrate` first."
            ) from error
        except OverflowError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(link)
        minutes = settings.SESAME_MAX_AGE // 60
        self.stderr.write(f"Logs {user.get_username()} in, valid once, for {minutes} minutes.")


def _user(name: str | None) -> User:
    if name is None:
        return login_links.ensure_administrator()[0]
    user = get_user_model().objects.filter(username=name).first()
    if user is None:
        raise CommandError(f"There is no user {name!r}.")
    if not user.is_active:
        raise CommandError(f"The user {name!r} is not active, so no link can log in.")
    return user
