"""manage.py importhistory: store a file that exporthistory wrote; what is there already stays as it is."""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from monitor.checks.database import file_problem
from monitor.database import file
from monitor.management import filling
from monitor.management.progress import Bar
from monitor.management.readiness import require_known
from monitor.transfer.format import LONGEST_LINE
from monitor.transfer.importing import BadFile, Importer

MAGIC = b"\x1f\x8b"
WORDS = {"host": "hosts", "gap": "gaps", "load_test": "load tests", "alert": "alerts", "rollup": "rollups",
         "usage": "buckets of usage", "parts": "buckets of parts", "sample": "samples"}  # fmt: skip


class Command(BaseCommand):
    """Reads newline JSON or CSV, compressed or not, in constant memory."""

    help = "Import history that exporthistory wrote; importing again adds only what is missing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """FILE."""
        parser.add_argument("file", metavar="FILE", help="what to read; - is standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        """Store it and say how much of it was new."""
        problem = file_problem()
        if problem:
            raise CommandError(" ".join(problem))
        require_known()
        importer = Importer()
        try:
            with filling.alone(), _source(options["file"]) as raw:
                self._take(importer, raw)
        except (BadFile, zlib.error, gzip.BadGzipFile) as error:
            said = str(error) if isinstance(error, BadFile) else f"The compressed file is damaged: {error}."
            raise CommandError(f"{said} {_summary(importer)} Mend the file and import it again.") from error
        except OSError as error:
            raise CommandError(f"Cannot read {options['file']}: {error.strerror}.") from error
        except DatabaseError as error:
            raise CommandError(
                f"The database failed: {file.explained(error)} {_summary(importer)} Import again: it goes on where it was."
            ) from error
        self.stdout.write(_summary(importer))
        if importer.unknown_metrics:
            names = ", ".join(sorted(importer.unknown_metrics))
            self.stderr.write(f"Left out, for this loadmon does not know them: {names}.", str)

    def _take(self, importer: Importer, raw: IO[bytes]) -> None:
        bar = Bar(self.stderr, "importing")
        size = os.fstat(raw.fileno()).st_size or None
        buffered = raw if isinstance(raw, io.BufferedReader) else io.BufferedReader(raw)  # type: ignore[type-var]
        packed = buffered.peek(2)[:2] == MAGIC
        plain: Any = gzip.GzipFile(fileobj=buffered) if packed else buffered
        with io.TextIOWrapper(plain, "utf-8", newline="\n") as text:
            for done in importer.take(_lines(text)):
                if size is not None and raw.seekable():
                    bar.show(raw.tell() / size, f"{done:,} lines")
                else:
                    bar.note(f"{done:,} lines")
        bar.close()


def _lines(file: IO[str]) -> Iterator[str]:
    """Line by line, but never more than a line can be at once."""
    while text := file.readline(LONGEST_LINE + 1):
        yield text


@contextlib.contextmanager
def _source(name: str) -> Iterator[IO[bytes]]:
    if name == "-":
        if sys.stdin is None:
            raise CommandError("There is no standard input to read from.")
        yield sys.stdin.buffer
        return
    with Path(name).open("rb") as file:
        yield file


def _summary(importer: Importer) -> str:
    new = [f"{importer.new[kind]:,} {word}" for kind, word in WORDS.items() if importer.new[kind]]
    known = sum(importer.known[kind] for kind in WORDS)
    there = f" {known:,} rows were there already." if known else ""
    return f"New: {', '.join(new) or 'nothing'}.{there}"
