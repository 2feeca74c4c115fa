"""Fields of requests, read strictly: every refusal is a sentence that names the value."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Schema
from ninja.errors import HttpError
from pydantic import BeforeValidator, Field, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from monitor.hosts import lookup
from monitor.hosts.models import Host
from monitor.metrics import times
from monitor.metrics.text import is_storable, whole_number
from monitor.metrics.times import shown
from monitor.web.ids import LARGEST_ID

MOST_NAMES = 100

LONGEST_NAME = 80

LARGEST = 1e15
DECIMAL = re.compile(r"[-+]?[0-9]{1,30}(\.[0-9]{1,30})?([eE][-+]?[0-9]{1,2})?")


def refusal(sentence: str) -> PydanticCustomError:
    """An error whose message is `sentence`, whatever braces it holds."""
    return PydanticCustomError("refused", "{sentence}", {"sentence": sentence})


def _number(low: int, high: int) -> Callable[[Any, ValidationInfo], Any]:
    """Reads a whole number in plain ASCII digits: no sign, no underscore, no other script's digits."""

    def read(value: Any, info: ValidationInfo) -> Any:
        found = whole_number(str(value), low, high)
        if found is None:
            raise refusal(
                f"{info.field_name} must be a whole number from {low} to {high}, not {shown(str(value))}."
            )
        return found

    return read


def _bounds(low: int, high: int) -> WithJsonSchema:
    return WithJsonSchema({"type": "integer", "minimum": low, "maximum": high})


def _text(longest: int) -> Callable[[Any, ValidationInfo], Any]:
    def read(value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, str) and (len(value) > longest or not is_storable(value)):
            raise refusal(f"{info.field_name} is not usable: {shown(value)}.")
        return value

    return read


def choice(*words: str, told: str = "") -> Callable[[Any, ValidationInfo], Any]:
    """Reads one of `words`, or None; a refusal lists them as `told` does."""

    def read(value: Any, info: ValidationInfo) -> Any:
        if value is not None and value not in words:
            raise refusal(f"{info.field_name} must be {told or ' or '.join(words)}, not {shown(str(value))}.")
        return value

    return read


def _decimal(value: Any, info: ValidationInfo) -> Any:
    if not isinstance(value, str):  # its default
        return value
    if not DECIMAL.fullmatch(value) or abs(float(value)) >= LARGEST:
        raise refusal(
            f"{info.field_name} must be a number such as 75 or 0.8, of at most 15 digits, not {shown(value)}."
        )
    return float(value)


def _truth(value: Any, info: ValidationInfo) -> Any:
    if value not in (True, False, "true", "false"):
        raise refusal(f"{info.field_name} must be true or false, not {shown(str(value))}.")
    return value in (True, "true")


def whole(low: int, high: int) -> Any:
    """The type of a whole number from `low` to `high`."""
    return Annotated[int, BeforeValidator(_number(low, high)), _bounds(low, high)]


Number = Annotated[
    float,
    BeforeValidator(_decimal),
    WithJsonSchema({"type": "number", "exclusiveMinimum": -LARGEST, "exclusiveMaximum": LARGEST}),
]
Truth = Annotated[bool, BeforeValidator(_truth), WithJsonSchema({"type": "boolean"})]
Id = Annotated[int, BeforeValidator(_number(0, LARGEST_ID)), _bounds(0, LARGEST_ID)]
Limit = Annotated[int, BeforeValidator(_number(1, 5000)), _bounds(1, 5000)]
Text = Annotated[str, BeforeValidator(_text(200))]
Note = Annotated[str, BeforeValidator(_text(1000))]
HOST = Field(None, description="Name of the host; may be left out where there is only one.")
TIME = "RFC 3339 with an offset, or relative: now, -1h, -7d (units s, m, h, d, w, y)."
TIME_PATTERN: dict[str, Any] = {"pattern": times.PATTERN}


class HostQuery(Schema):
    """Which host."""

    host: Text | None = HOST


class SamplesQuery(HostQuery):
    """Without `after` the newest samples are meant, with it those that were stored after that one."""

    after: Id | None = Field(None, description="Id of the last sample that the caller has.")
    limit: Limit = 1200


# What a whole request says.


def strictly(request: HttpRequest, query: Schema | None = None) -> None:
    """Refuse query parameters that nobody reads: a misspelt one must not pass for its default."""
    known = list(type(query).model_fields) if query is not None else []
    for name in request.GET:
        if name not in known:
            choices = f"known are {', '.join(known)}" if known else "there are none here"
            raise HttpError(400, f"There is no query parameter {shown(name)}: {choices}.")


def host_of(request: HttpRequest, query: HostQuery) -> Host:
    """The host that a request asks for; UnknownHost becomes 404."""
    strictly(request, query)
    return lookup.find_host(query.host)


def time_of(name: str, text: str, now_ms: int) -> int:
    """The time that the parameter `name` says, in ms since the epoch."""
    try:
        return times.parse(text, now_ms)
    except ValueError as error:
        raise HttpError(400, f"{name}: {error}") from error


def json_number(value: Any, info: ValidationInfo) -> Any:
    """Reads a whole number of JSON that fits into an id, or None."""
    if value is not None and (type(value) is not int or abs(value) > LARGEST_ID):
        raise refusal(f"{info.field_name} must be a whole number, not {_told(value)}.")
    return value


def _json_flag(value: Any, info: ValidationInfo) -> Any:
    if type(value) is not bool:
        raise refusal(f"{info.field_name} must be true or false, not {_told(value)}.")
    return value


def _json_name(value: Any, info: ValidationInfo) -> Any:
    if value is not None and not _is_name(value):
        raise refusal(
            f"{info.field_name} must be a name of at most {LONGEST_NAME} characters, not {_told(value)}."
        )
    return value


def _json_names(value: Any, info: ValidationInfo) -> Any:
    if value is None:
        return value
    if not isinstance(value, list) or len(value) > MOST_NAMES:
        raise refusal(f"{info.field_name} must be a list of at most {MOST_NAMES} names, not {_told(value)}.")
    for name in value:
        if not _is_name(name):
            raise refusal(
                f"{info.field_name} must hold names of at most {LONGEST_NAME} characters, not {_told(name)}."
            )
    return value


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_NAME and is_storable(value)


def _told(value: Any) -> str:
    """A wrong value as a sentence names it."""
    if value is None:
        return "null"
    return shown(str(value)) if isinstance(value, (str, int, float)) else f"a {type(value).__name__}"


JsonNumber = Annotated[int | None, BeforeValidator(json_number)]


JsonFlag = Annotated[bool, BeforeValidator(_json_flag)]


JsonName = Annotated[Annotated[str, Field(max_length=LONGEST_NAME)] | None, BeforeValidator(_json_name)]


JsonNames = Annotated[
    Annotated[list[Annotated[str, Field(max_length=LONGEST_NAME)]], Field(max_length=MOST_NAMES)] | None,
    BeforeValidator(_json_names),
]
