"""What the tests of the database share."""

import sqlite3
from contextlib import closing

import pytest


@pytest.fixture
def path(tmp_path, monkeypatch):
    """A whole database of many pages, in the place of ours."""
    path = tmp_path / "loadmon.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE sample (id INTEGER PRIMARY KEY, value TEXT)")
        database.execute("BEGIN")
        database.executemany("INSERT INTO sample (value) VALUES (?)", [("x" * 500,)] * 2000)
        database.execute("COMMIT")
    return path
