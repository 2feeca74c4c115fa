"""A drill end to end: a real sampler, notifier, web server and receiver; what the command says and its exit status."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.sync.client import connect

from tests.stages.receivers import ACCEPT, FAIL, Web, web_server
from tests.stages.servers import Site, until

pytestmark = pytest.mark.processes
SETTING_UP = """
from monitor.models import Receiver, Rule
Rule.objects.all().delete()
# Fires after a minute above, so that nothing else on this machine makes it fire before the drill; which cuts it short.
Rule.objects.create(name="Quick", metric="cpu_percent", window_seconds=1, threshold=5, clear_threshold=5, for_seconds=60)
Rule.objects.create(name="Never", metric="tasks_running", window_seconds=1, threshold=1e6, clear_threshold=1e6)
for path in ("good", "bad"):
    Receiver.objects.create(name=path, kind="webhook", address="{url}/" + path, wants_drills=True)
"""
CALM = "update monitor_rule set enabled = 0 where name = 'Quick'"
READY = "update monitor_rule set enabled = 1, for_seconds = 60 where name = 'Quick'"
FIRE = "update monitor_rule set for_seconds = 0 where name = 'Quick'"


@pytest.fixture(scope="module")
def hook() -> Iterator[Web]:
    """A receiver that accepts at one address, and fails at the other."""
    with web_server(lambda path: FAIL if path == "bad" else ACCEPT) as hook:
        yield hook


@pytest.fixture(scope="module")
def whole_site(hook: Web) -> Iterator[Site]:
    """All three processes; a message that failed is not tried again within the minute that a drill waits."""
    with Site(LOADMON_INTERVAL="0.2", LOADMON_PRIVATE_RECEIVERS="yes", TEST_BACKOFF_SECONDS="300") as site:
        site.shell(SETTING_UP.format(url=hook.at("").rstrip("/")))
        site.start_web()
        site.start("notifier", "-m", "tests.stages.notifier")
        site.start_sampler()
        yield site


def drill(site: Site, *arguments: str) -> int:
    """Run manage.py loadtest --expect-alert, let the rule fire once it runs, and return the exit status."""
    before = len(site.query("select id from monitor_loadtest"))
    site.execute(CALM)
    until(lambda: not site.query("select 1 from monitor_alert where resolved_at is null"), "calm")
    site.execute(READY)
    process = site.start("asker", "manage.py", "loadtest", "--expect-alert", "--workers", "1", *arguments)
    running = "select 1 from monitor_loadtest where state = 'running'"
    until(lambda: process.poll() is not None or site.query(running), "a running drill")
    assert len(site.query("select id from monitor_loadtest")) == before + 1, site.log("asker")
    site.execute(FIRE)
    return process.wait(60)


def told(site: Site) -> list[str]:
    """The lines of the newest report."""
    return str(site.query("select report from monitor_loadtest order by id desc limit 1")[0][0]).split("\n")


class Page:
    """What a dashboard does: it answers the alert that it shows with one frame."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._leave = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Page:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._leave.set()
        self._thread.join(10)

    def _look(self) -> None:
        address = f"ws://127.0.0.1:{self._site.port}/ws/live/?host=testhost"
        seen: set[int] = set()
        with connect(address, origin=self._site.url) as socket:
            while not self._leave.is_set():
                frame: dict[str, Any] = json.loads(socket.recv(timeout=20))
                for alert in frame["open"] if frame["type"] == "alerts" else []:
                    if alert["is_test"] and alert["id"] not in seen:
                        seen.add(alert["id"])
                        socket.send(json.dumps({"type": "seen", "alert": alert["id"]}))


def test_a_drill_passes_when_browser_and_receiver_got_its_alert(whole_site: Site, hook: Web) -> None:
    with Page(whole_site):
        status = drill(whole_site, "--rule", "Quick", "--receiver", "good")
    head, times, receiver = told(whole_site)
    assert head == "Passed: Quick fired within the 61.2 s that it promises, and its receiver was told."
    assert re.fullmatch(r"Threshold crossed .+, stored \+0\.\d+ s, in the browser \+\d+\.\d+ s\.", times), (
        times
    )
    assert re.fullmatch(r"good: webhook accepted \+\d+\.\d+ s\.", receiver), receiver
    assert status == 0
    assert head in whole_site.log("asker")
    message = hook.documents("good")[0]
    assert message["drill"] is True


def test_a_drill_fails_when_a_receiver_answers_500(whole_site: Site) -> None:
    status = drill(whole_site, "--rule", "Quick", "--receiver", "good", "--receiver", "bad")
    head, times, bad, good = told(whole_site)
    assert head.startswith("Failed: Quick fired within the 61.2 s that it promises; 1 of 2 receivers was not")
    assert times.endswith("no browser was open to show it.")
    assert bad == "bad: webhook not accepted in 60 s, 1 try."
    assert re.search(r"bad answered: .*500", whole_site.log("asker"))
    assert good.startswith("good: webhook accepted")
    assert status == 1
    assert "failed." in whole_site.log("asker").splitlines()[-1]


def test_a_drill_fails_when_no_alert_fires(whole_site: Site) -> None:
    status = drill(whole_site, "--rule", "Never", "--receiver", "good")
    head, why = told(whole_site)
    assert head == "Failed: Never did not fire within the 1.4 s that it promises."
    assert "the rule needs" in why
    assert status == 1
