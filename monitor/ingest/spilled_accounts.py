"""Accounts in the spill: who used the machine, and what its parts moved, as plain rows of whole numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from monitor.ingest.plain import NotPlain
from monitor.metrics import parts
from monitor.metrics.parts import Part, PartAccount, PartUsed
from monitor.metrics.usage import Account, Consumer, Kind, Used

LARGEST = 2**53
Row = TypeVar("Row", bound=NamedTuple)


@dataclass(frozen=True, slots=True)
class SpilledConsumer:
    """One consumer of an account; used: the fields of `Used` in order."""

    kind: Kind
    name: str
    user: str
    used: list[int | None]


@dataclass(frozen=True, slots=True)
class SpilledAccount:
    """An account as it is in the file."""

    start_ms: int
    end_ms: int
    covered_ms: int
    machine_cpu_ms: int
    not_seen_ms: int
    used: list[SpilledConsumer]
    others: list[int | None]


@dataclass(frozen=True, slots=True)
class SpilledPart:
    """What one part held and moved; used: the fields of `PartUsed` in order."""

    minute: int
    kind: parts.Kind
    name: str
    used: list[int | None]


def of_account(account: Account | None) -> SpilledAccount | None:
    """As it is written."""
    if account is None:
        return None
    used = [SpilledConsumer(*consumer, list(used)) for consumer, used in account.used.items()]
    return SpilledAccount(
        account.start_ms,
        account.end_ms,
        account.covered_ms,
        account.machine_cpu_ms,
        account.not_seen_ms,
        used,
        list(account.others),
    )


def account_of(found: SpilledAccount | None) -> Account | None:
    """As it was before; raises NotPlain."""
    if found is None:
        return None
    sums = (found.start_ms, found.end_ms, found.covered_ms, found.machine_cpu_ms, found.not_seen_ms)
    _require_storable(sums)
    used = {Consumer(one.kind, one.name, one.user): _row(Used, one.used) for one in found.used}
    return Account(*sums, used, _row(Used, found.others))


def of_parts(found: Iterable[PartAccount]) -> list[SpilledPart]:
    """As they are written."""
    return [SpilledPart(one.minute, one.part.kind, one.part.name, list(one.used)) for one in found]


def parts_of(found: Iterable[SpilledPart]) -> tuple[PartAccount, ...]:
    """As they were before; raises NotPlain."""
    return tuple(PartAccount(one.minute, Part(one.kind, one.name), _row(PartUsed, one.used)) for one in found)


def _row(kind: type[Row], numbers: list[int | None]) -> Row:
    if len(numbers) != len(kind._fields):
        raise NotPlain(f"{len(numbers)} numbers are no {kind.__name__}")
    for name, number in zip(kind._fields, numbers, strict=True):
        if number is None and kind._field_defaults[name] is not None:
            raise NotPlain(f"{name} of a {kind.__name__} is not told")
    _require_storable(numbers)
    return kind._make(numbers)


def _require_storable(numbers: Iterable[int | None]) -> None:
    for number in numbers:
        if number is not None and not abs(number) <= LARGEST:
            raise NotPlain(f"{number} is more than anything can be")
