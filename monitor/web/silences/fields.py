"""Fields of the silences API."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field, ValidationInfo

from monitor.notifications.domain.silences import LONGEST_SILENCE
from monitor.web.fields import TIME, TIME_PATTERN, JsonFlag, Text, json_number, refusal

LEAP_DAY = timedelta(days=1)
LONGEST_MINUTES = (LONGEST_SILENCE - LEAP_DAY) // timedelta(minutes=1)  # whose year has 365 days


def _minutes(value: Any, info: ValidationInfo) -> Any:
    number = json_number(value, info)
    if number is not None and not 1 <= number <= LONGEST_MINUTES:
        raise refusal(f"{info.field_name} must be a whole number from 1 to {LONGEST_MINUTES}, not {number}.")
    return number


Minutes = Annotated[int | None, BeforeValidator(_minutes)]


class SilenceRequest(Schema):
    """A silence from now on; without rule and host everything is meant. Either minutes or until must be given."""

    model_config = ConfigDict(extra="forbid")

    rule: Text | None = Field(None, description="Name of a rule.")
    host: Text | None = Field(None, description="Name of a host.")
    minutes: Minutes = Field(
        None,
        description=f"1 to {LONGEST_MINUTES}.",
        json_schema_extra={"minimum": 1, "maximum": LONGEST_MINUTES},
    )
    until: str | None = Field(None, description=TIME, json_schema_extra=TIME_PATTERN)
    maintenance: JsonFlag = Field(
        False, description="Everything is quiet; one that stands already is lengthened."
    )
    note: Text | None = None
