"""The header of a SQLite file, read beside open connections."""

import sqlite3
import subprocess
import sys
from contextlib import closing

from monitor.database import header

TRY = (
    "import sqlite3, sys; database = sqlite3.connect(sys.argv[1], 0.0, isolation_level=None); "
    "database.execute('PRAGMA locking_mode=EXCLUSIVE'); database.execute('BEGIN EXCLUSIVE')"
)


def test_it_tells_length_and_number(path):
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = -7")
    found = header.read(path)
    assert (found.length, found.number) == (path.stat().st_size, -7)


def test_another_file_is_no_sqlite_file(path):
    assert header.parse(b"SQLite format 4\0" + b"x" * 100) is None
    assert header.parse(b"SQLite format 3\0") is None


def test_a_file_that_took_the_place_is_read(path):
    before = header.read(path)
    copy = path.with_name("copy")
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA user_version = 4")
        database.execute("VACUUM INTO ?", (str(copy),))
    copy.rename(path)
    assert (before.number, header.read(path).number) == (0, 4)


def test_reading_it_gives_up_no_lock_of_this_process(path):
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("SELECT count(*) FROM sample").fetchone()
        for _ in range(3):
            header.read(path)
        tried = subprocess.run([sys.executable, "-c", TRY, path], capture_output=True, text=True)
    assert "database is locked" in tried.stderr
