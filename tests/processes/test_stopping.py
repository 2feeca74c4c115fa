"""A sampler that is stopped while nothing can be stored, or by another one: what it holds waits in a file, or is counted."""

import contextlib
import re
import signal
from itertools import pairwise

import pytest

from tests.stages.servers import until

pytestmark = pytest.mark.processes


@contextlib.contextmanager
def locked(site):
    """The database, locked, once the sampler has said so."""
    with site.locked():
        until(lambda: "Cannot store samples" in site.log("sampler"), "the log line")
        yield


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
    assert [(one, two) for (one, _), (two, covered) in pairwise(held) if two - one > covered + 50] == []
    file.write_bytes(spilled)  # as if it had been killed before it could remove the file
    site.start_sampler()
    until(lambda: not file.exists(), "the file to go")
    again = site.query("select taken_at_ms, covered_ms from monitor_sample order by id")
    assert again[before - 1 : before + waiting] == held
    span = "select count(*) from monitor_sample where taken_at_ms between ? and ?"
    assert site.query(span, held[0][0], held[-1][0]) == [(len(held),)]


def test_where_no_file_can_be_written_the_log_says_how_many_are_lost(site):
    site.start_sampler()
    (site.data / "sampler-testhost.waiting").mkdir()
    with locked(site):
        assert site.kill("sampler", signal.SIGTERM) == 0
    assert re.search(r" [1-9]\d* readings could not be stored, and are lost: ", site.log("sampler"))
    assert "Traceback" not in site.log("sampler")


def test_a_second_sampler_of_another_data_directory_is_refused_by_name_and_may_start_once_the_first_is_dead(
    site, tmp_path, monkeypatch
):
    site.start_sampler()
    first = site.processes["sampler"].pid
    monkeypatch.setitem(site.environment, "DATABASE_URL", f"sqlite:///{site.data / 'loadmon.sqlite3'}")
    monkeypatch.setitem(site.environment, "LOADMON_DATA_DIR", str(tmp_path))
    refused = site.manage("runsampler", check=False)
    assert refused.returncode == 4
    assert f"process {first} on " in refused.stderr
    assert f"with the data directory {site.data})" in refused.stderr
    site.kill("sampler")
    before = site.count()
    site.manage("runsampler", "--once")
    assert site.count() == before + 1


def test_a_sampler_whose_host_was_taken_over_ends_with_a_sentence(site):
    site.start_sampler()
    site.execute("update monitor_lease set holder = 'another', machine = 'far', pid = 7")
    assert site.processes["sampler"].wait(60) == 4
    assert 'Another sampler has taken this host over: process 7 on "far"' in site.log("sampler")
    assert "Traceback" not in site.log("sampler")
