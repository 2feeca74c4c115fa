"""manage.py seeddemo: store a synthetic, clearly marked demo host, for screenshots and for trying things out."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlencode

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.urls import reverse

from monitor import conf
from monitor.access import login_links
from monitor.checks.database import file_problem
from monitor.database import file
from monitor.demo import seeding
from monitor.management import filling
from monitor.management.progress import Bar
from monitor.management.readiness import require_known
from monitor.metrics.quantities import span
from monitor.metrics.text import whole_number
from monitor.runtime import clock

MOST_DAYS = 3650


class Command(BaseCommand):
    """Makes a host up, or takes it away again; a host that was measured is never touched."""

    help = "Store a synthetic demo host with believable history; --remove takes it away again."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """--days, --host, --interval, --seed, --remove; text, so that a wrong one gets a sentence of ours."""
        parser.add_argument("--days", default="7", help=f"days of history up to now, 1 to {MOST_DAYS} (7)")
        parser.add_argument("--host", default="demo", help="name of the synthetic host (demo)")
        parser.add_argument("--interval", default="1", help="seconds between its samples, 0.2 to 60 (1)")
        parser.add_argument("--seed", default="1", help="another number makes another history (1)")
        parser.add_argument("--remove", action="store_true", help="delete the synthetic host and its history")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say what there is."""
        problem = file_problem()
        if problem:
            raise CommandError(" ".join(problem))
        require_known()
        try:
            name = conf.parse("LOADMON_HOST_NAME", options["host"], "--host")
            with filling.alone():
                if options["remove"]:
                    self._remove(name)
                else:
                    self._seed(name, options)
        except (conf.WrongSetting, seeding.NotSynthetic) as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(
                f"The database failed: {file.explained(error)} `manage.py doctor` tells more. What was stored of the host "
                "until then goes with `manage.py seeddemo --remove`, or with the next run."
            ) from error

    def _remove(self, name: str) -> None:
        gone = seeding.remove(name)
        self.stdout.write(f"The synthetic host {name} is gone." if gone else f"There is no host {name}.")

    def _seed(self, name: str, options: dict[str, Any]) -> None:
        days = _whole("--days", options["days"], 1, MOST_DAYS)
        interval = conf.parse("LOADMON_INTERVAL", options["interval"], "--interval")
        seed = _whole("--seed", options["seed"], 0, 2**31)
        bar, began = Bar(self.stderr, f"{days} days"), time.monotonic()
        host = seeding.seed(name, days, interval, seed, clock.now_ms(), bar.show)
        bar.close()
        took = span(time.monotonic() - began)
        self.stdout.write(
            f"The synthetic host {host} holds {days} day{'s' * (days != 1)} and {seeding.alert_count(host)} alerts "
            f"({took}). "
            f"Look at it: {login_links.base_url()}{reverse('dashboard')}?{urlencode({'host': name})}\n"
            "Nothing of it was measured; `manage.py seeddemo --remove` takes it away."
        )


def _whole(name: str, text: str, low: int, high: int) -> int:
    found = whole_number(text, low, high)
    if found is None:
        raise CommandError(f"{name} is {text[:40]!r}: give a whole number between {low} and {high}.")
    return found
