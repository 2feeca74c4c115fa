"""What the JSON API takes in the bodies of requests, read as strictly as parameters."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Schema
from ninja.errors import HttpError
from pydantic import BeforeValidator, ConfigDict, Field, ValidationInfo

from monitor import drill
from monitor.domain.times import shown
from monitor.parameters import HOST, LARGEST_ID, TIME, TIME_PATTERN, Note, Text, choice, is_text, refusal

MOST_NAMES = 100
LONGEST_NAME = 80
LONGEST_MINUTES = 525_600


def _json_number(value: Any, info: ValidationInfo) -> Any:
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
    return isinstance(value, str) and len(value) <= LONGEST_NAME and "\0" not in value and is_text(value)


def _told(value: Any) -> str:
    """A wrong value as a sentence names it."""
    if value is None:
        return "null"
    return shown(str(value)) if isinstance(value, (str, int, float)) else f"a {type(value).__name__}"


def _minutes(value: Any, info: ValidationInfo) -> Any:
    number = _json_number(value, info)
    if number is not None and not 1 <= number <= LONGEST_MINUTES:
        raise refusal(f"{info.field_name} must be a whole number from 1 to {LONGEST_MINUTES}, not {number}.")
    return number


JsonNumber = Annotated[int | None, BeforeValidator(_json_number)]
Minutes = Annotated[int | None, BeforeValidator(_minutes)]
JsonFlag = Annotated[bool, BeforeValidator(_json_flag)]
JsonName = Annotated[Annotated[str, Field(max_length=LONGEST_NAME)] | None, BeforeValidator(_json_name)]
JsonNames = Annotated[
    Annotated[list[Annotated[str, Field(max_length=LONGEST_NAME)]], Field(max_length=MOST_NAMES)] | None,
    BeforeValidator(_json_names),
]


class LoadTestRequest(Schema):
    """A load test to run; a null means the usual: 120 seconds or what a drill needs, one worker a core."""

    model_config = ConfigDict(extra="forbid")

    seconds: JsonNumber = Field(
        None, description="1 to 600.", json_schema_extra={"minimum": 1, "maximum": 600}
    )
    workers: JsonNumber = Field(
        None, description="1 to the effective cores.", json_schema_extra={"minimum": 1}
    )
    host: Text | None = HOST
    kind: Annotated[Literal["cpu", "io"], BeforeValidator(choice("cpu", "io"))] = Field(
        "cpu", description="What is kept busy: the cores, or the disk that holds the data directory."
    )
    expects_alert: JsonFlag = Field(
        False,
        description="A drill: it fails unless an alert fires in time and its receivers get the message.",
    )
    receivers: JsonNames = Field(
        None, description="Of a drill: names of those who must get the message; null: all that want drills."
    )
    rule: JsonName = Field(
        None, description="Of a drill: name of the rule that must fire; null: the usual one."
    )


def drill_of(wanted: LoadTestRequest) -> drill.Wanted | None:
    """What a drill has to prove; None for a plain load test."""
    if wanted.expects_alert:
        return drill.Wanted(wanted.receivers, wanted.rule or "")
    for name in ("receivers", "rule"):
        if getattr(wanted, name) is not None:
            raise HttpError(400, f"{name} needs expects_alert: true.")
    return None


class AcknowledgeRequest(Schema):
    """Taking an alert on, with a note or without."""

    model_config = ConfigDict(extra="forbid")

    note: Note | None = Field(None, json_schema_extra={"maxLength": 1000})


class NoteRequest(Schema):
    """A note to write beside an alert."""

    model_config = ConfigDict(extra="forbid")

    note: Note = Field(description="At most 1000 characters.", json_schema_extra={"maxLength": 1000})


class SilenceRequest(Schema):
    """A silence from now on; without rule and host everything is meant. Either minutes or until must be given."""

    model_config = ConfigDict(extra="forbid")

    rule: Text | None = Field(None, description="Name of a rule.")
    host: Text | None = Field(None, description="Name of a host.")
    minutes: Minutes = Field(
        None, description="1 to 525600.", json_schema_extra={"minimum": 1, "maximum": LONGEST_MINUTES}
    )
    until: str | None = Field(None, description=TIME, json_schema_extra=TIME_PATTERN)
    maintenance: JsonFlag = Field(
        False, description="Everything is quiet; one that stands already is lengthened."
    )
    note: Text | None = None
