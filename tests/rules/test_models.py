"""Rules as rows: the values that are judged."""

from dataclasses import asdict, fields

from monitor.rules.domain.spec import RuleSpec
from monitor.rules.models import Rule


def test_a_row_and_its_values_agree_in_every_field():
    row = Rule(
        name="Queue", metric="load1", threshold=2.0, clear_threshold=1.0, comparison="below", level=3.0
    )
    spec = row.spec()
    names = {field.name for field in fields(RuleSpec)} - {"id"}
    assert {name: getattr(row, name) for name in names} == {name: asdict(spec)[name] for name in names}


def test_a_row_that_was_never_stored_has_no_id_of_another():
    assert Rule(name="Queue", metric="load1", threshold=2.0, clear_threshold=1.0).spec().id == 0
