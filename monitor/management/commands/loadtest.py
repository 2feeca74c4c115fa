"""manage.py loadtest: ask for a load test or a drill as the page does, and follow it in the terminal to its report."""

from __future__ import annotations

import re
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from monitor.history import freshness, samples
from monitor.hosts import lookup
from monitor.hosts.models import Host
from monitor.live import publishing
from monitor.loadtests import drills, requests
from monitor.loadtests.domain.report import PATIENCE_SECONDS
from monitor.loadtests.models import UNFINISHED, LoadTest, LoadTestState
from monitor.management.readiness import require_known
from monitor.metrics.text import plain
from monitor.runtime import clock

POLL_SECONDS = 0.2
CANCEL_SECONDS = 10.0
LINES = 12  # of progress, at most one a second
FAILED, USAGE = 1, 2
NOBODY = ". No receiver takes part, so nothing will be proven about delivery."
START_ONE = "Start `manage.py serve` or `manage.py runsampler` first: the sampler runs the test."

pause = time.sleep


class Command(BaseCommand):
    """Loads this machine for a while, in order to see the alerts fire."""

    help = "Load this machine to test the alerts; its sampler must be running. Ctrl-C cancels."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Numbers as text, so that a wrong one gets a sentence of ours."""
        parser.add_argument("--kind", default="cpu", help="what is kept busy: cpu or io (default: cpu)")
        parser.add_argument(
            "--seconds", help="1 to 600 (default: 120; with --expect-alert what it needs, if more)"
        )
        parser.add_argument("--workers", help="1 to the effective cores (default: one for each core)")
        parser.add_argument(
            "--expect-alert",
            action="store_true",
            help="a drill: fail unless an alert fires in time and its receivers get the message",
        )
        parser.add_argument(
            "--receiver",
            action="append",
            metavar="NAME",
            help="of a drill: who must get the message; may be repeated (default: all that want drills)",
        )
        parser.add_argument("--rule", metavar="NAME", help="of a drill: the rule that must fire")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask, follow, tell; exit status 1 for a test that did not run to its end or proved nothing, 2 for usage."""
        try:
            require_known()
            test = self._run(options)
        except DatabaseError as error:
            raise CommandError(f"The database failed: {error}. `manage.py doctor` tells more.") from error
        self.stdout.write(plain("\n".join([test.report, *drills.answers(test)])))
        what = _what(test)
        if test.state != LoadTestState.FINISHED:
            raise CommandError(f"{what} {test.get_state_display().lower()}.")
        if test.expects_alert and not test.passed:
            raise CommandError(f"{what} failed.", returncode=FAILED)

    def _run(self, options: dict[str, Any]) -> LoadTest:
        """Return a test that has ended."""
        wanted = _wanted(options)
        seconds = _whole("--seconds", options["seconds"])
        workers = _whole("--workers", options["workers"])
        host = _host()
        try:
            test = requests.request(host, seconds, workers, kind=options["kind"], wanted=wanted)
        except (requests.WrongChoice, requests.WrongNumbers) as error:
            raise CommandError(str(error), returncode=USAGE) from error
        except requests.Refused as error:
            raise CommandError(str(error)) from error
        _publish(host)
        many = "1 worker" if test.workers == 1 else f"{test.workers} workers"
        self.stdout.write(plain(f"{_what(test)} of {host}: {many} for {test.seconds} s. Ctrl-C cancels it."))
        if test.rule is not None:
            names = ", ".join(str(each) for each in test.receivers.all())
            told = f", and {names} must be told." if names else NOBODY
            self.stdout.write(plain(f"{test.rule} must fire within {test.promised_seconds:.0f} s{told}"))
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
                requests.cancel(host)
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
        host = lookup.find_host(None)
    except lookup.UnknownHost as error:
        raise CommandError(f"{error} {START_ONE}") from error
    state = freshness.sampler_state(host, clock.now_ms())
    if state["state"] not in ("running", "starting"):
        raise CommandError(f"{state['message']} {START_ONE}")
    return host


def _wanted(options: dict[str, Any]) -> drills.Wanted | None:
    """What the drill has to prove; None for a plain load test."""
    if options["expect_alert"]:
        return drills.Wanted(options["receiver"], options["rule"] or "")
    for name in ("receiver", "rule"):
        if options[name] is not None:
            raise CommandError(f"--{name} needs --expect-alert.", returncode=USAGE)
    return None


def _what(test: LoadTest) -> str:
    return f"{'Drill' if test.expects_alert else 'Load test'} {test.pk}"


def _whole(name: str, text: str | None) -> int | None:
    if text is None:
        return None
    if not re.fullmatch(r"-?[0-9]{1,9}", text, re.ASCII):
        raise CommandError(f"{name} is {text[:40]!r}: give a whole number.", returncode=USAGE)
    return int(text)


def _fresh(test: LoadTest) -> LoadTest:
    row = LoadTest.objects.select_related("rule").filter(pk=test.pk).first()
    if row is None:
        raise CommandError(f"Load test {test.pk} was deleted while it ran.")
    return row


def _give_up_on_sampler(host: Host, test: LoadTest) -> None:
    """Cancel what no sampler takes up, and close what no sampler will end any more."""
    now = timezone.now()
    waited = (now - test.requested_at).total_seconds()
    if test.state == LoadTestState.REQUESTED and waited > PATIENCE_SECONDS:
        requests.cancel(host)
        _publish(host)
        raise CommandError(
            f"No sampler took the test up within {PATIENCE_SECONDS:.0f} s: cancelled. {START_ONE}"
        )
    requests.close_forgotten(host, now)


def _now(host: Host) -> str:
    """CPU and load of the newest sample."""
    sample = samples.latest(host)
    values = sample["values"] if sample else {}
    words = (("cpu_percent", "CPU {:.0f} %"), ("load1", "load {:.2f}"))
    known = [text.format(values[name]) for name, text in words if values.get(name) is not None]
    return ", ".join(known) or "nothing measured yet"


def _publish(host: Host) -> None:
    """Tell the open pages."""
    publisher = publishing.Publisher()
    publisher.publish(publishing.status_event(host.name))
    publisher.close()
