"""Fitting of stored documents: every field as its TypedDict tells it, whatever version stored it and whatever harm it took.

A field that is missing or of another type becomes null where it may be, else empty; one that is unknown is left out. So what
programs are told keeps to the schema, which is made of the same TypedDict.
"""

from __future__ import annotations

import math
from functools import cache
from types import UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

T = TypeVar("T")
EMPTY: dict[object, object] = {bool: False, list: (), dict: ()}
"""What stands for a missing value that may not be null, by its kind; a kind that is not here has no such value."""


class Unfit(ValueError):
    """A value is nothing of what its type allows, and nothing can stand for it."""


def fitted(kind: type[T], stored: object) -> T:
    """`stored` as a `kind`, a TypedDict; raises Unfit where it is none and nothing can stand for what lacks."""
    found: T = _fit(kind, stored)
    return found


def _fit(hint: Any, value: object) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if is_typeddict(hint):
        return _object(hint, value)
    if origin in (Annotated, NotRequired):
        return _fit(inner[0], value)
    if origin in (Union, UnionType):
        return _one_of(inner, value)
    if origin is list and isinstance(value, list):
        return [row for one in value if (row := _or_none(inner[0], one)) is not None]
    if origin is dict and isinstance(value, dict):
        return {str(name): _fit_or_empty(inner[1], one) for name, one in value.items()}
    if origin is Literal and value in inner:
        return value
    if _is(hint, value):
        return value
    raise Unfit(f"{value!r} is no {hint}")


def _object(kind: Any, value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise Unfit(f"{value!r} is no {kind.__name__}")
    found: dict[str, object] = {}
    for name, hint in _fields(kind):
        if name in value or get_origin(hint) is not NotRequired:
            found[name] = _fit_or_empty(hint, value.get(name))
    return found


def _one_of(kinds: tuple[Any, ...], value: object) -> Any:
    """`value` as the first of `kinds` that it fits; None where it fits none and may be null."""
    for kind in kinds:
        try:
            return _fit(kind, value)
        except Unfit:
            continue
    if type(None) in kinds:
        return None
    raise Unfit(f"{value!r} is none of {kinds}")


def _fit_or_empty(hint: Any, value: object) -> Any:
    try:
        return _fit(hint, value)
    except Unfit:
        return _empty(hint)


def _empty(hint: Any) -> Any:
    """What stands for a value that is not there."""
    if is_typeddict(hint):
        return _object(hint, {})
    origin = get_origin(hint) or hint
    if origin in (Annotated, NotRequired):
        return _empty(get_args(hint)[0])
    if origin not in EMPTY:
        raise Unfit(f"nothing stands for a missing {hint}")
    return origin(EMPTY[origin])


def _or_none(hint: Any, value: object) -> Any:
    try:
        return _fit(hint, value)
    except Unfit:
        return None


def _is(kind: Any, value: object) -> bool:
    """Whether JSON's `value` is of a plain type; whole numbers are floats too, truths are no numbers."""
    if kind is Any:
        return True
    if kind is None or kind is type(None):
        return value is None
    if isinstance(value, bool) or kind is bool:
        return kind is bool and isinstance(value, bool)
    if kind is float:
        return isinstance(value, (int, float)) and math.isfinite(value)
    return isinstance(kind, type) and isinstance(value, kind)


@cache
def _fields(kind: Any) -> tuple[tuple[str, Any], ...]:
    return tuple(get_type_hints(kind, include_extras=True).items())
