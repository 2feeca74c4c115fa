"""manage.py doctor: examine this installation and say what is wrong and what to do."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from monitor import doctor
from monitor.doctor import database
from monitor.doctor.finding import Finding, Level
from monitor.live import probe as live_probe
from monitor.metrics.text import plain

NAME_WIDTH = 14


class Command(BaseCommand):
    """Reads, sends itself two messages, opens two sockets; changes nothing."""

    help = "Examine this installation; exit status 1 where something does not work, 0 otherwise."
    requires_system_checks: list[str] = []  # they are one of the things that are examined

    def add_arguments(self, parser: CommandParser) -> None:
        """--json; --probe is for the doctor's own second process."""
        parser.add_argument("--json", action="store_true", help="print JSON for programs")
        parser.add_argument("--probe", nargs="+", help=argparse.SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        """Print every finding; exit with 1 after a failure."""
        if options["probe"]:
            self.stdout.write(json.dumps(probe(*options["probe"])))
            return
        found = doctor.findings()
        try:
            levels = self._print_json(list(found)) if options["json"] else self._print(found)
            sys.stdout.flush()
        except BrokenPipeError:  # the reader, such as `head`, has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return
        if Level.FAILURE in levels:
            sys.exit(1)

    def _print_json(self, found: list[Finding]) -> list[Level]:
        levels = [finding.level for finding in found]
        well = Level.FAILURE not in levels
        self.stdout.write(
            json.dumps({"ok": well, "findings": [asdict(finding) for finding in found]}, indent=2)
        )
        return levels

    def _print(self, found: Iterable[Finding]) -> list[Level]:
        levels = []
        paint = {
            Level.OK: self.style.SUCCESS,
            Level.WARNING: self.style.WARNING,
            Level.FAILURE: self.style.ERROR,
        }
        for finding in found:
            levels.append(finding.level)
            word = paint[finding.level](f"{finding.level:<8}")
            self.stdout.write(f"{word} {finding.name:<{NAME_WIDTH}} {plain(finding.text)}")
            if finding.remedy:
                self.stdout.write(f"{'':<{9 + NAME_WIDTH}} -> {plain(finding.remedy)}")
        self.stdout.write(summary(levels))
        return levels


def probe(what: str, *arguments: str) -> dict[str, Any]:
    """One thing done in this process for the doctor in another one; a dict because each has its own answer in JSON."""
    if what == "send":
        live_probe.send(*arguments)
        return {}
    return {"newest_id": database.newest_id()}


def summary(levels: list[Level]) -> str:
    """The last line."""
    failures, warnings = levels.count(Level.FAILURE), levels.count(Level.WARNING)
    if not failures and not warnings:
        return "All is well."
    return f"{_count(failures, 'failure')}, {_count(warnings, 'warning')}."


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")
