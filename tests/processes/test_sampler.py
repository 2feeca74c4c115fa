"""The sampler as a real process: killed, stopped, doubled, locked out."""

import random
import signal
import sqlite3
import time
from contextlib import closing
from itertools import pairwise

import pytest

from tests.stages.servers import until

pytestmark = pytest.mark.processes


def test_killed_twenty_times_it_loses_nothing_that_was_committed(site):
    """An eager rule fires and clears all the time, so that kills land in transactions of every kind."""
    site.shell(
        "from monitor.models import Rule; Rule.objects.all().delete(); "
        "Rule.objects.create(name='Eager', metric='cpu_percent', threshold=20, clear_threshold=20, hold_seconds=0)"
    )
    committed: set[int] = set()
    for _ in range(20):
        site.start("sampler", "manage.py", "runsampler")
        before = site.count()
        until(lambda before=before: site.alive("sampler") and site.count() > before, "a sample")
        time.sleep(random.uniform(0.0, 0.6))
        committed |= {row[0] for row in site.query("select taken_at_ms from monitor_sample")}
        site.kill("sampler")
        with closing(sqlite3.connect(site.data / "loadmon.sqlite3")) as database:
            assert database.execute("pragma integrity_check").fetchone() == ("ok",)
        stored = {row[0] for row in site.query("select taken_at_ms from monitor_sample")}
        assert committed <= stored
        check_alerts(site)
    assert len(committed) >= 20


def check_alerts(site):
    """At most one open alert; its rows tell one consistent story."""
    open_alerts = site.query("select count(*) from monitor_alert where resolved_at is null")[0][0]
    assert open_alerts <= 1
    ends = ("resolved", "ended_unseen")
    for alert, state in site.query("select id, state from monitor_alert"):
        changes = [row[0] for row in site.query(
            "select change from monitor_transition where alert_id = ? order by id", alert)]  # fmt: skip
        assert changes[0] == "fired"
        assert changes.count("fired") == 1
        assert (changes[-1] in ends) == (state == "resolved")
        assert sum(change in ends for change in changes) <= 1


def test_an_open_alert_survives_kill_minus_nine(site):
    site.shell(
        "from monitor.models import Rule; Rule.objects.all().delete(); "
        "Rule.objects.create(name='Always', metric='self_rss_bytes', threshold=1, clear_threshold=1)"
    )
    for _ in range(3):
        site.start_sampler()
        until(lambda: site.query("select 1 from monitor_alert where resolved_at is null"), "the alert")
        site.kill("sampler")
    assert site.query("select count(*) from monitor_alert") == [(1,)]
    assert site.query("select change from monitor_transition") == [("fired",)]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly_at_a_signal(site, number):
    site.start_sampler()
    assert site.kill("sampler", number) == 0
    assert site.query("select sampler_stopped_at is not null from monitor_host") == [(1,)]
    assert "Traceback" not in site.log("sampler")


def test_a_second_sampler_refuses_with_a_sentence_and_may_start_once_the_first_is_dead(site):
    site.start_sampler()
    first = site.processes["sampler"].pid
    refused = site.manage("runsampler", check=False)
    assert refused.returncode == 4
    assert f"already running (process {first})" in refused.stderr
    site.kill("sampler")
    site.start_sampler()
    assert site.processes["sampler"].pid != first


def test_it_keeps_ticking_while_the_database_is_locked_and_stores_all_later(site):
    """Locked for 1.5 s; for longer, and at the same pace, where the machine hardly let the sampler run in that time."""
    site.start_sampler()
    for times, seconds in enumerate((1.5, 6.0, 24.0), 1):
        locked_at, free_at = lock(site, times, seconds)
        until(lambda times=times: site.log("sampler").count("stored again") == times, "the recovery")
        during = site.query(
            "select count(*) from monitor_sample where taken_at_ms between ? and ?", locked_at, free_at
        )[0][0]
        if during >= 5 * seconds / 1.5:
            break
    assert during >= 5 * seconds / 1.5
    assert site.log("sampler").count("Cannot store samples") == times
    assert lost(site) == []


def lock(site, times, seconds):
    """Lock the database until that long after the sampler has said so for the so many-th time; when it was locked, ms."""
    with site.locked():
        locked_at = time.time() * 1000
        until(lambda: site.log("sampler").count("Cannot store samples") == times, "the log line")
        time.sleep(seconds)
        free_at = time.time() * 1000
    return locked_at, free_at


def lost(site):
    """When readings are missing: what a sample covers begins where the one before it ended, unless the sampler slept."""
    rows = site.query("select taken_at_ms, covered_ms from monitor_sample order by id")
    slept = {row[0] for row in site.query("select start_ms from monitor_gap where kind = 'sampler_down'")}
    return [
        (earlier, later)
        for (earlier, _), (later, covered) in pairwise(rows)
        if earlier not in slept and later - earlier > (covered or 0) + 50
    ]


def test_a_stalled_process_is_followed_by_one_sample_not_a_burst(site):
    site.start_sampler()
    process = site.processes["sampler"]
    process.send_signal(signal.SIGSTOP)
    time.sleep(1.5)
    resumed_at = time.time() * 1000
    count = site.count()
    process.send_signal(signal.SIGCONT)
    until(lambda: site.count() >= count + 3, "three more samples")
    times = [
        row[0]
        for row in site.query("select taken_at_ms from monitor_sample where taken_at_ms >= ?", resumed_at)
    ]
    # The first may come late, right before the next; a burst would be several.
    due = (times[-1] - times[0]) / 200 + 2
    assert len(times) <= due


def test_without_a_database_it_refuses_and_makes_none(site):
    for path in site.data.glob("loadmon.sqlite3*"):
        path.unlink()
    refused = site.manage("runsampler", check=False)
    assert refused.returncode == 3
    assert "manage.py migrate" in refused.stderr
    assert not (site.data / "loadmon.sqlite3").exists()


def test_with_pending_migrations_it_says_what_to_run(site):
    site.manage("migrate", "monitor", "zero", "-v0", "--skip-checks")
    refused = site.manage("runsampler", check=False)
    assert refused.returncode == 5
    assert "manage.py migrate" in refused.stderr


@pytest.mark.parametrize("interval", ["0.1", "61", "nan", "-1", "1e3", "abc", ""])
def test_a_wrong_interval_is_a_sentence(site, interval):
    refused = site.manage("runsampler", f"--interval={interval}", check=False)
    assert refused.returncode == 1
    assert "between 0.2 and 60" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_once_stores_one_sample_with_rates(site):
    site.manage("runsampler", "--once")
    [(cpu, covered)] = site.query("select cpu_percent, covered_ms from monitor_sample")
    assert 0 <= cpu <= 100
    assert covered >= 150


def test_a_machine_that_was_renamed_goes_on_with_its_history(site, monkeypatch):
    site.manage("runsampler", "--once")
    monkeypatch.setitem(site.environment, "LOADMON_HOST_NAME", "büro")
    said = site.manage("runsampler", "--once").stderr
    assert 'The host "testhost" is now called "büro"' in said
    assert site.query("select name, renamed_from from monitor_host") == [("büro", "testhost")]
    assert site.query("select count(distinct host_id), count(*) from monitor_sample") == [(1, 2)]


def test_two_samplers_of_one_machine_under_two_names_are_two_hosts(site, monkeypatch):
    site.start_sampler()
    monkeypatch.setitem(site.environment, "LOADMON_HOST_NAME", "other")
    site.manage("runsampler", "--once")
    assert site.query("select name from monitor_host order by name") == [("other",), ("testhost",)]


def test_a_database_file_replaced_under_it_is_noticed(site):
    site.start_sampler()
    backup = site.data / "backup.sqlite3"
    with (
        closing(sqlite3.connect(site.data / "loadmon.sqlite3")) as source,
        closing(sqlite3.connect(backup)) as copy,
    ):
        source.backup(copy)
    backup.replace(site.data / "loadmon.sqlite3")
    count = site.count()
    until(lambda: site.count() > count + 2, "samples in the new file")
    assert "was replaced" in site.log("sampler")


def test_a_database_file_that_vanishes_is_not_made_anew_and_nothing_is_lost_once_it_is_back(site):
    site.start_sampler()
    hidden = site.data / "hidden.sqlite3"
    count = site.count()
    (site.data / "loadmon.sqlite3").rename(hidden)
    until(lambda: "is gone" in site.log("sampler"), "the log line")
    time.sleep(0.5)
    assert not (site.data / "loadmon.sqlite3").exists()
    hidden.rename(site.data / "loadmon.sqlite3")
    until(lambda: site.count() > count + 3, "the waiting samples")
    assert lost(site) == []


def test_an_alert_whose_rule_went_while_nobody_looked_ends_at_the_next_start(site):
    site.shell(
        "from monitor.models import Rule; "
        "Rule.objects.create(name='Always', metric='self_rss_bytes', threshold=1, clear_threshold=1)"
    )
    site.start_sampler()
    until(lambda: site.query("select 1 from monitor_alert where rule_name = 'Always'"), "the alert")
    site.kill("sampler", signal.SIGTERM)
    site.shell("from monitor.models import Rule; Rule.objects.filter(name='Always').update(enabled=False)")
    site.start_sampler()
    assert site.query("select 1 from monitor_alert where rule_name = 'Always' and resolved_at is null") == []


def test_a_database_made_anew_under_a_running_sampler_is_filled(site):
    site.start_sampler()
    for path in site.data.glob("loadmon.sqlite3*"):
        path.unlink()
    until(lambda: "is gone" in site.log("sampler"), "the log line")
    site.manage("migrate", "-v0", "--skip-checks")
    until(lambda: site.count() > 3, "samples in the new file")
    assert site.query("select name from monitor_host") == [("testhost",)]


def test_pages_answer_while_the_database_is_locked(site):
    site.start_web()
    site.start_sampler()
    with site.locked():
        answers = {
            path: site.request("GET", path)[0] for path in ("/api/v1/status", "/metrics", "/api/v1/samples")
        }
    assert set(answers.values()) == {200}


def test_reading_writes_nothing(site):
    site.start_sampler()
    site.kill("sampler", signal.SIGTERM)
    site.start_web()
    with closing(sqlite3.connect(site.data / "loadmon.sqlite3")) as watching:
        before = watching.execute("pragma data_version").fetchone()
        for path in ("/api/v1/status", "/metrics", "/healthz"):
            site.request("GET", path)
        assert watching.execute("pragma data_version").fetchone() == before
        assert watching.execute("pragma auto_vacuum").fetchone() == (2,)


def test_a_changed_rule_is_followed_without_a_restart(site):
    site.start_sampler()
    site.shell(
        "from monitor.models import Rule; "
        "Rule.objects.create(name='New', metric='self_rss_bytes', threshold=1, clear_threshold=1)"
    )
    until(lambda: site.query("select 1 from monitor_alert where rule_name = 'New'"), "the new rule's alert")
    site.shell("from monitor.models import Rule; Rule.objects.filter(name='New').update(severity='critical')")
    until(lambda: site.query("select 1 from monitor_alert where severity = 'critical'"), "its escalation")
    site.shell("from monitor.models import Rule; Rule.objects.filter(name='New').delete()")
    until(lambda: site.query("select 1 from monitor_alert where resolved_at is not null"), "its end")


def grow_old(site, which="true"):
    """Make the samples 49 hours older; return a count of those that are over 48."""
    site.execute(f"update monitor_sample set taken_at_ms = taken_at_ms - 49 * 3600 * 1000 where {which}")
    limit = (time.time() - 48 * 3600) * 1000
    return lambda: site.query("select count(*) from monitor_sample where taken_at_ms < ?", limit)[0][0]


def test_old_samples_are_pruned_once_time_was_seen_to_pass(site):
    site.start_sampler("--interval=0.2")
    until(lambda: site.count() > 2, "some samples")
    until(lambda: site.query("select count(*) from monitor_passing")[0][0], "the first look at the clocks")
    site.kill("sampler", signal.SIGTERM)
    old = grow_old(site, "id < (select max(id) from monitor_sample)")
    assert old() >= 1
    site.execute(
        "update monitor_passing set calm_ms = 3600000, raw_ms = 7200000"
    )  # as if it had run for hours
    site.start_sampler()
    until(lambda: not old(), "the pruning")


def test_nothing_is_pruned_at_once_after_a_long_absence_for_the_clock_may_be_wrong(site):
    site.start_sampler("--interval=0.2")
    site.kill("sampler", signal.SIGTERM)
    old = grow_old(site)
    before = old()
    site.start_sampler("--interval=0.2")
    count = site.count()
    until(lambda: site.count() > count + 3, "some samples")
    assert old() == before >= 1


def test_killed_while_rolling_up_it_resumes_exactly(site):
    """A day of samples waits to be rolled up; the sampler is killed in the middle ten times over."""
    begin = int(time.time()) // 3600 * 3600 - 6 * 3600
    with closing(sqlite3.connect(site.data / "loadmon.sqlite3")) as database:
        database.execute(
            "insert into monitor_host (name, created_at, boot_id, cores_reason, interval, machine_id, renamed_from,"
            " memory_reason) values ('testhost', '2026-01-01', '', '', 1, '', '', '')"
        )
        rows = [(1, (begin + 10 * n) * 1000, 10_000, n % 101) for n in range(2000)]
        database.executemany(
            "insert into monitor_sample (host_id, taken_at_ms, covered_ms, cpu_percent) values (?, ?, ?, ?)",
            rows,
        )
        database.commit()
    for _ in range(10):
        site.start("sampler", "manage.py", "runsampler", "--interval=0.2")
        before = site.count()
        until(lambda before=before: site.count() > before, "a sample")
        time.sleep(random.uniform(0.2, 0.8))
        site.kill("sampler")
    site.start("sampler", "manage.py", "runsampler", "--interval=0.2")
    last = (begin + 19_980) // 60 * 60 * 1000
    found = "select 1 from monitor_minuterollup where start_ms = ?"
    until(lambda: site.query(found, last), "the last minute", 90)
    direct = site.query(
        "select taken_at_ms / 60000 * 60000, sum(cpu_percent * covered_ms), sum(covered_ms), min(cpu_percent),"
        " max(cpu_percent) from monitor_sample where taken_at_ms < ? group by 1 order by 1", last + 60_000
    )  # fmt: skip
    rolled = site.query(
        "select start_ms, cpu_percent_total / 100, coalesce(cpu_percent_weight, weight), cpu_percent_low / 100,"
        " cpu_percent_high / 100 from monitor_minuterollup where start_ms <= ? order by 1", last
    )  # fmt: skip
    assert rolled == direct
    assert len(rolled) >= 300


def test_a_restart_after_a_while_leaves_a_gap_with_its_reason(site):
    site.start_sampler()
    site.kill("sampler", signal.SIGTERM)
    site.execute("update monitor_sample set taken_at_ms = taken_at_ms - 600000")
    [(last,)] = site.query("select max(id) from monitor_sample")
    site.start_sampler()
    around = site.query(
        "select max(case when id <= ? then taken_at_ms end), min(case when id > ? then taken_at_ms end)"
        " from monitor_sample", last, last
    )  # fmt: skip
    assert site.query("select start_ms, end_ms from monitor_gap where kind = 'sampler_down'") == around
    assert site.query("select count(*) from monitor_gap") == [(1,)]
    assert around[0][1] - around[0][0] > 595_000


def test_another_boot_id_is_told_as_a_reboot(site):
    site.start_sampler()
    site.kill("sampler")
    site.execute("update monitor_sample set taken_at_ms = taken_at_ms - 600000")
    site.execute("update monitor_host set boot_id = 'another'")
    site.start_sampler()
    assert site.query("select kind from monitor_gap") == [("rebooted",)]
