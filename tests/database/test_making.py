"""A new database: whole before it has its name, and never in place of anything."""

import sqlite3
from contextlib import closing

from monitor.database import making, opening


def test_it_is_whole_private_and_gives_freed_pages_back(tmp_path):
    path = tmp_path / "new.sqlite3"
    making.make(path)
    assert [one.name for one in tmp_path.iterdir()] == ["new.sqlite3"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert opening.problem(path) is None
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA auto_vacuum").fetchone() == (2,)
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_what_is_there_is_left_alone(path):
    before = path.read_bytes()
    making.make(path)
    assert path.read_bytes() == before
