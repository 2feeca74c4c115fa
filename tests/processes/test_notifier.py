"""The notifier as a real process beside a real receiver: killed, doubled, stopped, locked out."""

import random
import signal
import time
from collections import Counter

import pytest

from tests.stages.receivers import ACCEPT, BREAK_OFF, FAIL, HANG, STALL, mail_server, web_server
from tests.stages.servers import Site, until

pytestmark = pytest.mark.processes

ALERTS, KILLS = 500, 30
MAILED = "mail"
FILL = """
from django.db import transaction
from django.utils import timezone
from monitor.alerts.recording import write
from monitor.models import Alert, Host, Receiver, Rule
from monitor.notifications import outbox
Rule.objects.all().delete()
host, now = Host.objects.create(name="db-01"), timezone.now()
rules = []
for name in {names!r}:
    kind, address = ("email", "ann@example.org") if name == "mail" else ("webhook", {url!r} + name)
    receiver = Receiver.objects.create(name=name, kind=kind, address=address)
    if {apart!r}:
        rules.append(Rule.objects.create(name=name, metric="cpu_percent", threshold=75, clear_threshold=65))
        receiver.rules.add(rules[-1])
with transaction.atomic():
    for number in range({alerts}):
        if rules:  # each on a host of its own: what fires and recovers again and again on one would be told together
            host = Host.objects.create(name=f"db-{{number}}")
        rule = rules[number % len(rules)] if rules else None
        alert = Alert.objects.create(
            host=host, rule=rule, rule_name=f"R{{number}}", metric="cpu_percent", severity="warning", state="resolved",
            started_at=now, fired_at=now, resolved_at=now, last_seen_at=now, threshold=75, clear_threshold=65,
            value=80, peak=90)
        for change in {changes!r}:
            write(alert, change, now, outbox.enqueue, severity="warning", value=80)
"""


def fill(site, hook, names=("ops",), alerts=1, changes=("fired",), apart=False):
    """Alerts as rows, with the messages that the outbox makes of them: each to every receiver, or apart to one of them."""
    site.shell(FILL.format(names=names, url=hook.at(""), alerts=alerts, changes=changes, apart=apart))


def start(site, name="notifier"):
    """A notifier whose waits and leases are short."""
    site.start(name, "-m", "tests.stages.notifier")


def states(site):
    return Counter(dict(site.query("select state, count(*) from monitor_notification group by state")))


def test_killed_thirty_times_it_loses_no_message_and_keeps_their_order(site, tell):
    """500 alerts of four rules, each with a beginning and an end, of which one mail server and three hooks are told.

    The alerts are rows, as the sampler writes them. All four fail, stall or break off one time in eight.
    """
    chance = random.Random(4)
    with (
        web_server(lambda path: choose(chance, ACCEPT, FAIL, STALL, BREAK_OFF)) as hook,
        mail_server() as post,
    ):
        post.moods = lambda: choose(chance, "250 queued", "451 later", "421 closing", "")
        site.environment["EMAIL_URL"] = f"smtp://127.0.0.1:{post.port}"
        fill(site, hook, ("a", "b", "c", MAILED), ALERTS, ("fired", "resolved"), apart=True)
        total = 2 * ALERTS
        for _ in range(KILLS):
            goal = len(arrived(hook, post)) + random.randint(1, 20)
            start(site)
            until(
                lambda goal=goal: site.alive("notifier") and len(arrived(hook, post)) >= goal, "some messages"
            )
            time.sleep(random.uniform(0.0, 0.05))
            site.kill("notifier")
        under_way = len(set(arrived(hook, post)))
        start(site)
        until(lambda: site.alive("notifier") and states(site) == {"sent": total}, "all messages", 180)
        keys = arrived(hook, post)
        check(site, keys, total)
        tell(f"{total} messages of {ALERTS} alerts, {len(post.keys)} by mail; {KILLS} kills, {hook.refused} failures of "
             f"the hooks; {len(keys) - total} repeats; {under_way} had arrived at the last kill")  # fmt: skip
    assert 0 < under_way < total, "the kills must fall into the work"
    assert post.keys


def choose(chance, *moods):
    """The first seven times in eight, each of the others alike otherwise."""
    return chance.choices(moods, [21, 1, 1, 1])[0]


def arrived(hook, post):
    """The keys that hooks and mail server took; the order is that of each of them."""
    return hook.keys() + post.keys


def check(site, keys, total):
    """Every key arrived; of one alert and receiver the beginning came before the end."""
    rows = site.query("select key, alert_id, receiver_id from monitor_notification order by id")
    assert set(keys) == {row[0] for row in rows}
    assert len(rows) == total
    first = {key: keys.index(key) for key in set(keys)}
    of_one = {}
    for key, alert, receiver in rows:
        of_one.setdefault((alert, receiver), []).append(first[key])
    assert all(order == sorted(order) for order in of_one.values())


def test_killed_between_the_commit_and_the_answer_it_sends_again_with_the_same_key(site):
    moods = iter([HANG])
    with web_server(lambda path: next(moods, ACCEPT)) as hook:
        fill(site, hook)
        start(site)
        until(lambda: site.alive("notifier") and hook.waiting, "the first try")
        site.kill("notifier")
        assert states(site) == {"leased": 1}
        start(site)
        until(lambda: site.alive("notifier") and states(site) == {"sent": 1}, "the second try")
        assert hook.keys() == [key for (key,) in site.query("select key from monitor_notification")]


def test_what_was_written_while_no_notifier_ran_is_sent_at_the_next_start(site):
    with web_server() as hook:
        fill(site, hook, alerts=3)
        site.start("notifier", "manage.py", "runnotifier")
        until(lambda: site.alive("notifier") and states(site) == {"sent": 3}, "the messages")
        assert len(hook.keys()) == 3


def test_two_at_once_double_nothing(site):
    with web_server() as hook:
        fill(site, hook, ("a", "b"), 100, ("fired", "resolved"))
        site.environment["TEST_LEASE_SECONDS"] = "60"
        start(site, "first")
        start(site, "second")
        until(
            lambda: site.alive("first") and site.alive("second") and states(site) == {"sent": 400}, "all", 60
        )
        assert len(hook.keys()) == len(set(hook.keys())) == 400
        check(site, hook.keys(), 400)
        assert "Traceback" not in site.log("first") + site.log("second")


NINE = ("a", "b", "c", "d", "e", "f", "g", "h", "i")


def told(site, hook, names):
    """What each of the nine got, in order, by the time that all of it was sent."""
    fill(site, hook, names, 3, ("fired", "resolved"))
    start(site)
    until(lambda: site.alive("notifier") and states(site)["sent"] == 6 * len(NINE), "those of the nine", 60)
    return {name: [body["type"] for body in hook.documents(name)] for name in NINE}


def test_nine_receivers_beside_a_dead_one_are_told_as_if_they_were_alone():
    """All that is for them arrives, at the first try and in order, while the first try for the tenth has no answer yet."""
    with Site() as site, web_server() as hook:
        alone = told(site, hook, NINE)
    with Site() as site, web_server(lambda path: HANG if path == "dead" else ACCEPT) as hook:
        assert told(site, hook, ("dead", *NINE)) == alone
        assert hook.waiting == 1
        tried = site.query("select distinct receiver_name, attempts from monitor_notification")
        assert dict(tried) == {"dead": 0} | dict.fromkeys(NINE, 1)
        assert site.query("select count(*) from monitor_attempt where not delivered") == [(0,)]


def test_a_signal_gives_back_the_message_that_hangs(site):
    with web_server(lambda path: HANG if path == "dead" else ACCEPT) as hook:
        fill(site, hook, ("a", "dead"), 5, ("fired", "resolved"))
        site.start("notifier", "manage.py", "runnotifier")
        until(
            lambda: site.alive("notifier") and hook.waiting and states(site)["sent"] == 10,
            "those of the other",
        )
        assert states(site)["leased"] == 1
        assert site.kill("notifier", signal.SIGTERM) == 0
        assert site.query("select count(*) from monitor_attempt where not delivered") == [(0,)], "it waited"
        assert states(site) == {"sent": 10, "pending": 10}
        assert "Traceback" not in site.log("notifier")


def test_it_says_once_that_the_database_is_locked_and_goes_on_later(site):
    with web_server() as hook:
        fill(site, hook)
        with site.locked():
            start(site)
            until(lambda: "Cannot work with the database" in site.log("notifier"), "the log line")
            assert hook.keys() == []
        until(lambda: site.alive("notifier") and states(site) == {"sent": 1}, "the message")
        until(lambda: "the database works again" in site.log("notifier"), "the end of the trouble")
        assert site.log("notifier").count("Cannot work") == 1
        assert "Traceback" not in site.log("notifier")


def test_a_database_that_vanishes_is_not_made_anew(site):
    with web_server() as hook:
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
    """With a rule, and a patience of the watcher, made for the test."""
    with web_server() as hook:
        site.shell(
            "from monitor.models import Receiver, Rule; Rule.objects.exclude(name='Sampler silent').delete(); "
            "Rule.objects.update(threshold=6, clear_threshold=6); "
            f"Receiver.objects.create(name='ops', kind='webhook', address={hook.at('hook')!r})"
        )
        start(site)
        site.start_sampler()
        site.kill("sampler")
        until(lambda: site.alive("notifier") and hook.keys(), "the message", 60)
        site.start_sampler()
        until(lambda: site.alive("notifier") and len(hook.keys()) == 2, "its end", 60)
        assert [body["type"] for body in hook.documents()] == ["alert.fired", "alert.resolved"]
