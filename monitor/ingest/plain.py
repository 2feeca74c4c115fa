"""Values as plain JSON, and back: strictly by the types of their dataclasses, for a file may be damaged."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints, is_typeddict


class NotPlain(ValueError):
    """What was read is not what its type says; the message names both."""


def plain(value: Any) -> Any:
    """`value` as JSON has it; a dataclass becomes an object of all of its fields."""
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, (list, tuple)) else value


def typed(kind: Any, value: Any) -> Any:
    """The value of type `kind` that plain() made `value` of; raises NotPlain."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _one_of(inner, value)
    if is_dataclass(kind) or is_typeddict(kind):
        return _object(kind, value)
    if origin in (list, tuple) and isinstance(value, list):
        return origin(typed(inner[0], one) for one in value)
    if isinstance(origin, type) and issubclass(origin, Mapping) and isinstance(value, dict):
        return {name: typed(inner[1], one) for name, one in value.items()}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _member(kind, value)
    if kind is Any or _is(kind, value):
        return value
    raise NotPlain(f"{str(value)[:100]!r} is no {kind}")


def _object(kind: Any, value: Any) -> Any:
    hints = _hints(kind)
    if not isinstance(value, dict) or value.keys() != hints.keys():
        raise NotPlain(f"{str(value)[:100]!r} is no {kind.__name__}")
    try:
        return kind(**{name: typed(hint, value[name]) for name, hint in hints.items()})
    except ValueError as error:  # some look at their values as they are made
        raise NotPlain(str(error)) from error


def _one_of(kinds: tuple[Any, ...], value: Any) -> Any:
    for kind in kinds:
        try:
            return typed(kind, value)
        except NotPlain:
            continue
    raise NotPlain(f"{str(value)[:100]!r} is none of {kinds}")


def _member(kind: type[Enum], value: Any) -> Enum:
    try:
        return kind(value)
    except ValueError as error:
        raise NotPlain(str(error)) from error


def _is(kind: Any, value: Any) -> bool:
    if isinstance(value, bool) or kind is bool:
        return kind is bool and isinstance(value, bool)
    if kind is float:
        return isinstance(value, (int, float)) and math.isfinite(value)
    return isinstance(kind, type) and isinstance(value, kind)


@cache
def _hints(kind: Any) -> Mapping[str, object]:
    return get_type_hints(kind)
