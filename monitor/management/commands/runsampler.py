"""manage.py runsampler: sample this machine until SIGTERM or SIGINT."""

from __future__ import annotations

import gc
import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from monitor import conf
from monitor.database import file, patience
from monitor.database.file import EXIT_MIGRATE
from monitor.database.opening import EXIT_NO_DATABASE
from monitor.live.publishing import Publisher
from monitor.management.readiness import require_migrated, require_whole_pages, settle_exchange
from monitor.runtime import lock
from monitor.runtime.name import SAMPLER, be_called
from monitor.sampler.loop import Sampler

EXIT_ALREADY_RUNNING = 4
REFUSALS = (EXIT_NO_DATABASE, EXIT_ALREADY_RUNNING, EXIT_MIGRATE)


class Command(BaseCommand):
    """Reads this host every interval, stores and publishes what it read, and evaluates the alert rules."""

    help = "Sample this machine, store the samples and evaluate the alert rules, until stopped."
    requires_system_checks = ["loadmon"]

    def add_arguments(self, parser: CommandParser) -> None:
        """--interval and --once."""
        parser.add_argument(
            "--interval", help="seconds between samples, 0.2 to 60 (default: LOADMON_INTERVAL)"
        )
        parser.add_argument("--once", action="store_true", help="take and store one sample, then stop")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse what cannot work, then run."""
        interval = _interval(options["interval"])
        settle_exchange()
        require_migrated()
        be_called(SAMPLER)
        stop = threading.Event()
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signal_number, lambda *_: stop.set())
        file.keep_connection()
        patience.bound()
        require_whole_pages()
        name = settings.LOADMON_HOST_NAME
        try:
            held = lock.acquire(lock.path_for(settings.LOADMON_DATA_DIR, name))
        except lock.AlreadyRunning as error:
            raise CommandError(str(error), returncode=EXIT_ALREADY_RUNNING) from error
        with held:
            publisher = Publisher()
            try:
                sampler = Sampler.called(name, publisher.publish, interval, stop)
                file.wait_for_locks(min(0.5, interval / 4))  # the queue waits instead
                if options["once"]:
                    sampler.run_once()
                else:
                    self.stdout.write(f"Sampling {name} every {interval:g} s.")
                    gc.freeze()
                    sampler.run(stop)
            except lock.AlreadyRunning as error:
                raise CommandError(str(error), returncode=EXIT_ALREADY_RUNNING) from error
            publisher.close()


def _interval(text: str | None) -> float:
    if text is None:
        return float(settings.LOADMON_INTERVAL)
    try:
        return float(conf.parse("LOADMON_INTERVAL", text, called="--interval"))
    except conf.WrongSetting as error:
        raise CommandError(str(error)) from error
