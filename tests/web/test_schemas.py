"""An answer and its schema are one class: what a row tells as JSON, and what OpenAPI says of it."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Annotated, NotRequired, TypedDict

import pytest
from pydantic import ValidationError

from monitor.web.rows import From, MaybeTime, of
from monitor.web.schemas import schema


class Inner(TypedDict):
    """Inner."""

    at: MaybeTime


class Outer(TypedDict):
    """Outer."""

    name: str
    host: Annotated[str | None, From("host.name")]
    length: Annotated[int, From(lambda row: len(row.name))]
    inner: list[Inner] | None
    note: NotRequired[str]


ROW = SimpleNamespace(name="x", host=None, at=datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))


def test_a_field_comes_from_the_attribute_of_its_name_a_path_or_a_function() -> None:
    row = SimpleNamespace(name="x", host=SimpleNamespace(name="db-01"))
    assert of(Outer, row, inner=None, note="") == {
        "name": "x", "host": "db-01", "length": 1, "inner": None, "note": "",
    }  # fmt: skip


def test_a_path_over_nothing_is_nothing() -> None:
    assert of(Outer, ROW, inner=None, note="")["host"] is None


def test_a_time_is_told_in_milliseconds() -> None:
    assert of(Inner, ROW) == {"at": 1000}


def test_the_schema_knows_the_answers_inside_an_answer() -> None:
    told = {"name": "x", "host": None, "length": 1, "inner": [{"at": "soon"}]}
    with pytest.raises(ValidationError, match="inner"):
        schema(Outer).model_validate(told)
    schema(Outer).model_validate(told | {"inner": [{"at": 1000}]})


def test_the_schema_is_named_and_told_as_the_answer_is() -> None:
    told = schema(Outer).model_json_schema()
    assert (told["title"], told["description"]) == ("Outer", "Outer.")
    assert told["required"] == ["name", "host", "length", "inner"]
    assert set(told["$defs"]) == {"Inner"}
