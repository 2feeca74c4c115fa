"""A backup takes the place of the database, by the command or by hand, under running processes or none: nothing is lost."""

import shutil
import signal
import sqlite3
from contextlib import closing

import pytest

from tests.stages.servers import until

pytestmark = pytest.mark.processes


def ids(path):
    with closing(sqlite3.connect(path, timeout=10)) as database:
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)
        return [row[0] for row in database.execute("select taken_at_ms from monitor_sample order by id")]


def kept(site):
    return sorted(site.data.glob("set-aside-*"))


@pytest.fixture
def running(site):
    """Sampler and web server, a backup, and samples that it lacks."""
    site.start_sampler()
    site.start_web()
    until(lambda: site.count() >= 5, "samples")
    site.manage("backup", str(site.data / "copy.sqlite3"))
    count = site.count()
    until(lambda: site.count() >= count + 5, "samples that the backup lacks")
    return site


def goes_on(site, copied):
    """All is whole, and samples follow those of the copy."""
    path = site.data / "loadmon.sqlite3"
    until(lambda: len(ids(path)) > len(copied) + 3, "samples in the restored database", 60)
    until(lambda: site.request("GET", "/healthz")[0] == 200, "health")
    now = ids(path)
    assert now[: len(copied)] == copied
    for name in ("web", "sampler"):
        assert "Traceback" not in site.log(name), site.log(name)
    site.kill("web", signal.SIGTERM)
    site.kill("sampler", signal.SIGTERM)
    assert ids(path)[: len(now)] == now


def test_restore_while_all_runs_keeps_every_sample_that_was_there(running):
    site = running
    copied, before = ids(site.data / "copy.sqlite3"), ids(site.data / "loadmon.sqlite3")
    said = site.manage("restore", str(site.data / "copy.sqlite3")).stdout
    [folder] = kept(site)
    assert f"kept in {folder}" in said
    goes_on(site, copied)
    assert ids(folder / "loadmon.sqlite3")[: len(before)] == before
    assert (site.data / "copy.sqlite3").exists()


@pytest.mark.parametrize("how", ["cp", "mv"])
def test_a_backup_put_over_a_running_database_by_hand_damages_nothing(running, how):
    site = running
    path, copy = site.data / "loadmon.sqlite3", site.data / "copy.sqlite3"
    copied, before = ids(copy), ids(path)
    if how == "cp":
        shutil.copyfile(copy, path)
    else:
        copy.rename(path)
    until(lambda: "that log is kept in" in site.log("sampler"), "the sentence", 60)
    goes_on(site, copied)
    names = {one.name for folder in kept(site) for one in folder.iterdir()}
    assert "loadmon.sqlite3-wal" in names
    if how == "mv":
        [whole] = [folder for folder in kept(site) if (folder / "loadmon.sqlite3").exists()]
        assert ids(whole / "loadmon.sqlite3")[: len(before)] == before


@pytest.mark.parametrize("other", ["backup", "directory", "text"])
def test_a_database_that_was_moved_away_for_something_else_and_back_is_whole(running, other):
    """The sentences come before this test reads: SQLite itself would take the log of the other one for its own."""
    site = running
    path, copy, away = (site.data / name for name in ("loadmon.sqlite3", "copy.sqlite3", "away"))
    before = ids(path)
    path.rename(away)
    if other == "backup":
        copy.rename(path)
        going_on = "continuing with the new one"
        until(lambda: going_on in site.log("sampler"), "the sentence", 60)
        away.rename(path)
        until(lambda: site.log("sampler").count(going_on) == 2, "the sentence again", 60)
    else:
        path.mkdir() if other == "directory" else path.write_text("no database" * 1000)
        until(lambda: "what lies at" in site.log("sampler"), "the sentence", 60)
        until(lambda: site.request("GET", "/healthz")[0] == 503, "health", 60)
        path.rmdir() if other == "directory" else path.unlink()
        away.rename(path)
    goes_on(site, before)


@pytest.mark.parametrize("how", ["cp", "mv"])
def test_a_log_that_was_left_is_not_folded_into_the_file_that_took_the_place(running, how):
    site = running
    site.kill("sampler")
    site.kill("web")
    path, copy = site.data / "loadmon.sqlite3", site.data / "copy.sqlite3"
    copied, log = ids(copy), path.with_name("loadmon.sqlite3-wal").read_bytes()
    if how == "cp":
        shutil.copyfile(copy, path)
    else:
        copy.rename(path)
    refused = site.manage("showmigrations", check=False)
    assert refused.returncode == 3
    assert "is another one than before" in refused.stderr
    assert path.with_name("loadmon.sqlite3-wal").read_bytes() == log
    site.manage("migrate", "-v0", "--skip-checks")
    assert ids(path) == copied
    [folder] = kept(site)
    assert (folder / "loadmon.sqlite3-wal").read_bytes() == log
