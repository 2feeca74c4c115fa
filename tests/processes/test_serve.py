"""manage.py serve: one command from nothing to a running monitor, and nothing left behind."""

import json
import os
import re
import signal
import socket
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from tests.stages import doors
from tests.stages.processes import alive, descendants
from tests.stages.servers import ROOT, Site, until

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(
        not (ROOT / "static/vendor/chart.umd.min.js").exists(), reason="make test brings Chart.js in"
    ),
]


class Fresh(Site):
    """A site whose data directory is empty: serve has everything to do."""

    def __enter__(self):
        return self

    def serve(self):
        """Start serve and wait until it says where it runs."""
        self.start("serve", "manage.py", "serve")
        until(lambda: self.alive("serve") and "Stop with Ctrl-C" in self.log("serve"), "serve", 60)


@pytest.fixture
def fresh():
    with Fresh() as fresh:
        yield fresh


def names(pid):
    """The parts of a running `serve`, each with its process id, by the word after manage.py."""
    return {command[2]: child for child, command in descendants(pid).items() if len(command) > 2}


def test_from_nothing_to_a_running_page_and_back(fresh):
    fresh.serve()
    log = fresh.log("serve")
    assert f"loadmon is running: {fresh.url}/" in log
    assert f"Made a new database in {fresh.data / 'loadmon.sqlite3'}.\n" in log
    assert 'Made the administrator "admin"' in log
    status, headers, _ = fresh.request("GET", "/")
    assert status == 200
    assert "default-src 'none'" in headers["content-security-policy"]
    until(lambda: fresh.request("GET", "/healthz")[0] == 200, "health")
    children = descendants(fresh.processes["serve"].pid)
    assert len(children) == 3
    assert fresh.kill("serve", signal.SIGINT) == 0
    assert not any(alive(child) for child in children)
    assert "Traceback" not in fresh.log("serve")


def test_a_new_database_where_there_was_one_before_is_warned_of(fresh):
    (fresh.data / "sampler-testhost.lock").touch()
    fresh.serve()
    assert f"There was one before, for {fresh.data / 'sampler-testhost.lock'} is there" in fresh.log("serve")


@pytest.mark.parametrize("command", ["serve", "migrate"])
def test_no_new_database_is_made_beside_the_log_of_a_lost_one(fresh, command):
    log = fresh.data / "loadmon.sqlite3-wal"
    log.write_bytes(b"precious")
    refused = fresh.manage(command, check=False)
    assert refused.returncode == 3
    assert f"its write-ahead log {log} is there" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert log.read_bytes() == b"precious"
    assert not (fresh.data / "loadmon.sqlite3").exists()


def test_an_existing_database_is_copied_before_it_is_migrated(fresh):
    fresh.manage("migrate", "monitor", "0011", "-v0", "--skip-checks")
    for stamp in ("20200101T000000Z", "20210101T000000Z"):
        (fresh.data / "backups").mkdir(exist_ok=True)
        (fresh.data / "backups" / f"before-migrating-{stamp}.sqlite3").touch()
    fresh.serve()
    old, copy = sorted((fresh.data / "backups").iterdir())
    assert "2021" in old.name
    assert f"as it was before, it is in {copy}" in fresh.log("serve")
    newest = "select max(name) from django_migrations where app = 'monitor'"
    assert fresh.query(newest)[0][0] >= "0012"
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute(newest).fetchone()[0].startswith("0011")


def test_of_thirty_who_press_the_button_of_one_login_link_at_once_one_gets_in(fresh):
    fresh.serve()
    link = re.search(r"http://\S+sesame=\S+", fresh.log("serve")).group()
    status, headers, fields = doors.opened(fresh, link)
    assert status == 200
    with ThreadPoolExecutor(30) as pool:
        tries = list(pool.map(lambda _: doors.pressed(fresh, link, headers, fields), range(30)))
    assert sorted(status for status, _ in tries) == [302] + [403] * 29
    assert sum("loadmon_session_" in cookie for _, cookies in tries for cookie in cookies) == 1
    assert fresh.query("select count(*) from django_session") == [(1,)]


def test_the_second_start_has_nothing_left_to_prepare(fresh):
    fresh.serve()
    fresh.kill("serve", signal.SIGINT)
    (fresh.data / "serve.log").unlink()
    fresh.serve()
    assert "Collecting static files" not in fresh.log("serve")
    assert "Made the administrator" not in fresh.log("serve")
    assert "Made a new database" not in fresh.log("serve")
    assert not (fresh.data / "backups").exists()


def test_secrets_and_data_are_for_the_owner_alone(fresh):
    fresh.serve()
    assert fresh.data.stat().st_mode & 0o077 == 0
    for path in [fresh.data / "secret_key", fresh.data / "loadmon.sqlite3", *fresh.data.glob("*.lock")]:
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_killed_child_is_started_again(fresh):
    fresh.serve()
    pid = fresh.processes["serve"].pid
    until(lambda: fresh.count() > 0, "a sample")
    sampler = names(pid)["runsampler"]
    os.kill(sampler, signal.SIGKILL)
    until(lambda: names(pid).get("runsampler") not in (None, sampler), "a new sampler")
    count = fresh.count()
    until(lambda: fresh.count() > count, "its samples")
    assert "starting it again" in fresh.log("serve")


def test_a_part_that_keeps_dying_is_told_and_the_others_live(fresh):
    fresh.serve()
    pid = fresh.processes["serve"].pid
    others = {name: child for name, child in names(pid).items() if name != "runsampler"}

    def killed() -> bool:
        sampler = names(pid).get("runsampler")
        if sampler:
            os.kill(sampler, signal.SIGKILL)
        return len(fresh.json("/api/v1/status")["parts"]) == 1

    until(lambda: fresh.count() > 0, "a sample", 60)
    until(killed, "a sampler that is told", 60)
    page = fresh.request("GET", "/")[2].decode()
    assert "The sampler keeps ending: " in page
    status, _, body = fresh.request("GET", "/healthz")
    assert (status, "The sampler keeps ending: " in json.loads(body)["error"]) == (503, True)
    (part,) = fresh.json("/api/v1/status")["parts"]
    assert "the last time by SIGKILL" in part["sentence"]
    assert part["said"] is None
    assert "The sampler keeps ending" in fresh.manage("doctor", check=False).stdout
    (web,) = [child for name, child in others.items() if name != "runnotifier"]
    assert {child for child, _ in descendants(pid).items()} >= {web, others["runnotifier"]}
    os.kill(web, signal.SIGKILL)
    until(lambda: "the web server ended by SIGKILL" in fresh.log("serve"), "its end", 60)
    until(fresh._listens, "the web server again", 60)
    assert names(pid)["runnotifier"] == others["runnotifier"]


def test_the_notifier_runs_beside_the_sampler(fresh):
    fresh.serve()
    until(lambda: fresh.query("select seen_at from monitor_notifier"), "its sign of life")
    assert "runnotifier" in names(fresh.processes["serve"].pid)


def test_serve_killed_outright_leaves_no_child(fresh):
    fresh.serve()
    children = descendants(fresh.processes["serve"].pid)
    fresh.kill("serve", signal.SIGKILL)
    until(lambda: not any(alive(child) for child in children), "the end of the children")


def test_a_taken_port_is_a_sentence(fresh):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", fresh.port))
        taken.listen()
        result = fresh.manage("serve", check=False)
    assert result.returncode == 1
    assert f"Port {fresh.port} on 127.0.0.1 is taken" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("address", ["loclahost", "192.0.2.1"])
def test_an_address_that_is_not_ours_is_a_sentence(fresh, address):
    fresh.environment["LOADMON_BIND"] = address
    result = fresh.manage("serve", check=False)
    assert result.returncode == 1
    assert f"LOADMON_BIND={address} is no address of this machine" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_second_serve_beside_the_first_gives_up_with_the_samplers_sentence(fresh):
    fresh.serve()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        fresh.environment["PORT"] = str(probe.getsockname()[1])
    result = fresh.manage("serve", check=False)
    assert result.returncode == 1
    assert "already running" in result.stderr
