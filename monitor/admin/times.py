"""Times in the admin: to the second, in the zone of LOADMON_TIME_ZONE."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.utils import timezone


def local_time(moment: datetime) -> str:
    """Date, time and zone."""
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S %Z}"


def to_the_second(field: str) -> Any:
    """A column for the time in `field`, a function of a row; Django's own leaves the seconds out."""

    @admin.display(description=field.replace("_", " "), ordering=field, empty_value="-")
    def show(row: Model) -> str:
        moment: datetime | None = getattr(row, field)
        return local_time(moment) if moment else ""

    show.__name__ = field
    return show
