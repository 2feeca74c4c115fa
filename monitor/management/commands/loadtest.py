"""manage.py loadtest: ask for a load test as the page does, and follow it in the terminal to its report."""

from __future__ import annotations

import re
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from monitor import history, live, loadtest
from monitor.domain.loadreport import PATIENCE_SECONDS
from monitor.models import UNFINISHED, Host, LoadTest, LoadTestState

POLL_SECONDS = 0.2
CANCEL_SECONDS = 10.0
LINES = 12  # of progress, at most one a second
START_ONE = "Start `manage.py serve` or `manage.py runsampler` first: the sampler runs the test."

pause = time.sleep


class Command(BaseCommand):
    """Loads this machine for a while, in order to see the alerts fire."""

    help = "Load the CPUs of this machine to test the alerts; its sampler must be running. Ctrl-C cancels."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """--seconds and --workers; text, so that a wrong one gets a sentence of ours."""
        parser.add_argument(
            "--seconds", default=str(loadtest.DEFAULT_SECONDS), help="1 to 600 (default: 120)"
        )
        parser.add_argument("--workers", help="1 to the effective cores (default: one for each core)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask, follow, tell; anything but a test that ran to its end is a CommandError, exit status 1."""
        try:
            test = self._run(options["seconds"], options["workers"])
        except DatabaseError as error:
            raise CommandError(f"The database failed: {error}. `manage.py doctor` tells more.") from error
        self.stdout.write(test.report)
        if test.state != LoadTestState.FINISHED:
            raise CommandError(f"Load test {test.pk} {test.get_state_display().lower()}.")

    def _run(self, seconds: str, workers: str | None) -> LoadTest:
        """Return a test that has ended."""
        host = _host()
        try:
            test = loadtest.request(
                host, _whole("--seconds", seconds), None if workers is None else _whole("--workers", workers)
            )
        except loadtest.Refused as error:
            raise CommandError(str(error)) from error
        _publish(host)
        many = "1 worker" if test.workers == 1 else f"{test.workers} workers"
        self.stdout.write(f"Load test {test.pk} of {host}: {many} for {test.seconds} s. Ctrl-C cancels it.")
        return self._follow(host, test)

    def _follow(self, host: Host, test: LoadTest) -> LoadTest:
        """Return the test once it has ended; Ctrl-C cancels it, a second one stops waiting."""
        said = -1
        give_up_at: float | None = None
        while True:
            try:
                test = _fresh(test)
                if test.state not in UNFINISHED:
                    return test
                if give_up_at is not None and time.monotonic() > give_up_at:
                    raise CommandError("The test is cancelled, but its sampler has not ended it yet.")
                said = self._progress(host, test, said)
                _give_up_on_sampler(host, test)
                pause(POLL_SECONDS)
            except KeyboardInterrupt:
                if give_up_at is not None:
                    raise CommandError("No longer waiting for the test to end.") from None
                give_up_at = time.monotonic() + CANCEL_SECONDS
                self.stdout.write("Cancelling.")
                loadtest.cancel(host)
                _publish(host)

    def _progress(self, host: Host, test: LoadTest, said: int) -> int:
        """Write a line when one is due; return the number of the last one written."""
        if test.started_at is None:
            return said
        elapsed = min((timezone.now() - test.started_at).total_seconds(), test.seconds)
        line = int(elapsed / max(1.0, test.seconds / LINES))
        if line > said:
            self.stdout.write(f"{elapsed:.0f} of {test.seconds} s: {_now(host)}")
            self.stdout.flush()
        return max(line, said)


def _host() -> Host:
    """This machine, if its sampler is there to run a test."""
    try:
        host = history.find_host(None)
    except history.UnknownHost as error:
        raise CommandError(f"{error} {START_ONE}") from error
    state = history.sampler_state(host, time.time_ns() // 1_000_000)
    if state["state"] not in ("running", "starting"):
        raise CommandError(f"{state['message']} {START_ONE}")
    return host


def _whole(name: str, text: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,9}", text, re.ASCII):
        raise CommandError(f"{name} is {text[:40]!r}: give a whole number.")
    return int(text)


def _fresh(test: LoadTest) -> LoadTest:
    row = LoadTest.objects.filter(pk=test.pk).first()
    if row is None:
        raise CommandError(f"Load test {test.pk} was deleted while it ran.")
    return row


def _give_up_on_sampler(host: Host, test: LoadTest) -> None:
    """Cancel what no sampler takes up, and close what no sampler will end any more."""
    now = timezone.now()
    waited = (now - test.requested_at).total_seconds()
    if test.state == LoadTestState.REQUESTED and waited > PATIENCE_SECONDS:
        loadtest.cancel(host)
        _publish(host)
        raise CommandError(
            f"No sampler took the test up within {PATIENCE_SECONDS:.0f} s: cancelled. {START_ONE}"
        )
    loadtest.close_forgotten(host, now)


def _now(host: Host) -> str:
    """CPU and load of the newest sample."""
    sample = history.latest(host)
    values = sample["values"] if sample else {}
    words = (("cpu_percent", "CPU {:.0f} %"), ("load1", "load {:.2f}"))
    known = [text.format(values[name]) for name, text in words if values.get(name) is not None]
    return ", ".join(known) or "nothing measured yet"


def _publish(host: Host) -> None:
    """Tell the open pages."""
    publisher = live.Publisher()
    publisher.publish(live.status_event(host.name))
    publisher.close()
