"""Reading of a file of history, line by line: which form it has, which line is wrong, and how many are stored at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from monitor.database import turns
from monitor.transfer import format, samples_csv
from monitor.transfer.format import Line
from monitor.transfer.values import BadLine

BYTE_ORDER_MARK = "\ufeff"  # spreadsheets begin with one
MOST_EMPTY = 10_000
WORK = {
    "alert": 40,
    "load_test": 10,
    "gap": 5,
    "host": 5,
    "progress": 5,
    "rollup": 10,
    "usage": 20,
    "parts": 10,
}
"""How much a line takes to store, where a sample takes 1."""


class BadFile(ValueError):
    """A line cannot be taken; the message names it, and the batches before it are stored."""


def lines(texts: Iterator[str]) -> Iterator[Line]:
    """The lines of a file, JSON or CSV as its first one says; raises BadFile."""
    number = 0
    try:
        first = next(texts, "").removeprefix(BYTE_ORDER_MARK)
        number = 1
        parse = samples_csv.parser(first) if first.startswith("host,") else format.parse
        if parse is format.parse:
            kind, _ = format.parse(first)
            if kind != "header":
                raise BadLine("a file of history begins with a header.")
        empty = 0
        for text in texts:
            number += 1
            if len(text) > format.LONGEST_LINE:
                raise BadLine(f"it is longer than {format.LONGEST_LINE} characters.")
            if text.strip():
                yield parse(text)
                continue
            empty += len(text)
            if empty > MOST_EMPTY:
                raise BadLine(
                    f"with it {MOST_EMPTY} characters of empty lines have come, which is no export."
                )
    except BadLine as error:
        raise BadFile(f"Line {number}: {error}") from None
    except UnicodeDecodeError as error:
        raise BadFile(f"After line {number}: this is not UTF-8 ({error.reason}).") from None
    except EOFError:
        raise BadFile(f"After line {number}: the compressed file ends in the middle.") from None


def batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """The lines, as many at a time as one turn should store."""
    batch: list[Line] = []
    work = 0
    for line in lines:
        batch.append(line)
        work += WORK.get(line[0], 1)
        if work >= turns.ROWS_A_TURN:
            yield batch
            batch, work = [], 0
    if batch:
        yield batch
