"""A sampler that is stopped while nothing can be stored: what it holds waits in a file, or is counted."""

import contextlib
import re
import signal
import sqlite3
from itertools import pairwise

import pytest

from tests.stages.servers import until

pytestmark = pytest.mark.processes


@contextlib.contextmanager
def locked(site):
    """The database, locked until the sampler has said so and gone on for a few readings."""
    file = site.data / "loadmon.sqlite3"
    with contextlib.closing(sqlite3.connect(file, isolation_level=None, timeout=10)) as other:
        other.execute("BEGIN IMMEDIATE")
        until(lambda: "Cannot store samples" in site.log("sampler"), "the log line")
        yield
        other.execute("ROLLBACK")


def test_what_a_locked_database_did_not_take_is_stored_at_the_next_start(site):
    site.start_sampler()
    with locked(site):
        assert site.kill("sampler", signal.SIGTERM) == 0
    log = site.log("sampler")
    waiting = int(
        re.search(r"(\d+) readings could not be stored: they wait in \S+sampler-testhost.waiting", log)[1]
    )
    assert waiting > 0
    assert "Traceback" not in log
    file = site.data / "sampler-testhost.waiting"
    assert file.stat().st_mode & 0o777 == 0o600
    before = site.count()
    spilled = file.read_bytes()
    site.start_sampler()
    until(lambda: not file.exists(), "the file to go")
    site.kill("sampler")
    rows = site.query("select taken_at_ms, covered_ms from monitor_sample order by id")
    held = rows[before - 1 : before + waiting]
    assert len(held) == waiting + 1
    assert [
        pair for (one, _), (two, covered) in pairwise(held) if two - one > covered + 50 for pair in (one, two)
    ] == []
    file.write_bytes(spilled)  # as if it had been killed before it could remove the file
    site.start_sampler()
    until(lambda: not file.exists(), "the file to go")
    for at, _ in held:
        assert site.query("select count(*) from monitor_sample where taken_at_ms = ?", at) == [(1,)]


def test_where_no_file_can_be_written_the_log_says_how_many_are_lost(site):
    site.start_sampler()
    (site.data / "sampler-testhost.waiting").mkdir()
    with locked(site):
        assert site.kill("sampler", signal.SIGTERM) == 0
    assert re.search(r" [1-9]\d* readings could not be stored, and are lost: ", site.log("sampler"))
    assert "Traceback" not in site.log("sampler")
