"""The write-ahead log, removed under running processes: what was stored is in the database, for everybody to see."""

import sqlite3
from contextlib import closing

import pytest

from tests.stages.servers import until

pytestmark = pytest.mark.processes


def times(site):
    return [row[0] for row in site.query("select taken_at_ms from monitor_sample order by id")]


def log_removed(site, *endings):
    """Let some samples be stored, remove these files, and return the times of the samples from before."""
    site.start_sampler("--interval=0.5")
    until(lambda: site.count() >= 3, "samples")
    before = times(site)
    for ending in endings:
        (site.data / f"loadmon.sqlite3{ending}").unlink()
    return before


def is_saved(site):
    return "what it held is saved" in site.log("sampler")


@pytest.mark.parametrize("endings", [("-wal", "-shm"), ("-wal",), ("-shm",)])
def test_what_the_removed_log_held_is_there_for_new_connections_and_after_kill_minus_nine(site, endings):
    before = log_removed(site, *endings)
    until(lambda: is_saved(site), "the sentence")
    until(lambda: site.count() > len(before) + 1, "more samples")
    site.kill("sampler")
    assert times(site)[: len(before)] == before
    assert site.query("pragma integrity_check") == [("ok",)]
    assert site.log("sampler").count("was removed") == 1


def test_a_log_that_another_process_began_meanwhile_breaks_nothing(site):
    before = log_removed(site, "-wal", "-shm")
    with closing(sqlite3.connect(site.data / "loadmon.sqlite3", isolation_level=None)) as other:
        other.execute("create table foreign_table (x)")
    until(lambda: is_saved(site), "the sentence")
    until(lambda: site.count() > len(before) + 1, "more samples")
    assert times(site)[: len(before)] == before
    assert site.query("pragma integrity_check") == [("ok",)]


def test_the_notifier_lets_go_of_the_removed_log_too(site):
    site.start("notifier", "manage.py", "runnotifier")
    until(lambda: site.alive("notifier") and site.query("select 1 from monitor_notifier"), "the notifier")
    before = log_removed(site, "-wal", "-shm")
    until(lambda: is_saved(site), "the sentence")
    seen = "select seen_at from monitor_notifier"
    until(lambda: "works again" in site.log("notifier"), "the notifier")
    old = site.query(seen)
    until(lambda: site.query(seen) != old, "a sign of life that others see")
    assert times(site)[: len(before)] == before
    assert site.query("pragma integrity_check") == [("ok",)]
    assert "sampler saves what it held" in site.log("notifier")


def test_a_log_whose_header_is_damaged_is_told_and_loses_nothing(site):
    site.start_sampler()
    until(lambda: site.count() >= 3, "samples")
    with (site.data / "loadmon.sqlite3-wal").open("r+b") as log:
        log.write(b"\xee" * 32)
    before = times(site)
    until(lambda: "the damaged write-ahead log held is saved" in site.log("sampler"), "the sentence", 60)
    assert "header of its write-ahead log is damaged" in site.log("sampler")
    until(lambda: site.count() > len(before) + 3, "more samples")
    site.kill("sampler")
    assert times(site)[: len(before)] == before
    assert site.query("pragma integrity_check") == [("ok",)]
