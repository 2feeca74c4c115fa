"""manage.py exporthistory: write everything that is stored of one host, or of all, to a file that importhistory reads."""

from __future__ import annotations

import contextlib
import gzip
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from monitor.checks.database import file_problem
from monitor.conf import newfile
from monitor.hosts import lookup
from monitor.hosts.models import Host
from monitor.management.progress import Bar
from monitor.metrics import times
from monitor.runtime import clock
from monitor.transfer import exporting
from monitor.transfer.exporting import Span


class Command(BaseCommand):
    """Streams the history out in constant memory; a file appears under its name only when it is whole."""

    help = "Export samples, rollups, usage, gaps, alerts, load tests and host facts as newline JSON, or samples as CSV."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """FILE, --host, --start, --end, --format, --gzip."""
        parser.add_argument("file", metavar="FILE", help="where to write; - is standard output")
        parser.add_argument("--host", help="only this host (default: all)")
        parser.add_argument(
            "--start", help="from then on: --start=2026-01-31T00:00:00Z or --start=-7d (default: the first)"
        )
        parser.add_argument("--end", help="before then (default: the last)")
        parser.add_argument("--format", choices=("jsonl", "csv"), default="jsonl", help="csv: samples only")
        parser.add_argument("--gzip", action="store_true", help="compress")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it, and say on stderr how much it was."""
        problem = file_problem()
        if problem:
            raise CommandError(" ".join(problem))
        try:
            hosts, span = _hosts(options["host"]), _span(options["start"], options["end"])
            write = exporting.jsonl if options["format"] == "jsonl" else exporting.samples_csv
            rows = exporting.count_rows(hosts, span, with_rollups=options["format"] == "jsonl")
            with _target(options["file"]) as raw, _text(raw, options["gzip"]) as file:
                count = self._write(write(hosts, span), file, rows)
        except BrokenPipeError:
            sys.stdout = None  # whoever reads has enough
            return
        except OSError as error:
            raise CommandError(f"Cannot write {options['file']}: {error.strerror}.") from error
        except DatabaseError as error:
            raise CommandError(f"The database failed: {error}. `manage.py doctor` tells more.") from error
        self.stderr.write(f"{count:,} lines of {len(hosts)} host{'s' * (len(hosts) != 1)}.", str)

    def _write(self, lines: Iterator[tuple[int, str]], file: IO[str], rows: int) -> int:
        bar, count = Bar(self.stderr, "exporting"), 0
        for _, text in lines:
            file.write(text)
            count += 1
            if not count % 1000:
                bar.show(count / max(rows, count), f"{count:,} lines")
        bar.close()
        return count


def _hosts(name: str | None) -> list[Host]:
    if name is None:
        return list(Host.objects.order_by("name"))
    try:
        return [lookup.find_host(name)]
    except lookup.UnknownHost as error:
        raise CommandError(str(error)) from error


def _span(start: str | None, end: str | None) -> Span:
    now_ms = clock.now_ms()
    try:
        span = Span(
            0 if start is None else times.parse(start, now_ms),
            times.LATEST_MS if end is None else times.parse(end, now_ms),
        )
    except ValueError as error:
        raise CommandError(str(error)) from error
    if span.start_ms >= span.end_ms:
        raise CommandError("--start must lie before --end.")
    return span


@contextlib.contextmanager
def _target(name: str) -> Iterator[IO[bytes]]:
    """Standard output, or a draft beside the file that takes its name at the end; only its owner may read it."""
    if name == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(name)
    if path.is_dir():
        raise CommandError(f"Cannot write {name}: it is a directory.")
    if path.exists() and not path.is_file():  # a pipe, a device: a file must not take its place
        with path.open("wb") as file:
            yield file
        return
    with newfile.draft(path) as draft:
        with draft.open("wb") as file:
            yield file
        draft.replace(path)


@contextlib.contextmanager
def _text(raw: IO[bytes], compressed: bool) -> Iterator[IO[str]]:
    """A text file over `raw`; compressed it carries no name and no time, so that the same data give the same bytes."""
    packed = gzip.GzipFile("", "wb", 6, raw, 0) if compressed else None
    file = io.TextIOWrapper(packed or raw, "utf-8", newline="", write_through=False)
    yield file
    file.flush()
    file.detach()
    if packed is not None:
        packed.close()
