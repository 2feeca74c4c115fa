"""manage.py runsampler: sample this machine until SIGTERM or SIGINT."""

from __future__ import annotations

import gc
import signal
import threading
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from monitor import conf, lock
from monitor.ingest import database_file_exists
from monitor.live import Publisher
from monitor.models import Host
from monitor.sampler import Sampler

EXIT_NO_DATABASE, EXIT_ALREADY_RUNNING, EXIT_MIGRATE = 3, 4, 5


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
        stop = threading.Event()
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signal_number, lambda *_: stop.set())
        _prepare_connection()
        _require_migrated()
        name = settings.LOADMON_HOST_NAME
        try:
            held = lock.acquire(lock.path_for(settings.LOADMON_DATA_DIR, name))
        except lock.AlreadyRunning as error:
            raise CommandError(str(error), returncode=EXIT_ALREADY_RUNNING) from error
        with held:
            host, _ = Host.objects.get_or_create(name=name)
            publisher = Publisher()
            sampler = Sampler(host, publisher.publish, interval)
            _wait_briefly(interval)
            if options["once"]:
                sampler.run_once()
            else:
                self.stdout.write(f"Sampling {name} every {interval:g} s.")
                gc.freeze()
                sampler.run(stop)
            publisher.close()


def _interval(text: str | None) -> float:
    if text is None:
        return float(settings.LOADMON_INTERVAL)
    try:
        return float(conf.parse("LOADMON_INTERVAL", text, called="--interval"))
    except conf.WrongSetting as error:
        raise CommandError(str(error)) from error


def _prepare_connection() -> None:
    """Keep one connection, and never make a database file that is not there."""
    connection.settings_dict["CONN_MAX_AGE"] = None
    connection.settings_dict["CONN_HEALTH_CHECKS"] = connection.vendor != "sqlite"
    if connection.vendor == "sqlite":
        path = quote(str(connection.settings_dict["NAME"]))
        connection.settings_dict["NAME"] = f"file:{path}?mode=rw"


def _wait_briefly(interval: float) -> None:
    """From now on wait for a lock a quarter of the interval at most: the queue waits instead."""
    if connection.vendor == "sqlite":
        connection.close()
        connection.settings_dict["OPTIONS"] |= {"timeout": min(0.5, interval / 4)}


def _require_migrated() -> None:
    if not database_file_exists():
        raise CommandError(
            "The database is missing: run `manage.py migrate` for a new one, or restore yours.",
            returncode=EXIT_NO_DATABASE,
        )
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CommandError(
            "The database is not up to date: run `manage.py migrate`.", returncode=EXIT_MIGRATE
        )
