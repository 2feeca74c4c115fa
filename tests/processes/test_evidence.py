"""A real sampler names real culprits: a program that burns CPU, and one that waits uninterruptibly."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stages.contract import Contract
from tests.stages.servers import Site, until

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(sys.platform != "linux", reason="names and states of processes are Linux's"),
]

HOSTILE = "<b>) R 1 (x"
"""What a program calls itself to confuse whoever reads /proc; 15 bytes at most."""

BURNER = """
import ctypes, sys, time
ctypes.CDLL(None).prctl(15, sys.argv[1].encode(), 0, 0, 0)  # PR_SET_NAME
end = time.monotonic() + 120
while time.monotonic() < end:
    pass
"""

# Who starts a program waits in state D until it has begun; this one never begins, as nobody opens the other end.
WAITER = """
import ctypes, os, sys
ctypes.CDLL(None).prctl(15, b"stuck-on-disk", 0, 0, 0)
opened = [(os.POSIX_SPAWN_OPEN, 0, sys.argv[1], os.O_RDONLY, 0)]
os.posix_spawn("/bin/true", ["true", "--password=hunter2"], {}, file_actions=opened)
"""

RULE = """
from monitor.models import Rule
Rule.objects.update(enabled=False)
Rule.objects.create(name="Tasks", metric="cpu_busiest_core_percent", threshold=20, clear_threshold=1, for_seconds=7)
"""

SESSION = """
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
client = Client()
user = User.objects.create_superuser("boss", "", "secret")
client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
session, csrf = settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME
print(f"{session}={client.cookies[session].value}; {csrf}={'t' * 32}")
"""


@contextlib.contextmanager
def running(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program that is ended afterwards, however long it would run."""
    process = subprocess.Popen([sys.executable, "-I", "-S", "-c", *command])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def stuck(tmp_path):
    """A process in uninterruptible sleep; it is freed, and its child ended, afterwards."""
    fifo = tmp_path / "never"
    os.mkfifo(fifo)
    with contextlib.ExitStack() as stack:
        process = stack.enter_context(running(WAITER, str(fifo)))
        stack.callback(lambda: os.close(os.open(fifo, os.O_RDWR)))
        stat = Path(f"/proc/{process.pid}/stat")
        until(lambda: b") D " in stat.read_bytes(), "a process in state D")
        yield process


@pytest.fixture
def busy():
    """A process that keeps one core busy."""
    with running(BURNER, HOSTILE) as process:
        yield process


def test_a_busy_and_a_stuck_process_are_named_in_the_evidence_of_a_real_alert(busy, stuck):
    with Site(LOADMON_COMMAND_LINES="yes") as site:
        site.shell(RULE)
        site.start_sampler()
        sql = "select document, sentence from monitor_evidence where moment = 'onset'"
        [(document, sentence)] = until(
            lambda: site.alive("sampler") and site.query(sql), "evidence of an alert", 60
        )
        assert site.query("select explanation from monitor_alert") == [(sentence,)]
        until(
            lambda: any(HOSTILE in (told or "") for (told,) in site.query("select busy from monitor_host")),
            "the busy program's name on the host",
            60,
        )  # the first scan knows no CPU yet
        assert site.kill("sampler", 15) == 0
    found = json.loads(document)
    burner = next(one for one in found["by_cpu"] if one["pid"] == busy.pid)
    assert burner["name"] == HOSTILE
    assert burner["cpu_percent"] > 5
    assert "prctl" in burner["command"]
    waiter = next(one for one in found["blocked"] if one["pid"] == stuck.pid)
    assert (waiter["name"], waiter["threads"]) == ("stuck-on-disk", 1)
    assert found["tasks"]["blocked"] >= 1
    assert "stuck-on-disk" in sentence
    assert "hunter2" not in document


def test_under_real_load_every_answer_keeps_to_the_schema_that_is_published(busy, stuck):
    with Site(LOADMON_INTERVAL="0.5") as site:
        site.shell(RULE)
        headers = {"Cookie": site.shell(SESSION), "X-CSRFToken": "t" * 32}

        def ask(method, path, body):
            status, told, content = site.request(method.upper(), path, body, headers)
            return status, told.get("content-type", ""), content

        site.start_web()
        contract = Contract(site.json("/api/v1/openapi.json"))
        contract.walk(ask, {"alert_id": 1, "silence_id": 1}, reading=True)  # before the first sample
        site.start_sampler()

        def both_are_told():
            site.alive("sampler")
            contract.walk(ask, {"alert_id": 1, "silence_id": 1}, reading=True)
            found = json.loads(ask("get", "/api/v1/status", None)[2])["busy"] or {"by_cpu": [], "blocked": []}
            pids = [[one["pid"] for one in found[name]] for name in ("by_cpu", "blocked")]
            return busy.pid in pids[0] and stuck.pid in pids[1]

        until(both_are_told, "the busy and the stuck process in the status", 60)
        until(lambda: site.query("select id from monitor_evidence"), "evidence of an alert", 60)
        silence = json.loads(ask("post", "/api/v1/silences", {"minutes": 5})[2])["id"]
        found = contract.walk(ask, {"alert_id": 1, "silence_id": silence})
        refused = {one: status for one, status in found.items() if status >= 300}
        assert {path for _, path in refused} <= {
            "alerts/{alert_id}/end",  # nothing of it is out of sight
            "loadtests",  # the machine may be in no state
            "loadtests/current",
        }


RULE_OVER_EIGHT_SECONDS = RULE.replace("for_seconds=7", "for_seconds=8")


def test_who_was_busy_before_and_is_gone_is_not_blamed_for_what_came_then():
    """Of three programs that took over, an alert names the three, though the one before was busy for longer."""
    with Site() as site, contextlib.ExitStack() as stack:
        site.shell("from monitor.models import Rule; Rule.objects.update(enabled=False)")
        with running(BURNER, "soloist"):
            site.start_sampler()
            until(lambda: "soloist" in _busy(site), "the first program's name on the host", 60)
        for number in range(3):
            stack.enter_context(running(BURNER, f"grinder-{number}"))
        until(
            lambda: "soloist" not in (names := _busy(site)) and len(_grinders(names)) == 3,
            "the three alone",
            90,
        )
        site.shell(RULE_OVER_EIGHT_SECONDS)
        sql = "select document, sentence from monitor_evidence where moment = 'onset'"
        [(text, sentence)] = until(
            lambda: site.alive("sampler") and site.query(sql), "evidence of an alert", 60
        )
        assert site.kill("sampler", 15) == 0
    found = json.loads(text)
    names = [one["name"] for one in found["by_cpu"]]
    assert len(_grinders(names)) == 3
    assert "soloist" not in text + sentence
    assert found["judged_seconds"] == 8.0
    assert 0 < found["seconds"] <= 8.0
    assert 0 < found["seen_percent"] <= 100


def _busy(site: Site) -> list[str]:
    """Who is busy on the host, by name."""
    [(told,)] = site.query("select busy from monitor_host") or [(None,)]
    return [one["name"] for one in json.loads(told)["by_cpu"]] if told else []


def _grinders(names: list[str]) -> list[str]:
    return [name for name in names if name.startswith("grinder-")]
