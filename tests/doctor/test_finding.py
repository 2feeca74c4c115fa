"""Findings: an examination that breaks, and what the command makes of levels."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from django.core.management import call_command

from monitor.doctor.finding import Examination, Finding, Level, examine, ok
from monitor.management.commands.doctor import summary

OK, WARNING, FAILURE = Level.OK, Level.WARNING, Level.FAILURE


def test_an_examination_that_breaks_is_a_failure_in_one_line() -> None:
    def look() -> Iterator[Finding]:
        yield ok("part", "half of it")
        raise OSError(5, "Input/output\nerror")

    half, broken = examine(Examination("part", look))
    assert half.level is OK
    assert (broken.level, "\n" in broken.text) == (FAILURE, False)
    assert "OSError" in broken.text


@pytest.mark.parametrize(
    ("found", "line"),
    [
        ([OK], "All is well."),
        ([OK, WARNING], "0 failures, 1 warning."),
        ([FAILURE, FAILURE], "2 failures, 0 warnings."),
    ],
)
def test_the_last_line_counts(found: list[Level], line: str) -> None:
    assert summary(found) == line


@pytest.mark.parametrize(("level", "status"), [(OK, 0), (WARNING, 0), (FAILURE, 1)])
@pytest.mark.parametrize("as_json", [True, False])
def test_only_a_failure_gives_an_exit_status(
    monkeypatch, capsys, level: Level, status: int, as_json: bool
) -> None:
    found = [Finding("part", level, "It is so.", "Do this.")]
    monkeypatch.setattr("monitor.doctor.findings", lambda: iter(found))
    try:
        call_command("doctor", json=as_json)
        ended = 0
    except SystemExit as error:
        ended = error.code
    said = capsys.readouterr().out
    assert ended == status
    assert "It is so." in said
    assert "Do this." in said
    if as_json:
        assert json.loads(said)["ok"] is (status == 0)
