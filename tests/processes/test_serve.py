"""manage.py serve: one command from nothing to a running monitor, and nothing left behind."""

import os
import re
import signal
import socket
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

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
def site():
    with Fresh() as site:
        yield site


def descendants(pid):
    """Process ids of all children and their children."""
    children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return children + [grandchild for child in children for grandchild in descendants(child)]


def is_gone(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def names(pid):
    commands = {child: Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0") for child in descendants(pid)}
    return {command[2]: child for child, command in commands.items() if len(command) > 2}


def test_from_nothing_to_a_running_page_and_back(site):
    site.serve()
    log = site.log("serve")
    assert f"loadmon is running: {site.url}/" in log
    assert f"Made a new database in {site.data / 'loadmon.sqlite3'}.\n" in log
    assert 'Made the administrator "admin"' in log
    status, headers, _ = site.request("GET", "/")
    assert status == 200
    assert "default-src 'none'" in headers["content-security-policy"]
    until(lambda: site.request("GET", "/healthz")[0] == 200, "health")
    children = descendants(site.processes["serve"].pid)
    assert len(children) == 3
    assert site.kill("serve", signal.SIGINT) == 0
    assert all(is_gone(child) for child in children)
    assert "Traceback" not in site.log("serve")


def test_a_new_database_where_there_was_one_before_is_warned_of(site):
    (site.data / "sampler-testhost.lock").touch()
    site.serve()
    assert f"There was one before, for {site.data / 'sampler-testhost.lock'} is there" in site.log("serve")


@pytest.mark.parametrize("command", ["serve", "migrate"])
def test_no_new_database_is_made_beside_the_log_of_a_lost_one(site, command):
    log = site.data / "loadmon.sqlite3-wal"
    log.write_bytes(b"precious")
    refused = site.manage(command, check=False)
    assert refused.returncode == 3
    assert f"its write-ahead log {log} is there" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert log.read_bytes() == b"precious"
    assert not (site.data / "loadmon.sqlite3").exists()


def test_an_existing_database_is_copied_before_it_is_migrated(site):
    site.manage("migrate", "monitor", "0011", "-v0", "--skip-checks")
    for stamp in ("20200101T000000Z", "20210101T000000Z"):
        (site.data / "backups").mkdir(exist_ok=True)
        (site.data / "backups" / f"before-migrating-{stamp}.sqlite3").touch()
    site.serve()
    old, copy = sorted((site.data / "backups").iterdir())
    assert "2021" in old.name
    assert f"as it was before, it is in {copy}" in site.log("serve")
    newest = "select max(name) from django_migrations where app = 'monitor'"
    assert site.query(newest)[0][0] >= "0012"
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute(newest).fetchone()[0].startswith("0011")


def test_the_login_link_works_exactly_once(site):
    site.serve()
    link = urlsplit(re.search(r"http://\S+sesame=\S+", site.log("serve")).group())
    first = site.request("GET", f"{link.path}?{link.query}")
    assert first[0] == 302
    assert "loadmon_session_" in first[1]["set-cookie"]
    again = site.request("GET", f"{link.path}?{link.query}")
    assert "set-cookie" not in again[1] or "loadmon_session_" not in again[1]["set-cookie"]


def test_the_second_start_has_nothing_left_to_prepare(site):
    site.serve()
    site.kill("serve", signal.SIGINT)
    (site.data / "serve.log").unlink()
    site.serve()
    assert "Collecting static files" not in site.log("serve")
    assert "Made the administrator" not in site.log("serve")
    assert "Made a new database" not in site.log("serve")
    assert not (site.data / "backups").exists()


def test_secrets_and_data_are_for_the_owner_alone(site):
    site.serve()
    assert site.data.stat().st_mode & 0o077 == 0
    for path in [site.data / "secret_key", site.data / "loadmon.sqlite3", *site.data.glob("*.lock")]:
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_killed_child_is_started_again(site):
    site.serve()
    pid = site.processes["serve"].pid
    until(lambda: site.count() > 0, "a sample")
    sampler = names(pid)[b"runsampler"]
    os.kill(sampler, signal.SIGKILL)
    until(lambda: names(pid).get(b"runsampler") not in (None, sampler), "a new sampler")
    count = site.count()
    until(lambda: site.count() > count, "its samples")
    assert "starting it again" in site.log("serve")


def test_the_notifier_runs_beside_the_sampler(site):
    site.serve()
    until(lambda: site.query("select seen_at from monitor_notifier"), "its sign of life")
    assert b"runnotifier" in names(site.processes["serve"].pid)


def test_serve_killed_outright_leaves_no_child(site):
    site.serve()
    children = descendants(site.processes["serve"].pid)
    site.kill("serve", signal.SIGKILL)
    until(lambda: all(is_gone(child) for child in children), "the end of the children")


def test_a_taken_port_is_a_sentence(site):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", site.port))
        taken.listen()
        result = site.manage("serve", check=False)
    assert result.returncode == 1
    assert f"Port {site.port} on 127.0.0.1 is taken" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("address", ["loclahost", "192.0.2.1"])
def test_an_address_that_is_not_ours_is_a_sentence(site, address):
    site.environment["LOADMON_BIND"] = address
    result = site.manage("serve", check=False)
    assert result.returncode == 1
    assert f"LOADMON_BIND={address} is no address of this machine" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_second_serve_beside_the_first_gives_up_with_the_samplers_sentence(site):
    site.serve()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        site.environment["PORT"] = str(probe.getsockname()[1])
    result = site.manage("serve", check=False)
    assert result.returncode == 1
    assert "already running" in result.stderr
