"""A stored document is told as its type tells it: whatever version stored it, and whatever harm came to it."""

import json
from typing import Any, Literal, NotRequired, TypedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.diagnosis.document import Document, told
from monitor.diagnosis.fitting import Unfit, fitted
from monitor.web.schemas import schema
from tests.stages.documents import documents, of_an_older_version, sparse

FORMER = {
    "at": 1795516275000, "seconds": 60.0, "cores": 2.0, "load1": 3.1, "cpu": {"busy": 97.0},
    "by_cpu": [{"pid": 7, "name": "ffmpeg", "unit": None, "user": "anna", "cpu_percent": 190.0, "rss_bytes": 5}],
    "by_memory": [{"pid": 7, "name": "ffmpeg", "unit": None, "user": "anna", "cpu_percent": 1.0, "rss_bytes": 5}],
    "blocked": [{"pid": 9, "name": "rsync", "unit": None, "user": None, "waits_in": None, "threads": 1}],
    "groups": [{"name": "x.service", "kind": "unit", "cpu_percent": 1, "rss_bytes": 5, "processes": 3, "blocked": 0}],
    "short_lived": {"started_per_second": 2.0, "cpu_percent": 9.0, "by": [{"pid": 1, "name": "sh", "cpu_percent": 9.0}]},
}  # fmt: skip
"""As an early version stored it."""


class Row(TypedDict):
    """A row."""

    name: str
    kind: Literal["unit", "user"]
    note: NotRequired[str | None]


class Whole(TypedDict):
    """Some of everything."""

    at: int
    share: float | None
    full: bool
    rows: list[Row]
    amounts: dict[str, float | None]


def test_what_lacks_is_null_or_empty_and_what_is_unknown_is_left_out():
    assert fitted(Whole, {"at": 1, "later": 2}) == {
        "at": 1, "share": None, "full": False, "rows": [], "amounts": {},
    }  # fmt: skip


@pytest.mark.parametrize("share", ["much", True, float("nan"), [1.0], {}])
def test_a_value_of_another_type_is_unknown(share):
    assert fitted(Whole, {"at": 1, "share": share})["share"] is None


def test_a_row_that_lacks_what_it_must_have_is_left_out_and_the_others_stay():
    rows = [
        {"name": "a", "kind": "unit", "more": 1},
        {"name": "b"},
        5,
        {"name": "c", "kind": "user", "note": None},
    ]
    assert fitted(Whole, {"at": 1, "rows": rows})["rows"] == [
        {"name": "a", "kind": "unit"}, {"name": "c", "kind": "user", "note": None},
    ]  # fmt: skip


@pytest.mark.parametrize("stored", [None, [], 5, {}, {"at": None}, {"at": "now"}, {"at": True}])
def test_what_does_not_even_have_what_nothing_can_stand_for_is_refused(stored):
    with pytest.raises(Unfit):
        fitted(Whole, stored)


def test_no_row_of_an_early_document_is_lost():
    found = told(json.loads(json.dumps(FORMER)), commands=True)
    assert found is not None
    fields: dict[str, Any] = dict(found)
    for name in ("by_cpu", "by_memory", "blocked", "groups"):
        assert [row["name"] for row in fields[name]] == [row["name"] for row in FORMER[name]], name
    assert [row["name"] for row in found["short_lived"]["by"]] == ["sh"]
    assert (found["cpu"], found["seconds"], found["throttled_percent"]) == ({"busy": 97.0}, 60.0, None)


@given(documents())
def test_a_document_that_fits_stays_as_it_is(document):
    assert told(document, commands=True) == document


@given(documents().flatmap(of_an_older_version))
def test_a_document_of_any_older_version_fits_its_schema(stored):
    found = told(stored, commands=True)
    schema(Document).model_validate(found, strict=True)
    assert told(found, commands=True) == found


def test_a_document_of_nulls_fits_its_schema():
    stored = sparse(Document)
    schema(Document).model_validate(stored, strict=True)
    assert told(stored, commands=True) == stored


@given(st.dictionaries(st.sampled_from([*FORMER, "disk", "tasks", "x"]), st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=3),
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.sampled_from(["pid", "name", "by", "busy"]), one),
)))  # fmt: skip
def test_harm_of_any_kind_fits_the_schema(stored):
    schema(Document).model_validate(told({**stored, "at": 1}, commands=False), strict=True)
