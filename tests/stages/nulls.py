"""Rows of any table with every null that it may hold, and with none: made of the fields, so later ones are tried too."""

from __future__ import annotations

from datetime import time
from typing import TypeVar

from django.db import models
from django.utils import timezone

Row = TypeVar("Row", bound=models.Model)


def nulled(row: Row, *keep: str) -> Row:
    """`row` with null in each field that may be null, but those to keep; stored."""
    return _stored(row, {one.name: None for one in _nullable(row) if one.name not in keep})


def filled(row: Row, *keep: str) -> Row:
    """`row` with a value in each field that may be null, where one can be made up; stored."""
    empty = [one for one in _nullable(row) if getattr(row, one.attname) is None and one.name not in keep]
    return _stored(row, {one.name: value for one in empty if (value := _value(one)) is not None})


def _nullable(row: models.Model) -> list[models.Field]:
    return [one for one in row._meta.concrete_fields if one.null and not one.primary_key]


def _stored(row: Row, values: dict[str, object]) -> Row:
    type(row)._base_manager.filter(pk=row.pk).update(**values)
    row.refresh_from_db()
    return row


def _value(field: models.Field) -> object:
    if isinstance(field, models.ForeignKey):
        return field.related_model._base_manager.first()
    made = {
        models.DateTimeField: timezone.now, models.TimeField: lambda: time(22), models.BooleanField: lambda: True,
        models.FloatField: lambda: 1.5, models.IntegerField: lambda: 1, models.CharField: lambda: "x",
    }  # fmt: skip
    return next((make() for kind, make in made.items() if isinstance(field, kind)), None)
