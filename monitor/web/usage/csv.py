"""Table of usage: a row for each bucket and consumer, of one kind of use."""

from __future__ import annotations

from monitor.usage.answers import UsageAnswer
from monitor.web.tables import Pages, Row, moment

PAGE = 1000


def of_usage(shape: UsageAnswer) -> Pages:
    """What an answer tells, bucket by bucket, in each the consumers in its order; empty where nothing is known."""
    by, unit, count = shape["by"], shape["unit"], len(shape["consumers"])

    def row(index: int) -> Row:
        bucket, place = divmod(index, count)
        at_ms, one = shape["times"][bucket], shape["consumers"][place]
        return moment(at_ms), at_ms, one["kind"], one["name"], one["user"], one["series"][bucket]

    def page(begin: int | None) -> tuple[list[Row], int]:
        begin = begin or 0
        chosen = range(begin, min(begin + PAGE, count * len(shape["times"])))
        return [row(index) for index in chosen], begin + PAGE

    return ("time", "at_ms", "kind", "name", "user", f"{by}_{unit}"), page
