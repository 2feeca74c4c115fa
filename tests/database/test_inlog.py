"""Database trouble in the log is a sentence without a traceback, and any other exception keeps its own."""

from __future__ import annotations

import logging
import sys

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError, ProgrammingError

from monitor.database.inlog import InOneSentence


def record(text: str, *args: object, error: Exception) -> logging.LogRecord:
    """What a logger makes of `error` in flight, passed through the filter."""
    try:
        raise error
    except Exception:
        made = logging.LogRecord("daphne", logging.ERROR, "x.py", 1, text, args, sys.exc_info())
    assert InOneSentence().filter(made)
    return made


@pytest.mark.django_db
@pytest.mark.parametrize(
    "error",
    [
        OperationalError("database is locked"),
        DatabaseError("disk full"),
        InterfaceError("connection already closed"),
    ],
)
def test_the_database_is_told_in_one_sentence(error):
    made = record("Exception inside application: %s", error, error=error)
    said = logging.Formatter().format(made)
    assert "\n" not in said
    assert said.startswith("Exception inside application: ")
    assert said.count(str(error)) == 1


@pytest.mark.django_db
def test_different_trouble_under_one_template_is_about_something_else():
    locked, gone = (
        record("failed", error=OperationalError(text))
        for text in ("database is locked", "connection refused")
    )
    assert locked.about != gone.about


@pytest.mark.parametrize("error", [ValueError("x"), ProgrammingError("near SELEC: syntax error")])
def test_a_fault_of_ours_keeps_its_traceback(error):
    made = record("failed", error=error)
    assert made.exc_info[1] is error
    assert not hasattr(made, "about")
