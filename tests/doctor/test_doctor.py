"""manage.py doctor: every part is told as well, as a warning or as a failure, each with what to do."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.utils import timezone

from monitor.doctor import configuration, database, handshake, layer, machine, notifier, sampler, web
from monitor.doctor.child import ChildFailed
from monitor.doctor.finding import Examination, Finding, Level, examine, ok
from monitor.history.models import Sample
from monitor.hosts.models import Host
from monitor.management.commands.doctor import probe, summary
from monitor.notifications.models import Notifier, Receiver
from monitor.rules.models import Rule
from tests.factories import make_receiver, make_samples
from tests.stages.outbox import Stage
from tests.stages.servers import Site

OK, WARNING, FAILURE = Level.OK, Level.WARNING, Level.FAILURE


def levels(found: list[Finding]) -> list[Level]:
    """The levels; whatever is not well must come with a remedy."""
    assert all(finding.remedy for finding in found if finding.level is not OK)
    return [finding.level for finding in found]


def only(found: list[Finding]) -> Finding:
    """The one finding there is."""
    (finding,) = found
    assert finding.level is OK or finding.remedy
    return finding


# The frame


def test_an_examination_that_breaks_is_a_failure_in_one_line() -> None:
    def look() -> Iterator[Finding]:
        yield ok("part", "half of it")
        raise OSError(5, "Input/output\nerror")

    half, broken = examine(Examination("part", look))
    assert half.level is OK
    assert (broken.level, "\n" in broken.text) == (FAILURE, False)
    assert "OSError" in broken.text


@pytest.mark.parametrize(
    ("found", "line"),
    [
        ([OK], "All is well."),
        ([OK, WARNING], "0 failures, 1 warning."),
        ([FAILURE, FAILURE], "2 failures, 0 warnings."),
    ],
)
def test_the_last_line_counts(found: list[Level], line: str) -> None:
    assert summary(found) == line


@pytest.mark.parametrize(("level", "status"), [(OK, 0), (WARNING, 0), (FAILURE, 1)])
@pytest.mark.parametrize("as_json", [True, False])
def test_only_a_failure_gives_an_exit_status(
    monkeypatch, capsys, level: Level, status: int, as_json: bool
) -> None:
    found = [Finding("part", level, "It is so.", "Do this.")]
    monkeypatch.setattr("monitor.doctor.findings", lambda: iter(found))
    try:
        call_command("doctor", json=as_json)
        ended = 0
    except SystemExit as error:
        ended = error.code
    said = capsys.readouterr().out
    assert ended == status
    assert "It is so." in said
    assert "Do this." in said
    if as_json:
        assert json.loads(said)["ok"] is (status == 0)


# Settings


@pytest.mark.django_db
def test_each_system_check_message_becomes_a_finding(settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    found = configuration.settings_are_right()
    assert any("monitor.E004" in finding.text and finding.level is FAILURE for finding in found)
    assert run_checks()


@pytest.mark.django_db
def test_a_site_without_an_administrator_is_told(django_user_model) -> None:
    assert only(configuration.somebody_can_log_in()).level is WARNING
    django_user_model.objects.create_superuser("ada")
    assert "ada" in only(configuration.somebody_can_log_in()).text


# Notifier


@pytest.mark.django_db
def test_an_installation_that_tells_nobody_is_well_and_says_so() -> None:
    told = only(notifier.messages_are_delivered())
    assert told.level is OK
    assert "Nobody is told" in told.text


@pytest.mark.django_db
def test_receivers_without_a_notifier_are_told() -> None:
    make_receiver()
    assert "no notifier has run yet" in only(notifier.messages_are_delivered()).text
    Notifier.objects.create(pk=1, seen_at=timezone.now() - timedelta(minutes=10))
    told = only(notifier.messages_are_delivered())
    assert (told.level, "last seen 10 min" in told.text) == (WARNING, True)


@pytest.mark.django_db
def test_a_notifier_that_was_seen_before_the_clock_was_set_back_is_told() -> None:
    make_receiver()
    Notifier.objects.create(pk=1, seen_at=timezone.now() + timedelta(hours=1))
    told = only(notifier.messages_are_delivered())
    assert (told.level, "before the clock was set back" in told.text) == (WARNING, True)


@pytest.mark.django_db
def test_a_notifier_that_runs_is_well_unless_messages_wait() -> None:
    make_receiver()
    Notifier.objects.create(pk=1, seen_at=timezone.now())
    assert only(notifier.messages_are_delivered()).level is OK
    Stage().fire(timezone.now() - timedelta(hours=2))
    assert "more than an hour: 1" in only(notifier.messages_are_delivered()).text


@pytest.mark.django_db
def test_a_receiver_that_fails_is_named() -> None:
    assert only(notifier.receivers_are_well()).level is OK
    make_receiver("pager", failing_since=timezone.now(), failure="HTTP 500")
    told = only(notifier.receivers_are_well())
    assert (told.level, "pager" in told.text, "HTTP 500" in told.text) == (WARNING, True, True)


@pytest.mark.django_db
def test_the_heartbeat_is_told_where_it_is_wanted(settings) -> None:
    assert notifier.the_heartbeat_gets_through() == []
    settings.LOADMON_HEARTBEAT_URL = "https://example.org/secret"
    now = timezone.now()
    assert only(notifier.the_heartbeat_gets_through()).level is WARNING
    Notifier.objects.create(pk=1, heartbeat_at=now)
    assert only(notifier.the_heartbeat_gets_through()).level is OK
    Notifier.objects.update(heartbeat_failure="The other side answered HTTP 500.")
    assert "HTTP 500" in only(notifier.the_heartbeat_gets_through()).text
    Notifier.objects.update(heartbeat_failure="", heartbeat_at=now - timedelta(hours=1))
    assert only(notifier.the_heartbeat_gets_through()).level is WARNING


# Database


@pytest.mark.parametrize(
    ("release", "noted"),
    [
        ("3.6.23", False), ("3.40.1", True), ("3.44.5", True), ("3.44.6", False), ("3.45.0", True), ("3.50.6", True),
        ("3.50.7", False), ("3.51.2", True), ("3.51.3", False), ("3.52.0", False),
    ],
)  # fmt: skip
def test_the_sqlite_versions_with_the_rare_bug_are_noted(release: str, noted: bool) -> None:
    assert ("WAL-reset" in database._known_bug(release)) is noted


@pytest.mark.django_db
def test_a_rule_that_cannot_work_is_told() -> None:
    Rule.objects.filter(name="CPU").update(metric="gone")
    assert only(database.its_rules_can_work()).level is FAILURE


@pytest.mark.django_db
def test_a_receiver_that_no_mail_can_reach_is_told(settings) -> None:
    settings.EMAIL_HOST, settings.LOADMON_URL = "", "https://load.example.org"
    assert only(database.its_receivers_can_be_reached()).level is OK
    Receiver.objects.create(name="ops", kind="email", address="ann@example.org")
    assert only(database.its_receivers_can_be_reached()).level is WARNING


@pytest.mark.django_db
@pytest.mark.parametrize(("answer", "level"), [({"newest_id": None}, OK), ({"newest_id": 7}, FAILURE)])
def test_a_second_process_that_sees_other_samples_is_a_failure(
    monkeypatch, answer: dict, level: Level
) -> None:
    monkeypatch.setattr(database.child, "ask", lambda *arguments: answer)
    assert only(database.a_second_process_sees_the_same()).level is level


@pytest.mark.django_db
def test_a_second_process_that_fails_is_quoted(monkeypatch) -> None:
    def fail(*arguments: str) -> None:
        raise ChildFailed("unable to open database file")

    monkeypatch.setattr(database.child, "ask", fail)
    assert "unable to open database file" in only(database.a_second_process_sees_the_same()).text


# Live events


@pytest.fixture
def in_place_of_a_child(monkeypatch) -> None:
    """The second process's part, done in a thread of this one."""
    monkeypatch.setattr(layer.child, "ask", probe)


def test_a_layer_that_delivers_is_well(settings, in_place_of_a_child) -> None:
    assert levels(layer.messages_arrive()) == [OK, OK]


def test_a_layer_that_stays_within_its_process_is_a_failure(settings, monkeypatch) -> None:
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    monkeypatch.setattr(layer, "OWN_SECONDS", 0.05)
    monkeypatch.setattr(layer.child, "ask", lambda *arguments: {})  # it sent, but only to itself
    own, other = layer.messages_arrive()
    assert (own.level, other.level) == (OK, FAILURE)
    assert "does not arrive here" in other.text


def test_a_redis_that_is_down_is_a_failure_with_a_remedy(settings) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"redis://127.0.0.1:{closed.getsockname()[1]}"
        backend = "channels_redis.pubsub.RedisPubSubChannelLayer"
        settings.CHANNEL_LAYERS = {"default": {"BACKEND": backend, "CONFIG": {"hosts": [url]}}}
        finding = only(layer.messages_arrive())
    assert finding.level is FAILURE
    assert "REDIS_URL" in finding.remedy


# Sampler and clock


@pytest.fixture
def sampled(db, settings, monkeypatch):
    """Let the newest sample be so many seconds old, with or without a sampler that runs."""

    def arrange(age: float, held: bool = True, interval: float = 1.0) -> None:
        host = Host.objects.create(name=settings.LOADMON_HOST_NAME, interval=interval)
        Sample.objects.create(host=host, taken_at_ms=round((time.time() - age) * 1000), covered_ms=1000)
        monkeypatch.setattr(sampler.lock, "is_held", lambda path: held)
        monkeypatch.setattr(sampler.lock, "holder_of", lambda path: "4711")

    return arrange


@pytest.mark.django_db
def test_a_host_that_was_never_sampled_is_a_warning() -> None:
    assert only(sampler.samples_are_fresh()).level is WARNING


@pytest.mark.parametrize(
    ("age", "held", "interval", "level", "word"),
    [
        (1, True, 1.0, OK, "Process 4711 samples every 1 s"),
        (100, True, 60.0, OK, "1 min 40 s old"),
        (100, True, 1.0, FAILURE, "Process 4711 runs, but"),
        (100, False, 1.0, WARNING, "No sampler runs"),
        (1, False, 1.0, WARNING, "but no sampler"),
    ],
)
def test_the_sampler_is_judged_by_its_lock_and_its_newest_sample(
    sampled, age, held, interval, level, word
) -> None:
    sampled(age, held, interval)
    finding = only(sampler.samples_are_fresh())
    assert finding.level is level
    assert word in finding.text


@pytest.mark.django_db
def test_samples_from_before_the_clock_was_set_back_hide_no_silence(sampled, settings) -> None:
    sampled(-3600)
    finding = only(sampler.samples_are_fresh())
    assert finding.level is FAILURE
    assert finding.text == "Process 4711 runs, but the newest sample is from before the clock was set back."
    host = Host.objects.get(name=settings.LOADMON_HOST_NAME)
    make_samples(host, 1, end_ms=round(time.time() * 1000) - 100_000)
    assert "1 min 40 s old" in only(sampler.samples_are_fresh()).text


@pytest.mark.parametrize(("age", "level"), [(1, OK), (-3600, WARNING)])
def test_a_sample_from_the_future_betrays_the_clock(sampled, age: float, level: Level) -> None:
    sampled(age)
    assert only(sampler.the_clock_makes_sense()).level is level


def test_a_clock_in_the_last_century_is_a_failure(monkeypatch) -> None:
    monkeypatch.setattr(sampler.time, "time", lambda: 86400.0)
    finding = only(sampler.the_clock_makes_sense())
    assert finding.level is FAILURE
    assert "1970-01-02" in finding.text


# Machine


def test_the_cores_come_with_their_reason() -> None:
    finding = only(machine.cores_are_known())
    assert finding.level is OK
    assert "effective (" in finding.text


@pytest.mark.parametrize(("there", "level"), [(True, OK), (False, WARNING)])
def test_a_kernel_without_pressure_is_told(monkeypatch, tmp_path: Path, there: bool, level: Level) -> None:
    path = tmp_path / "cpu"
    if there:
        path.write_text("some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n")
    monkeypatch.setattr(machine, "PRESSURE", path)
    assert only(machine.pressure_is_told()).level is level


@pytest.mark.parametrize(("user", "level"), [(0, WARNING), (1000, OK)])
def test_root_is_told_that_it_is_too_much(monkeypatch, user: int, level: Level) -> None:
    monkeypatch.setattr(machine.os, "geteuid", lambda: user)
    assert only(machine.rights_are_few()).level is level


@pytest.mark.parametrize(
    ("soft", "hard", "level", "word"),
    [
        (1024, 4096, OK, "about 824 dashboards"),
        (4096, 4096, OK, "Up to 4096 may be open."),
        (1024, 1024, WARNING, "1024"),
    ],
)
def test_open_files_are_counted_in_dashboards(monkeypatch, soft, hard, level, word: str) -> None:
    monkeypatch.setattr(machine.resource, "getrlimit", lambda which: (soft, hard))
    finding = only(machine.files_can_be_opened())
    assert finding.level is level
    assert word in finding.text


# Web


@pytest.fixture
def answering(settings):
    """A server on the port of the settings that answers every connection with the same bytes."""
    listener = socket.create_server(("127.0.0.1", 0))
    settings.LOADMON_PORT = listener.getsockname()[1]
    threads: list[threading.Thread] = []

    def answer(data: bytes) -> None:
        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65_536)
                    connection.sendall(data)

        threads.append(threading.Thread(target=serve, daemon=True))
        threads[-1].start()

    yield answer
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    for thread in threads:
        thread.join(5)


def test_a_server_that_does_not_run_is_a_warning(settings) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings.LOADMON_PORT = closed.getsockname()[1]
        finding = only(web.the_server_answers())
    assert finding.level is WARNING
    assert "No web server listens" in finding.text


def test_another_server_on_the_port_is_a_failure(answering) -> None:
    answering(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
    assert "that is not this loadmon" in only(web.the_server_answers()).text


@pytest.mark.parametrize("data", [b"SSH-2.0-OpenSSH_9.2\r\n", b"", b"\0" * 100])
def test_something_that_is_no_web_server_is_a_failure(answering, data: bytes) -> None:
    answering(data)
    assert "does not answer" in only(web.the_server_answers()).text


def test_a_proxy_that_does_not_upgrade_is_a_failure(answering) -> None:
    answering(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    server, socket_, origin = web.the_server_answers()
    assert (server.level, socket_.level, origin.level) == (OK, FAILURE, FAILURE)
    assert "refused with 200" in socket_.text


def test_behind_https_the_doctor_speaks_as_the_proxy_does(settings) -> None:
    settings.LOADMON_HTTPS, settings.ALLOWED_HOSTS = True, ["localhost", "load.example"]
    assert web.site() == ("load.example", "https://load.example")
    assert web._as_proxy()["X-Forwarded-Proto"] == "https"


@pytest.mark.parametrize(
    ("bind", "address"), [("0.0.0.0", "127.0.0.1"), ("::", "::1"), ("192.0.2.1", "192.0.2.1")]
)
def test_the_doctor_goes_where_the_server_listens(settings, bind: str, address: str) -> None:
    settings.LOADMON_BIND = bind
    assert web.where() == (address, settings.LOADMON_PORT)


def read(data: bytes) -> handshake.Answer:
    """The first frame in `data`."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(data)
        theirs.shutdown(socket.SHUT_WR)
        return handshake.read_frame(handshake.Reader(ours, 5))


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (b"\x81\x02{}", handshake.Answer(101, "{}")),
        (b"\x89\x00\x81\x01a", handshake.Answer(101, "a")),
        (b"\x81\x7e\x01\x00" + b"x" * 256, handshake.Answer(101, "x" * 256)),
        (b"\x81\x7f" + (70_000).to_bytes(8, "big") + b"y" * 70_000, handshake.Answer(101, "y" * 70_000)),
        (b"\x88\x06\x11\x31Gone", handshake.Answer(101, "Gone", 4401)),
        (b"\x88\x00", handshake.Answer(101, "", 1005)),
    ],
)
def test_frames_are_read_as_the_standard_has_them(data: bytes, answer: handshake.Answer) -> None:
    assert read(data) == answer


@pytest.mark.parametrize("data", [b"", b"\x81", b"\x81\x05abc", b"\x81\x81aaaab", b"\x81\x7f" + b"\xff" * 8])
def test_a_broken_frame_is_no_answer(data: bytes) -> None:
    with pytest.raises(handshake.BadAnswer):
        read(data)


def test_the_accept_key_is_that_of_the_standard() -> None:
    assert handshake.accept_of(b"dGhlIHNhbXBsZSBub25jZQ==") == b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


# A whole installation


@pytest.fixture(scope="module")
def installation() -> Iterator[Site]:
    """One installation for the tests below, none of which changes it for the others."""
    with Site() as site:
        yield site


def doctor(site: Site, *arguments: str) -> tuple[int, dict[str, list[tuple[str, str]]]]:
    """Exit status, and what is said by part: (level, text)."""
    ran = site.manage("doctor", "--json", *arguments, check=False)
    assert "Traceback" not in ran.stderr
    said: dict[str, list[tuple[str, str]]] = {}
    for finding in json.loads(ran.stdout)["findings"]:
        said.setdefault(finding["name"], []).append((finding["level"], finding["text"]))
    return ran.returncode, said


@pytest.mark.processes
def test_a_running_installation_is_well_from_end_to_end() -> None:
    with Site() as site:
        site.start_sampler()
        site.start_web()
        status, said = doctor(site)
    assert status == 0
    parts = ("database", "journal", "integrity", "migrations", "rules", "second view", "live events", "sampler",
             "clock", "web server", "websocket", "origin")  # fmt: skip
    assert {name: [level for level, _ in said[name]] for name in parts} == {
        name: ["ok", "ok"] if name == "live events" else ["ok"] for name in parts
    }
    assert "the greeting came" in said["websocket"][0][1]


@pytest.mark.processes
def test_a_view_that_needs_a_login_is_well_too() -> None:
    with Site(LOADMON_PUBLIC="no") as site:
        site.start_web()
        _, said = doctor(site)
    assert said["websocket"] == [("ok", said["websocket"][0][1])]
    assert "reading needs a login" in said["websocket"][0][1]


@pytest.mark.processes
def test_under_a_sub_path_the_doctor_finds_its_way() -> None:
    with Site(LOADMON_BASE_PATH="/load") as site:
        site.start_web()
        _, said = doctor(site)
    assert [level for name in ("web server", "websocket", "origin") for level, _ in said[name]] == ["ok"] * 3


@pytest.mark.processes
def test_an_installation_at_rest_gives_warnings_and_status_0(installation: Site) -> None:
    status, said = doctor(installation)
    assert status == 0
    assert said["sampler"][0][0] == said["web server"][0][0] == "warning"
    assert said["integrity"][0][0] == "ok"


@pytest.mark.processes
def test_people_get_the_same_in_lines(installation: Site) -> None:
    ran = installation.manage("doctor")
    assert "ok       integrity      PRAGMA quick_check finds nothing wrong." in ran.stdout
    assert ran.stdout.splitlines()[-1].startswith("0 failures, ")


@pytest.mark.processes
def test_a_missing_database_is_a_failure_and_is_not_made(tmp_path: Path, installation: Site) -> None:
    installation.environment["LOADMON_DATA_DIR"] = str(tmp_path / "empty")
    try:
        status, said = doctor(installation)
    finally:
        installation.environment["LOADMON_DATA_DIR"] = str(installation.data)
    assert status == 1
    assert "is missing" in said["database"][0][1]
    assert not list((tmp_path / "empty").glob("*.sqlite3*"))


@pytest.mark.processes
def test_a_damaged_database_is_a_failure_with_a_way_out() -> None:
    with Site() as site:
        file = site.data / "loadmon.sqlite3"
        pages = file.stat().st_size // 4096
        with open(file, "r+b") as damaged:
            for page in range(pages // 2, pages):
                damaged.seek(page * 4096)
                damaged.write(os.urandom(4096))
        status, said = doctor(site)
    assert status == 1
    assert "failure" in [level for name in ("database", "integrity") for level, _ in said.get(name, [])]


@pytest.mark.processes
def test_a_file_that_is_no_database_is_a_failure() -> None:
    with Site() as site:
        for file in site.data.glob("loadmon.sqlite3*"):
            file.unlink()
        (site.data / "loadmon.sqlite3").write_text("not a database")
        status, said = doctor(site)
    assert status == 1
    assert "is not a SQLite database" in said["database"][0][1]


def test_a_child_that_fails_is_told_by_its_last_line(monkeypatch) -> None:
    ran = SimpleNamespace(returncode=1, stdout="", stderr="Traceback\n  x\nOSError: no room\n")
    monkeypatch.setattr(database.child.subprocess, "run", lambda *arguments, **options: ran)
    with pytest.raises(ChildFailed, match="OSError: no room"):
        database.child.ask("view")
