"""Fields of the usage API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from ninja.errors import HttpError
from pydantic import BeforeValidator, Field

from monitor.hosts.models import Host
from monitor.metrics.usage import Kind
from monitor.usage import naming
from monitor.usage.domain.kinds import KINDS, By
from monitor.usage.models import Consumer
from monitor.web.fields import Text, _bounds, _number, choice
from monitor.web.history.fields import TimesQuery

Top = Annotated[int, BeforeValidator(_number(1, 50)), _bounds(1, 50)]
Points = Annotated[int, BeforeValidator(_number(10, 2000)), _bounds(10, 2000)]
ConsumerKind = Literal["service", "container", "session", "program", "kernel", "loadmon"]


class UsageQuery(TimesQuery):
    """Who used a host over a span of time, at most ten years long."""

    by: Annotated[By, BeforeValidator(choice(*KINDS))] = Field("cpu", description="Which kind of use.")
    top: Top = Field(8, description="So many consumers by name; all else is `others`.")
    points: Points = Field(600, description="At most so many buckets.")
    consumer: Text | None = Field(None, description="Its name: it alone, and everybody else as `others`.")
    kind: Annotated[ConsumerKind | None, BeforeValidator(choice(*Kind))] = Field(
        None, description="With consumer: the kind of it, where there are several of that name."
    )
    user: Text | None = Field(
        None, description='With consumer: whose it is, where there are several of that name; "" is nobody\'s.'
    )


def wanted(query: UsageQuery, host: Host) -> Sequence[Consumer] | None:
    """The consumers that are asked for, None where that is not one by name; UnknownConsumer becomes 404."""
    if query.consumer is not None:
        return naming.find(host, query.consumer, query.kind, query.user)
    for name in ("kind", "user"):
        if getattr(query, name) is not None:
            raise HttpError(400, f"{name} says more of a consumer: give consumer, too.")
    return None
