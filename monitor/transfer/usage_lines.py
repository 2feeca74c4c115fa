"""Lines of usage in exported history: one a bucket, with all who used the machine in it, or all its parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from django.db import models

from monitor.hosts.models import Host
from monitor.metrics import parts as of_parts
from monitor.metrics.parts import Part, PartUsed
from monitor.metrics.usage import Consumer, Kind, Used, merged
from monitor.transfer import values
from monitor.transfer.values import BadLine
from monitor.usage.domain.thinning import thinned
from monitor.usage.domain.tiers import MINUTE, MINUTE_MS, TIERS, Bucket
from monitor.usage.models import LONGEST_NAME, LONGEST_USER, NAMED, SUMS, PartUsage, Usage, UsageBucket

BUCKETS_A_PIECE = 200
LARGEST, LARGEST_SMALL = 2**62, 2**31 - 1
MOST_A_MINUTE = 2**41
"""No machine uses more of anything within a minute: the sums of five years of it can be told."""

COARSEST_FIRST = TIERS[::-1]
"""A minute that is taken while it goes out is then in no coarser bucket of the file, and never in one twice."""

Row = tuple[int, dict[str, object]]
"""The start of a bucket in minutes since the epoch, and the fields of its line."""


def usage(host: Host, first: int, last: int) -> Iterator[Row]:
    """The buckets of consumers that begin at or after the minute `first` and before `last`."""
    for tier in COARSEST_FIRST:
        for piece in _pieces(UsageBucket, ("is_taken", *SUMS, *Used._fields), host, tier, first, last):
            span = (piece[0][0], piece[-1][0])
            found = Usage.objects.filter(host=host, tier=tier, start__range=span).order_by("start", *NAMED)
            used: dict[int, dict[tuple[str, ...], Used]] = {}
            for start, kind, name, user, *one in found.values_list("start", *NAMED, *Used._fields):
                used.setdefault(start, {})[kind, name, user] = Used._make(one)
            for start, is_taken, *numbers in piece:
                told, others = used.get(start, {}), Used._make(numbers[len(SUMS) :])
                if not is_taken:  # one that still grows is thinned when it is over, there; here it ends
                    told, rest = thinned(told)
                    others = merged([others, rest])
                yield (
                    start,
                    {
                        "host": host.name,
                        "tier": tier,
                        "at": start * MINUTE_MS,
                        "taken": is_taken or tier != MINUTE,
                        **dict(zip(SUMS, numbers, strict=False)),
                        "others": others,
                        "consumers": [[*key, *one] for key, one in told.items()],
                    },
                )


def parts(host: Host, first: int, last: int) -> Iterator[Row]:
    """The buckets of parts that begin at or after the minute `first` and before `last`."""
    for tier in COARSEST_FIRST:
        for piece in _pieces(PartUsage, (), host, tier, first, last):
            span = (piece[0][0], piece[-1][0])
            found = PartUsage.objects.filter(host=host, tier=tier, start__range=span)
            held: dict[int, list[list[object]]] = {}
            names = ("part__kind", "part__name")
            rows = found.order_by("start", *names).values_list("start", *names, *PartUsed._fields)
            for start, *one in rows:
                held.setdefault(start, []).append(one)
            for start, ones in held.items():
                yield start, {"host": host.name, "tier": tier, "at": start * MINUTE_MS, "parts": ones}


def count(host: Host, first: int, last: int) -> int:
    """About how many lines there will be."""
    return UsageBucket.objects.filter(host=host, start__gte=first, start__lt=last).count()


def bucket(fields: dict[str, Any]) -> Bucket:
    """The bucket that a line of usage tells of."""
    sums = {name: fields[name] for name in SUMS}
    used, others = fields["consumers"], fields["others"]
    start, is_taken = fields["at"] // MINUTE_MS, fields["taken"]
    return Bucket(fields["tier"], start, used=used, others=others, is_taken=is_taken, **sums)


def whole(value: Any) -> int:
    """A whole number, also one below zero."""
    if isinstance(value, bool) or not isinstance(value, int) or not abs(value) <= LARGEST:
        raise BadLine(f"{values.shown(value)} is no whole number that a sum can be")
    return value


def used(value: Any) -> Used:
    """What was used: a number for each field, in their order."""
    return Used._make(_numbers(value, Usage, Used))


def consumers(value: Any) -> dict[Consumer, Used]:
    """Who used it, each as [kind, name, user, numbers]."""
    found: dict[Consumer, Used] = {}
    for kind, name, user, *numbers in _list(value, "consumer", 3):
        one = Consumer(
            Kind(values.one_of(*(kind.value for kind in Kind))(kind)),
            values.text(LONGEST_NAME, 1)(name),
            values.text(LONGEST_USER)(user),
        )
        if one in found:
            raise BadLine(f"{values.shown(one.name)} is there twice")
        found[one] = used(numbers)
    return found


def held(value: Any) -> dict[Part, PartUsed]:
    """What parts held and moved, each as [kind, name, numbers]."""
    found: dict[Part, PartUsed] = {}
    for kind, name, *numbers in _list(value, "part", 2):
        part = Part(
            of_parts.Kind(values.one_of(*(kind.value for kind in of_parts.Kind))(kind)),
            values.text(LONGEST_NAME, 1)(name),
        )
        if part in found:
            raise BadLine(f"{values.shown(part.name)} is there twice")
        found[part] = PartUsed._make(_numbers(numbers, PartUsage, PartUsed))
    return found


def impossible(fields: dict[str, Any]) -> str | None:
    """Why a bucket of usage cannot begin when it says, or hold so much, as a sentence; None where it can."""
    if fields["at"] % (fields["tier"] * MINUTE_MS):
        return f"at: {fields['at']} is not the start of a bucket of {fields['tier']} minutes."
    if fields["at"] // MINUTE_MS > LARGEST_SMALL:
        return f"at: {fields['at']} lies too far ahead."
    if "consumers" in fields:
        rows = ([fields[name] for name in SUMS], fields["others"], *fields["consumers"].values())
        most = max(abs(number) for row in rows for number in row if number is not None)
        if most > MOST_A_MINUTE * fields["tier"]:
            return f"{most} is more than a bucket of {fields['tier']} minutes can hold."
    return None


def _pieces(
    table: type[models.Model], columns: Sequence[str], host: Host, tier: int, first: int, last: int
) -> Iterator[list[tuple[Any, ...]]]:
    """The starts of the buckets of a tier, each with columns, a piece at a time."""
    rows = table._default_manager.filter(host=host, tier=tier, start__lt=last).order_by("start")
    found = rows.values_list("start", *columns)
    while piece := list(found.filter(start__gte=first).distinct()[:BUCKETS_A_PIECE]):
        yield piece
        first = piece[-1][0] + 1


def _list(value: Any, word: str, least: int) -> list[list[Any]]:
    if not isinstance(value, list):
        raise BadLine(f"{values.shown(value)} is no list of {word}s")
    for one in value:
        if not isinstance(one, list) or len(one) < least:
            raise BadLine(f"{values.shown(one)} is no {word}")
    return value


def _numbers(value: Any, table: type[models.Model], kind: type[NamedTuple]) -> list[int | None]:
    """The numbers of a row, each as large as its column takes, and unknown only where that can be."""
    if not isinstance(value, list) or len(value) != len(kind._fields):
        raise BadLine(f"{values.shown(value)} is not {len(kind._fields)} numbers")
    return [
        None if one is None and may_be_unknown else _number(name, check, one)
        for (name, check, may_be_unknown), one in zip(_limits(table, kind), value, strict=True)
    ]


@cache
def _limits(table: type[models.Model], kind: type[NamedTuple]) -> list[tuple[str, values.Check, bool]]:
    """Of each number its name, what its column takes, and whether it may be unknown."""
    columns = [(name, table._meta.get_field(name)) for name in kind._fields]
    large = {name for name, column in columns if isinstance(column, models.BigIntegerField)}
    return [
        (
            name,
            values.count(LARGEST if name in large else LARGEST_SMALL),
            bool(getattr(column, "null", False)),
        )
        for name, column in columns
    ]


def _number(name: str, check: values.Check, value: Any) -> int:
    try:
        found: int = check(value)
    except BadLine as error:
        raise BadLine(f"{name}: {error}") from None
    return found
