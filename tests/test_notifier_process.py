"""The notifier as a real process beside a real receiver: killed, doubled, stopped, locked out."""

import random
import signal
import sqlite3
import time
from collections import Counter
from contextlib import closing

import pytest

from tests.hookserver import ACCEPT, BREAK_OFF, FAIL, HANG, STALL, HookServer
from tests.servers import Site, until

pytestmark = pytest.mark.processes

ALERTS, KILLS = 500, 30
FILL = """
from django.db import transaction
from django.utils import timezone
from monitor import outbox
from monitor.models import Alert, Host, Receiver, Rule, Transition
Rule.objects.all().delete()
host, now = Host.objects.create(name="db-01"), timezone.now()
for name in {names!r}:
    Receiver.objects.create(name=name, kind="webhook", address={url!r} + name)
with transaction.atomic():
    for number in range({alerts}):
        alert = Alert.objects.create(
            host=host, rule_name=f"R{{number}}", metric="cpu_percent", severity="warning", state="resolved",
            started_at=now, fired_at=now, resolved_at=now, last_seen_at=now, threshold=75, clear_threshold=65,
            value=80, peak=90)
        for change in {changes!r}:
            outbox.enqueue(alert, Transition.objects.create(alert=alert, at=now, change=change, value=80))
"""


@pytest.fixture
def site():
    with Site(LOADMON_PRIVATE_RECEIVERS="yes") as site:
        yield site


def fill(site, hook, names=("ops",), alerts=1, changes=("fired",)):
    site.shell(FILL.format(names=names, url=hook.url(""), alerts=alerts, changes=changes))


def start(site, name="notifier"):
    """A notifier whose waits and leases are short."""
    site.start(name, "-m", "tests.notifierstage")


def states(site):
    return Counter(dict(site.query("select state, count(*) from monitor_notification group by state")))


def test_killed_thirty_times_it_loses_no_message_and_keeps_their_order(site):
    """500 alerts with a beginning and an end each; the receiver fails, stalls and breaks off one time in eight."""
    moods = random.Random(4)
    weights = [21, 1, 1, 1]
    with HookServer(lambda path: moods.choices([ACCEPT, FAIL, STALL, BREAK_OFF], weights)[0]) as hook:
        fill(site, hook, ("a", "b", "c", "d"), ALERTS // 4, ("fired", "resolved"))
        total = 2 * ALERTS
        for _ in range(KILLS):
            before = len(hook.accepted) + hook.refused
            start(site)
            goal = before + random.randint(1, 20)
            until(
                lambda goal=goal: (
                    site.alive("notifier")
                    and (len(hook.accepted) + hook.refused >= goal or len(set(hook.keys())) == total)
                ),
                "some messages",
            )
            time.sleep(random.uniform(0.0, 0.05))
            site.kill("notifier")
        under_way = len(set(hook.keys()))
        start(site)
        until(lambda: site.alive("notifier") and states(site) == {"sent": total}, "all messages", 60)
        check(site, hook, total)
        repeats = len(hook.keys()) - total
        print(f"\n{total} messages, {KILLS} kills, {hook.refused} failures, {repeats} repeats; "
              f"{under_way} had arrived at the last kill")  # fmt: skip
    assert 0 < under_way < total, "the kills must fall into the work"


def check(site, hook, total):
    """Every key arrived; of one alert and receiver the beginning came before the end."""
    rows = site.query("select key, alert_id, receiver_id from monitor_notification order by id")
    keys = hook.keys()
    assert set(keys) == {row[0] for row in rows}
    assert len(rows) == total
    first = {key: keys.index(key) for key in set(keys)}
    of_one = {}
    for key, alert, receiver in rows:
        of_one.setdefault((alert, receiver), []).append(first[key])
    assert all(order == sorted(order) for order in of_one.values())


def test_killed_between_the_commit_and_the_answer_it_sends_again_with_the_same_key(site):
    moods = iter([HANG])
    with HookServer(lambda path: next(moods, ACCEPT)) as hook:
        fill(site, hook)
        start(site)
        until(lambda: site.alive("notifier") and hook.waiting, "the first try")
        site.kill("notifier")
        assert states(site) == {"leased": 1}
        start(site)
        until(lambda: site.alive("notifier") and states(site) == {"sent": 1}, "the second try")
        assert hook.keys() == [key for (key,) in site.query("select key from monitor_notification")]


def test_what_was_written_while_no_notifier_ran_is_sent_at_the_next_start(site):
    with HookServer() as hook:
        fill(site, hook, alerts=3)
        site.start("notifier", "manage.py", "runnotifier")
        until(lambda: site.alive("notifier") and states(site) == {"sent": 3}, "the messages")
        assert len(hook.keys()) == 3


def test_two_at_once_double_nothing(site):
    with HookServer() as hook:
        fill(site, hook, ("a", "b"), 100, ("fired", "resolved"))
        site.environment["TEST_LEASE_SECONDS"] = "60"
        start(site, "first")
        start(site, "second")
        until(
            lambda: site.alive("first") and site.alive("second") and states(site) == {"sent": 400}, "all", 60
        )
        assert len(hook.keys()) == len(set(hook.keys())) == 400
        check(site, hook, 400)
        assert "Traceback" not in site.log("first") + site.log("second")


def test_a_receiver_that_hangs_delays_no_other_and_a_signal_gives_its_message_back(site):
    with HookServer(lambda path: HANG if path == "dead" else ACCEPT) as hook:
        fill(site, hook, ("a", "b", "dead", "c"), 5, ("fired", "resolved"))
        site.start("notifier", "manage.py", "runnotifier")
        until(
            lambda: site.alive("notifier") and hook.waiting and states(site)["sent"] == 30,
            "those of the others",
        )
        assert "dead" not in {path for path, _, _ in hook.accepted}
        assert states(site)["leased"] == 1
        began = time.monotonic()
        assert site.kill("notifier", signal.SIGTERM) == 0
        assert time.monotonic() - began < 5
        assert states(site) == {"sent": 30, "pending": 10}
        assert "Traceback" not in site.log("notifier")


def test_it_says_once_that_the_database_is_locked_and_goes_on_later(site):
    with HookServer() as hook:
        fill(site, hook)
        with closing(
            sqlite3.connect(site.data / "loadmon.sqlite3", isolation_level=None, timeout=10)
        ) as other:
            other.execute("BEGIN IMMEDIATE")
            start(site)
            until(lambda: "Cannot work with the database" in site.log("notifier"), "the log line")
            assert hook.keys() == []
            other.execute("ROLLBACK")
        until(lambda: site.alive("notifier") and states(site) == {"sent": 1}, "the message")
        until(lambda: "the database works again" in site.log("notifier"), "the end of the trouble")
        assert site.log("notifier").count("Cannot work") == 1
        assert "Traceback" not in site.log("notifier")


def test_a_database_that_vanishes_is_not_made_anew(site):
    with HookServer() as hook:
        start(site)
        until(lambda: site.query("select 1 from monitor_notifier"), "its sign of life")
        hidden = site.data / "hidden.sqlite3"
        (site.data / "loadmon.sqlite3").rename(hidden)
        until(lambda: "is gone" in site.log("notifier"), "the log line")
        assert not (site.data / "loadmon.sqlite3").exists()
        hidden.rename(site.data / "loadmon.sqlite3")
        fill(site, hook)
        until(lambda: site.alive("notifier") and states(site) == {"sent": 1}, "the message")


def test_without_a_database_it_refuses_with_a_sentence(site):
    for path in site.data.glob("loadmon.sqlite3*"):
        path.unlink()
    refused = site.manage("runnotifier", check=False)
    assert refused.returncode == 3
    assert "manage.py migrate" in refused.stderr
    assert not (site.data / "loadmon.sqlite3").exists()


def test_it_notices_that_the_sampler_was_killed_and_tells_so(site):
    """With the waits of a rule made for the test; the watcher's own grace is what it is."""
    with HookServer() as hook:
        site.shell(
            "from monitor.models import Receiver, Rule; Rule.objects.exclude(name='Sampler silent').delete(); "
            "Rule.objects.update(threshold=6, clear_threshold=6); "
            f"Receiver.objects.create(name='ops', kind='webhook', address={hook.url()!r})"
        )
        start(site)
        site.start_sampler()
        site.kill("sampler")
        until(lambda: site.alive("notifier") and hook.keys(), "the message", 60)
        site.start_sampler()
        until(lambda: site.alive("notifier") and len(hook.keys()) == 2, "its end", 60)
        assert [body["type"] for _, _, body in hook.accepted] == ["alert.fired", "alert.resolved"]
