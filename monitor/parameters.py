"""What the JSON API takes, read strictly: every refusal is a sentence that names the value."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from monitor.domain.times import shown

LARGEST_ID = 2**63 - 1


def refusal(sentence: str) -> PydanticCustomError:
    """An error whose message is `sentence`, whatever braces it holds."""
    return PydanticCustomError("refused", "{sentence}", {"sentence": sentence})


def _number(low: int, high: int) -> Callable[[Any, ValidationInfo], Any]:
    """Reads a whole number in plain ASCII digits: no sign, no underscore, no other script's digits."""

    def read(value: Any, info: ValidationInfo) -> Any:
        plain = isinstance(value, int) or re.fullmatch(r"[0-9]{1,19}", str(value))
        if not plain or not low <= int(value) <= high:
            raise refusal(
                f"{info.field_name} must be a whole number from {low} to {high}, not {shown(str(value))}."
            )
        return int(value)

    return read


def _bounds(low: int, high: int) -> WithJsonSchema:
    return WithJsonSchema({"type": "integer", "minimum": low, "maximum": high})


def _text(longest: int) -> Callable[[Any, ValidationInfo], Any]:
    def read(value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, str) and ("\0" in value or len(value) > longest):
            raise refusal(f"{info.field_name} is not usable: {shown(value)}.")
        return value

    return read


def _choice(*words: str) -> Callable[[Any, ValidationInfo], Any]:
    def read(value: Any, info: ValidationInfo) -> Any:
        if value is not None and value not in words:
            raise refusal(f"{info.field_name} must be {' or '.join(words)}, not {shown(str(value))}.")
        return value

    return read


def _json_number(value: Any, info: ValidationInfo) -> Any:
    if value is not None and (type(value) is not int or abs(value) > LARGEST_ID):
        told = shown(str(value)) if isinstance(value, (str, int, float)) else f"a {type(value).__name__}"
        raise refusal(f"{info.field_name} must be a whole number, not {told}.")
    return value


Id = Annotated[int, BeforeValidator(_number(0, LARGEST_ID)), _bounds(0, LARGEST_ID)]
Limit = Annotated[int, BeforeValidator(_number(1, 5000)), _bounds(1, 5000)]
Points = Annotated[int, BeforeValidator(_number(10, 4000)), _bounds(10, 4000)]
Text = Annotated[str, BeforeValidator(_text(200))]
Names = Annotated[str, BeforeValidator(_text(2000))]
JsonNumber = Annotated[int | None, BeforeValidator(_json_number)]
HOST = Field(None, description="Name of the host; may be left out where there is only one.")
TIME = "RFC 3339 with an offset, or relative: now, -1h, -7d (units s, m, h, d, w)."


class HostQuery(Schema):
    """Which host."""

    host: Text | None = HOST


class SamplesQuery(HostQuery):
    """Without `after` the newest samples are meant, with it those that were stored after that one."""

    after: Id | None = Field(None, description="Id of the last sample that the caller has.")
    limit: Limit = 1200


class HistoryQuery(HostQuery):
    """A span of time, at most ten years long."""

    metrics: Names = Field("cpu_percent,load1,load5,load15", description="Names by comma.")
    start: str = Field("-1h", description=TIME)
    end: str = Field("now", description=TIME)
    points: Points = Field(600, description="At most so many buckets.")


class AlertsQuery(Schema):
    """Which alerts; all hosts and rules unless told."""

    host: Text | None = None
    rule: Text | None = None
    state: Annotated[Literal["open", "resolved"] | None, BeforeValidator(_choice("open", "resolved"))] = None
    limit: Limit = 50
    cursor: Id | None = Field(None, description="next_cursor of the page before.")


class LoadTestRequest(Schema):
    """A load test to run; a null means the usual: 120 seconds, one worker a core."""

    model_config = ConfigDict(extra="forbid")

    seconds: JsonNumber = Field(None, description="1 to 600.")
    workers: JsonNumber = Field(None, description="1 to the effective cores.")
    host: Text | None = HOST
