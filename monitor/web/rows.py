"""JSON of rows: an answer is one TypedDict whose fields say beside their type where the value comes from.

What OpenAPI tells is made of the same class by `monitor.web.schemas`; this half needs no pydantic, which costs each process
that loads it 10 MB.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Annotated, Any, Literal, TypedDict, TypeVar, get_type_hints

from monitor.metrics.times import at_ms

T = TypeVar("T")
Reader = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class From:
    """Beside a field's type, where its value comes from: a function of the row, or the path of one of its attributes.

    A path ("host.name") ends in None where anything on it is None. Without this it is the attribute of the field's name.
    """

    source: str | Reader


@dataclass(frozen=True, slots=True)
class Turned:
    """Beside a field's type, what is made of the attribute of its name."""

    turn: Reader


@dataclass(frozen=True, slots=True)
class Described:
    """Beside a field's type, what OpenAPI says of it."""

    text: str


Time = Annotated[int, Turned(at_ms)]
MaybeTime = Annotated[int | None, Turned(at_ms)]
"""Milliseconds since the epoch, of a datetime."""


class Error(TypedDict):
    """Every error: one sentence, and all of them."""

    ok: Literal[False]
    error: str
    errors: list[str]
    status: int


def of(kind: type[T], row: object, **known: object) -> T:
    """The JSON of `row` as `kind`, a tells it; `known` are values that the row alone does not tell."""
    fields: Any = kind
    found: Any = {name: known[name] if name in known else read(row) for name, read in _readers(fields)}
    return found  # type: ignore[no-any-return]  # a dict with exactly the keys of `kind`


def username(field: str) -> From:
    """The name of the person in `field` of a row, or None."""
    path = attrgetter(field)

    def read(row: Any) -> str | None:
        person = path(row)
        return person.get_username() if person else None

    return From(read)


@cache
def _readers(kind: Any) -> tuple[tuple[str, Reader], ...]:
    hints = get_type_hints(kind, include_extras=True)
    return tuple((name, _reader(name, getattr(hint, "__metadata__", ()))) for name, hint in hints.items())


def _reader(name: str, notes: tuple[object, ...]) -> Reader:
    for note in notes:
        if isinstance(note, From):
            return _path(note.source) if isinstance(note.source, str) else note.source
        if isinstance(note, Turned):
            get, turn = attrgetter(name), note.turn
            return lambda row: turn(get(row))
    return attrgetter(name)


def _path(dotted: str) -> Reader:
    *way, last = dotted.split(".")
    if not way:
        return attrgetter(last)
    to, get = attrgetter(".".join(way)), attrgetter(last)

    def read(row: Any) -> Any:
        found = to(row)
        return None if found is None else get(found)

    return read
