"""Export: what lies in a span, what never travels, and options that are refused."""

import json
import os
import threading
from io import StringIO

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


@pytest.mark.django_db
def test_a_pipe_is_written_into_and_a_directory_refused(tmp_path):
    make_host("db-01")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    call_command("exporthistory", str(pipe), stderr=StringIO())
    reader.join()
    assert (read[0].count(b"\n"), pipe.is_fifo()) == (2, True)
    with pytest.raises(CommandError, match="it is a directory"):
        call_command("exporthistory", str(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]


@pytest.mark.django_db
def test_what_a_killed_export_left_is_removed_by_the_next(tmp_path):
    make_host("db-01")
    left, other = tmp_path / "one.jsonl.999999.part", tmp_path / "two.jsonl.999999.part"
    left.write_text("half")
    other.write_text("of another name")
    call_command("exporthistory", str(tmp_path / "one.jsonl"), stderr=StringIO())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.jsonl", other.name]
