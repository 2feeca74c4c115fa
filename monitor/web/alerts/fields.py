"""Fields of the alerts API."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field

from monitor.rules.domain.severity import SEVERITIES
from monitor.web.fields import TIME, TIME_PATTERN, Id, Limit, Note, Text, choice


class AlertsQuery(Schema):
    """Which alerts; all hosts and rules unless told."""

    host: Text | None = None
    rule: Text | None = None
    state: Annotated[Literal["open", "resolved"] | None, BeforeValidator(choice("open", "resolved"))] = None
    severity: Annotated[
        Literal["info", "warning", "critical"] | None, BeforeValidator(choice(*SEVERITIES))
    ] = Field(None, description="The worst that the alert came to.")
    since: str | None = Field(
        None, description=f"Fired then or later. {TIME}", json_schema_extra=TIME_PATTERN
    )
    until: str | None = Field(None, description=f"Fired before. {TIME}", json_schema_extra=TIME_PATTERN)
    search: Text | None = Field(None, description="Found literally in rule, host, explanation and notes.")
    limit: Limit = 50
    cursor: Id | None = Field(None, description="next_cursor of the page before.")


class AcknowledgeRequest(Schema):
    """Taking an alert on, or ending it, with a note or without."""

    model_config = ConfigDict(extra="forbid")

    note: Note | None = Field(None, json_schema_extra={"maxLength": 1000})


class NoteRequest(Schema):
    """A note to write beside an alert."""

    model_config = ConfigDict(extra="forbid")

    note: Note = Field(description="At most 1000 characters.", json_schema_extra={"maxLength": 1000})
