"""A database that is damaged, torn or in the way: one sentence and the right exit status, never a traceback."""

import random
import sqlite3
from contextlib import closing

import pytest

from tests.stages.servers import ROOT, Site, until

PAGE = 4096
needs_charts = pytest.mark.skipif(
    not (ROOT / "static/vendor/chart.umd.min.js").exists(), reason="make test brings Chart.js in"
)


@pytest.fixture(scope="module")
def sound():
    """A database with a sample, as bytes."""
    with Site(LOADMON_INTERVAL="0.2") as site:
        site.manage("runsampler", "--once")
        return (site.data / "loadmon.sqlite3").read_bytes()


def without_header(content: bytes) -> bytes:
    return b"\xff" * 200 + content[200:]


def without_pages(content: bytes) -> bytes:
    return content[: 2 * PAGE] + b"\xee" * (len(content) - 2 * PAGE)


@pytest.mark.processes
@pytest.mark.parametrize(
    ("command", "broken"),
    [
        ("runsampler", without_header),
        ("runsampler", without_pages),
        ("runnotifier", without_pages),
        ("migrate", without_header),
        pytest.param("serve", without_pages, marks=needs_charts),
    ],
)
def test_a_damaged_database_is_one_sentence_and_status_3(site, sound, command, broken):
    path = site.data / "loadmon.sqlite3"
    path.write_bytes(broken(sound))
    refused = site.manage(command, check=False)
    assert refused.returncode == 3
    assert "Traceback" not in refused.stderr
    assert f"The database {path} is damaged" in refused.stderr
    for words in ("-wal", "`manage.py backup`"):
        assert words in refused.stderr
    assert "`manage.py doctor`" in refused.stderr or command == "migrate"
    assert path.read_bytes() == broken(sound)


def with_damaged_last_page(path) -> None:
    """Damage that nothing meets before it looks for it."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("pragma wal_checkpoint(truncate)")
        last = database.execute("pragma page_count").fetchone()[0]
    content = path.read_bytes()
    path.write_bytes(content[: (last - 1) * PAGE] + b"\xee" * PAGE)


@pytest.mark.processes
@pytest.mark.parametrize("command", ["runsampler", pytest.param("serve", marks=needs_charts)])
def test_after_a_kill_the_pages_are_examined_before_the_sampler_starts(site, command):
    site.start_sampler()
    until(lambda: site.count() > 60, "enough samples for pages of their own")
    site.kill("sampler")
    with_damaged_last_page(site.data / "loadmon.sqlite3")
    refused = site.manage(command, check=False)
    assert refused.returncode == 3
    assert "is damaged" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.processes
def test_the_doctor_tells_of_damage_as_a_failure(site, sound):
    (site.data / "loadmon.sqlite3").write_bytes(without_pages(sound))
    told = site.manage("doctor", check=False)
    assert told.returncode == 1
    assert "Restore a backup" in told.stdout
    assert "Traceback" not in told.stdout + told.stderr


@pytest.mark.processes
def test_a_torn_write_ahead_log_leaves_what_was_folded_in_and_a_prefix_of_the_rest(site):
    site.start_sampler()
    path, log = site.data / "loadmon.sqlite3", site.data / "loadmon.sqlite3-wal"
    with closing(sqlite3.connect(path, timeout=10)) as database:
        folded = 0
        while not folded:
            before = site.query("select taken_at_ms from monitor_sample order by id")
            folded = not database.execute("pragma wal_checkpoint(FULL)").fetchone()[0]
        count = site.count()
        until(lambda: site.count() >= count + 5, "samples in the log")
        site.processes["sampler"].kill()  # while this connection keeps the log from being folded in
        site.processes.pop("sampler").wait()
        torn, held = log.read_bytes(), path.read_bytes()
    path.write_bytes(held)
    log.write_bytes(torn[: random.randrange(len(torn))])
    (site.data / "loadmon.sqlite3-shm").unlink(missing_ok=True)
    assert site.query("pragma integrity_check") == [("ok",)]
    after = site.query("select taken_at_ms from monitor_sample order by id")
    assert after[: len(before)] == before
    site.start_sampler()
    assert "Traceback" not in site.log("sampler")


# The web server


@pytest.mark.processes
def test_without_a_database_the_web_server_says_so_and_makes_none(site):
    site.start_web()
    for path in site.data.glob("loadmon.sqlite3*"):
        path.unlink()
    for path in ("/", "/api/v1/status", "/healthz"):
        status, _, body = site.request("GET", path)
        assert status == 503
        assert b"The database is missing" in body
    assert not list(site.data.glob("loadmon.sqlite3*"))
    assert site.manage("runsampler", check=False).returncode == 3
    site.manage("migrate", "-v0", "--skip-checks")
    site.start_sampler()
    until(lambda: site.request("GET", "/healthz")[0] == 200, "health in the new database")


@pytest.mark.processes
def test_pending_migrations_are_told_by_a_server_that_runs_no_checks(site):
    site.manage("migrate", "monitor", "zero", "-v0", "--skip-checks")
    site.start_web()
    for path in ("/", "/api/v1/status", "/healthz"):
        status, _, body = site.request("GET", path)
        assert status == 503
        assert b"The database is not up to date: run manage.py migrate." in body
