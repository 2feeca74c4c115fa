"""Schemas of the JSON API: what OpenAPI tells of an answer, made of the TypedDict that its JSON is made of."""

from __future__ import annotations

from functools import cache, reduce
from operator import or_
from types import UnionType
from typing import Annotated, Any, Literal, NotRequired, get_args, get_origin, get_type_hints, is_typeddict

from ninja import Schema
from pydantic import Field, create_model

from monitor.web.rows import Described, Error

Responses = dict[int | frozenset[int], type[Schema]]


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
        notes = (Field(description=one.text) if isinstance(one, Described) else one for one in inner[1:])
        return Annotated[(_modelled(inner[0]), *notes)]
    if origin in (None, Literal):
        return hint
    parts = tuple(_modelled(one) for one in inner)
    return reduce(or_, parts) if origin is UnionType else origin[parts]
