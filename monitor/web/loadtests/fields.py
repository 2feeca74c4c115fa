"""Fields of the load test API."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Schema
from ninja.errors import HttpError
from pydantic import BeforeValidator, ConfigDict, Field

from monitor.loadtests import drills
from monitor.web.fields import HOST, JsonFlag, JsonName, JsonNames, JsonNumber, Text, choice


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


def drill_of(wanted: LoadTestRequest) -> drills.Wanted | None:
    """What a drill has to prove; None for a plain load test."""
    if wanted.expects_alert:
        return drills.Wanted(wanted.receivers, wanted.rule or "")
    for name in ("receivers", "rule"):
        if getattr(wanted, name) is not None:
            raise HttpError(400, f"{name} needs expects_alert: true.")
    return None
