"""Fields of the parts API."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from monitor.metrics.parts import Kind
from monitor.web.fields import Text, choice
from monitor.web.history.fields import Points, TimesQuery

PartKind = Literal["file_system", "disk", "interface"]


class PartsQuery(TimesQuery):
    """What the parts of a host held and moved in a span of time, at most ten years long."""

    kind: Annotated[PartKind | None, BeforeValidator(choice(*Kind))] = Field(
        None, description="Only parts of this kind."
    )
    name: Text | None = Field(None, description="Only the part of this name, such as /var, sda or eth0.")
    points: Points = Field(600, description="At most so many buckets.")
