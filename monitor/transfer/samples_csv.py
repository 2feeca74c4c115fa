"""The CSV of samples as an import takes it: a head that names the columns, then a row for each sample."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable

from monitor.transfer import values
from monitor.transfer.format import Line
from monitor.transfer.values import BadLine

LONGEST_NUMBER = 400
NUMBER = re.compile(r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")


def parser(head: str) -> Callable[[str], Line]:
    """What reads the rows below `head`, which names the columns."""
    columns = _cells(head)
    if columns[:3] != ["host", "at", "covered_ms"] or len(set(columns)) != len(columns):
        raise BadLine(
            "a CSV file of samples begins with host,at,covered_ms and then one name for each metric."
        )
    try:
        metrics = [values.metric(name) for name in columns[3:]]
    except BadLine as error:
        raise BadLine(f"{error}.") from None

    def parse(text: str) -> Line:
        cells = _cells(text)
        if len(cells) != len(columns):
            raise BadLine(f"it has {len(cells)} cells instead of {len(columns)}.")
        try:
            known = zip(metrics, cells[3:], strict=True)
            return "sample", {
                "host": values.host_name(cells[0]),
                "at": values.time_ms(_whole(cells[1])),
                "covered_ms": values.duration_ms(_whole(cells[2])),
                "values": values.numbers({name: _finite(cell) for name, cell in known if cell}),
            }
        except BadLine as error:
            raise BadLine(f"{error}.") from None

    return parse


def _whole(text: str) -> int | str:
    return int(text) if re.fullmatch(r"[0-9]{1,15}", text, re.ASCII) else text


def _finite(text: str) -> float:
    """A number in plain ASCII, as a CSV file is written; Python would take "1_0" and digits of other scripts too."""
    if len(text) > LONGEST_NUMBER or not NUMBER.fullmatch(text):
        raise BadLine(f"{values.shown(text)} is not a finite number")
    return values.number(float(text))


def _cells(text: str) -> list[str]:
    try:
        return next(csv.reader([text], strict=True), [])
    except csv.Error as error:
        raise BadLine(f"it is no row of CSV: {error}.") from None
