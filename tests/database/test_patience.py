"""Patience with PostgreSQL: statements end on the server, and a wait for an answer ends here."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from monitor.database import patience


@pytest.fixture
def far(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Stands in for Django's connection to a server."""
    far = SimpleNamespace(vendor="postgresql", settings_dict={"OPTIONS": {}}, close=lambda: None)
    monkeypatch.setattr(patience, "connection", far)
    monkeypatch.setattr(patience.connection_created, "connect", lambda *arguments, **named: None)
    return far


@pytest.mark.parametrize(
    ("said", "options"),
    [
        ("", "-c statement_timeout=20s"),
        ("-c search_path=load", "-c search_path=load -c statement_timeout=20s"),
        ("-c statement_timeout=99s", "-c statement_timeout=99s"),
    ],
)
def test_statements_are_bounded_unless_the_url_says_otherwise(
    far: SimpleNamespace, said: str, options: str
) -> None:
    far.settings_dict["OPTIONS"] = {"options": said} if said else {}
    patience.bound()
    assert far.settings_dict["OPTIONS"]["options"] == options


def test_a_file_is_not_bounded(far: SimpleNamespace) -> None:
    far.vendor = "sqlite"
    patience.bound()
    assert far.settings_dict["OPTIONS"] == {}


def test_a_wait_that_is_over_gives_the_connection_up() -> None:
    asked: list[Any] = []

    def wait(gen: object, **options: float) -> None:
        asked.append(options)
        raise psycopg.errors._WaitTimeout("over")

    finished: list[float] = []
    pgconn = SimpleNamespace(finish=lambda: finished.append(time.monotonic()))
    opened = SimpleNamespace(wait=wait, pgconn=pgconn)
    patience._bound_answers(None, SimpleNamespace(connection=opened))
    with pytest.raises(psycopg.OperationalError, match="it has not answered for 25 s"):
        opened.wait(iter(()))
    assert asked == [{"timeout": 25.0}]
    assert len(finished) == 1
