"""Query of a back-test: the fields of a rule, each read as its column is, and how many days to look back."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.db import models
from pydantic import BeforeValidator, Field, create_model

from monitor.rules.backtesting import DEFAULT_DAYS
from monitor.rules.domain.spec import FIELDS
from monitor.rules.domain.validation import LONGEST
from monitor.rules.models import Rule
from monitor.web import fields

MOST_DAYS = 400
TOLD = {
    "metric": "Name of the metric to judge.",
    "comparison": "Fires at the threshold or above, or at it or below.",
    "clear_threshold": "Clears on the calm side of it; the threshold unless told.",
    "critical_clear_threshold": "Steps down on the calm side of it; the critical threshold unless told.",
    "unless_value": "The value of that metric at which no alert begins.",
}
"""What the API says of a field where that is not what the admin says."""


def follows(name: str) -> str:
    """The threshold that the field `name` is the same as unless told; "" for what stands for itself."""
    fires = name.replace("clear_", "")
    return fires if fires != name else ""


def _parameter(name: str) -> tuple[Any, Any]:
    """The type of one field and what pydantic says of it: required where its column has no usual value."""
    column: Any = Rule._meta.get_field(name)
    usual = None if follows(name) else column.get_default()
    required = not (follows(name) or column.has_default() or column.blank)
    told = TOLD.get(name) or str(column.help_text)
    kind = _kind(column)
    return (kind | None if usual is None and not required else kind), Field(
        ... if required else usual, description=told
    )


def _kind(column: models.Field[Any, Any]) -> Any:
    if isinstance(column, models.BooleanField):
        return fields.Truth
    if isinstance(column, models.FloatField):
        return fields.Number
    if isinstance(column, models.PositiveIntegerField):
        return fields.whole(0, LONGEST[column.name])
    if column.name.endswith("metric"):  # any text: an unknown one is refused with the names of all
        return fields.Text
    words = [str(value) for value, _ in column.choices or ()]
    return Annotated[Literal[tuple(words)], BeforeValidator(fields.choice(*words, told=_listed(words)))]


def _listed(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


_parameters: dict[str, Any] = {
    **{name: _parameter(name) for name in FIELDS},
    "days": (fields.whole(1, MOST_DAYS), Field(DEFAULT_DAYS, description="How far to look back.")),
}
_Parameters: Any = create_model("_Parameters", __base__=fields.HostQuery, **_parameters)


class BacktestQuery(_Parameters):  # type: ignore[misc]  # its fields are those of a rule
    """The numbers of a rule, named as in the admin, and how many days to look back."""
