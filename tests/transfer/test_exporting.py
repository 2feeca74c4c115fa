"""Export: what lies in a span, what never travels, and options that are refused."""

import json

import pytest
from django.core.management import CommandError, call_command

from monitor.transfer.exporting import Span
from tests.factories import NOW_MS, make_host, make_load_test
from tests.transfer.lines import exported


def test_a_span_takes_what_lies_in_it(everything):
    lines = [json.loads(text) for text in exported(Span(NOW_MS - 60_000, NOW_MS))]
    times = [line["at"] for line in lines if line["type"] == "sample" and line["host"] == "db-01"]
    assert len(times) == 60
    assert min(times) >= NOW_MS - 60_000
    marks = [line for line in lines if line["type"] == "progress" and line["host"] == "db-01"]
    assert all(line["pruned_until_ms"] >= NOW_MS - 60_000 for line in marks)


@pytest.mark.django_db
def test_a_load_test_that_waits_never_travels():
    make_load_test(make_host(), "requested", None)
    assert not [text for text in exported() if '"load_test"' in text]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "options", [("--start", "yesterday"), ("--start", "now", "--end", "-1d"), ("--host", "x")]
)
def test_a_wrong_option_is_refused(tmp_path, options):
    make_host()
    with pytest.raises(CommandError):
        call_command("exporthistory", str(tmp_path / "one"), *options)
    assert not list(tmp_path.iterdir())
