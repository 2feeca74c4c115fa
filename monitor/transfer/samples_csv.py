"""The CSV of samples as an import takes it: a head that names the columns, then a row for each sample."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable

from monitor.transfer import values
from monitor.transfer.format import Line
from monitor.transfer.values import BadLine


def parser(head: str) -> Callable[[str], Line]:
    """What reads the rows below `head`, which names the columns."""
    columns = next(csv.reader([head]))
    if columns[:3] != ["host", "at", "covered_ms"] or len(set(columns)) != len(columns):
        raise BadLine(
            "a CSV file of samples begins with host,at,covered_ms and then one name for each metric."
        )

    def parse(text: str) -> Line:
        cells = next(csv.reader([text]))
        if len(cells) != len(columns):
            raise BadLine(f"it has {len(cells)} cells instead of {len(columns)}.")
        try:
            known = zip(columns[3:], cells[3:], strict=True)
            return "sample", {
                "host": values.host_name(cells[0]),
                "at": values.time_ms(_whole(cells[1])),
                "covered_ms": values.duration_ms(_whole(cells[2])),
                "values": {name: _finite(cell) for name, cell in known if cell},
            }
        except BadLine as error:
            raise BadLine(f"{error}.") from None

    return parse


def _whole(text: str) -> int | str:
    return int(text) if re.fullmatch(r"[0-9]{1,15}", text, re.ASCII) else text


def _finite(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise BadLine(f"{values.shown(text)} is not a finite number.")
    return values.number(found)
