"""Schemas of the JSON API: an answer is one TypedDict, from which come the JSON of a row and what OpenAPI tells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, reduce
from operator import attrgetter, or_
from types import UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    TypedDict,
    TypeVar,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from ninja import Schema
from pydantic import create_model

from monitor.metrics.times import at_ms

T = TypeVar("T")
Reader = Callable[[Any], Any]
Responses = dict[int | frozenset[int], type[Schema]]


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
def schema(kind: Any) -> type[Schema]:
    """The model of a TypedDict that django-ninja takes: pydantic itself reads none of Python 3.11's."""
    fields: Any = {name: _field(hint) for name, hint in get_type_hints(kind, include_extras=True).items()}
    return create_model(
        kind.__name__, __base__=Schema, __doc__=kind.__doc__, __module__=kind.__module__, **fields
    )


def answers(kind: type, errors: frozenset[int], status: int = 200) -> Responses:
    """What an operation answers: `kind` with `status`, and an Error with each of `errors`."""
    return {status: schema(kind)} | refusals(errors)


def refusals(errors: frozenset[int]) -> Responses:
    """What an operation answers where its own answer is no JSON: an Error with each of `errors`."""
    return {errors: schema(Error)}


def link(name: str, operation: str, sentence: str, **parameters: str) -> dict[str, dict[str, object]]:
    """What openapi_extra takes to say that an answer's values, such as "$response.body#/id", lead to an operation."""
    target = {"operationId": operation, "parameters": parameters, "description": sentence}
    return {"links": {name: target}}


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


def _field(hint: Any) -> tuple[Any, Any]:
    if get_origin(hint) is NotRequired:
        return _modelled(get_args(hint)[0]), None
    return _modelled(hint), ...


def _modelled(hint: Any) -> Any:
    """A type with the model of each TypedDict in it."""
    if is_typeddict(hint):
        return schema(hint)
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return Annotated[(_modelled(inner[0]), *inner[1:])]
    if origin in (None, Literal):
        return hint
    parts = tuple(_modelled(one) for one in inner)
    return reduce(or_, parts) if origin is UnionType else origin[parts]
