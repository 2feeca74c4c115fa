"""The system checks: each fires on its fault, and all are silent on the shipped settings."""

from __future__ import annotations

import io
import os
import resource
import sqlite3
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings as django_settings
from django.core import checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from monitor.checks import TAG, database, host, web
from monitor.collectors.domain.cores import EffectiveCores
from monitor.live.hub import MOST_VIEWERS
from monitor.rules.models import Rule
from tests.factories import make_host

STRONG = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
IN_MEMORY_LAYER = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
EXPOSED = {"LOADMON_BIND": "192.0.2.1"}
HTTPS = {
    "LOADMON_HTTPS": True,
    "SECURE_HSTS_SECONDS": 1,
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
}


def redis_layer(host: str | dict) -> dict:
    """CHANNEL_LAYERS as REDIS_URL makes it."""
    backend = "channels_redis.pubsub.RedisPubSubChannelLayer"
    return {"CHANNEL_LAYERS": {"default": {"BACKEND": backend, "CONFIG": {"hosts": [host]}}}}


def ids(messages: list[checks.CheckMessage]) -> list[str]:
    """The ids, without their prefix; every message must come with a remedy."""
    assert all(message.hint for message in messages)
    return [str(message.id).removeprefix("monitor.") for message in messages]


@pytest.fixture
def private(settings, monkeypatch, tmp_path: Path) -> Path:
    """A data directory as loadmon makes it: private, with a key, before the first migration."""
    path = tmp_path / "data"
    path.mkdir(mode=0o700)
    settings.LOADMON_DATA_DIR = path
    database = {**settings.DATABASES["default"], "NAME": str(path / "loadmon.sqlite3")}
    monkeypatch.setitem(django_settings.DATABASES, "default", database)
    settings.STATIC_ROOT = path / "static"
    settings.PASSWORD_HASHERS = STRONG  # the test settings hash fast instead
    return path


def make(path: Path, mode: int = 0o600) -> Path:
    """A file of that mode, with its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    path.chmod(mode)
    return path


# Settings and host

FAULTS = [
    ("E001", web.debug_is_for_this_machine_only, {"DEBUG": True, **EXPOSED}),
    ("E002", web.the_secret_key_is_secret, {"SECRET_KEY": "short"}),
    ("E002", web.the_secret_key_is_secret, {"SECRET_KEY": "django-insecure-" + "x" * 60}),
    ("E003", web.a_browser_can_reach_us, {"ALLOWED_HOSTS": []}),
    ("E003", web.a_browser_can_reach_us, {"ALLOWED_HOSTS": ["localhost", "[::1]"], **EXPOSED}),
    ("E004", web.host_names_are_named, {"ALLOWED_HOSTS": ["localhost", "*"]}),
    ("E005", web.public_means_on_purpose, {"LOADMON_PUBLIC": "yes", **EXPOSED}),
    ("W009", web.strangers_need_https, EXPOSED),
    ("W010", web.https_is_complete, {**HTTPS, "SESSION_COOKIE_SECURE": False}),
    ("W010", web.https_is_complete, {**HTTPS, "ALLOWED_HOSTS": ["localhost"]}),
    ("W011", web.only_a_proxy_speaks_for_https, {"SECURE_PROXY_SSL_HEADER": ("X", "https"), **EXPOSED}),
    ("E012", web.the_walls_stand, {"MIDDLEWARE": []}),
    ("E012", web.the_walls_stand, {"MIDDLEWARE": list(reversed(web.IN_THIS_ORDER))}),
    ("E012", web.the_walls_stand, {"AUTHENTICATION_BACKENDS": ["django.contrib.auth.backends.ModelBackend"]}),
    ("E012", web.the_walls_stand, {"AXES_HANDLER": "axes.handlers.database.AxesDatabaseHandler"}),
    ("E023", host.live_events_cross_processes, {"CHANNEL_LAYERS": IN_MEMORY_LAYER}),
    ("E025", host.times_are_utc, {"USE_TZ": False}),
    ("E031", host.redis_keeps_idle_sockets, redis_layer("redis://127.0.0.1")),
    ("W032", host.redis_is_locked, redis_layer("redis://192.0.2.7:6379/0")),
    ("W032", host.redis_is_locked, redis_layer({"address": "redis://192.0.2.7"})),
    ("W036", web.strangers_start_no_load, {"LOADMON_LOADTEST": "yes", **EXPOSED}),
    ("W040", web.passwords_are_kept_well, {"PASSWORD_HASHERS": ["x.MD5PasswordHasher"]}),
    ("W040", web.passwords_are_kept_well, {"AUTH_PASSWORD_VALIDATORS": []}),
]


@pytest.fixture
def redis_8(monkeypatch) -> None:
    """The pair of packages that does not go together."""
    monkeypatch.setattr(host, "version", {"redis": "8.1.0", "channels-redis": "4.3.0"}.get)


def test_a_quota_of_a_container_is_warned_of(monkeypatch) -> None:
    monkeypatch.setattr(host, "effective_cores", lambda: EffectiveCores(0.5, "container: 0.5 of 32"))
    [message] = host.cores_are_those_of_the_machine()
    assert (message.id, "container: 0.5 of 32" in message.msg) == ("monitor.W034", True)
    monkeypatch.setattr(host, "effective_cores", lambda: EffectiveCores(4.0, "affinity: 4 of 32"))
    assert host.cores_are_those_of_the_machine() == []


@pytest.mark.parametrize(("number", "check", "wrong"), FAULTS)
def test_a_fault_of_the_settings_is_found(
    settings, private, redis_8, number: str, check, wrong: dict
) -> None:
    for name, value in wrong.items():
        setattr(settings, name, value)
    assert ids(check()) == [number]


@pytest.mark.parametrize(
    ("check", "right"),
    [
        (web.debug_is_for_this_machine_only, {"DEBUG": True}),
        (web.a_browser_can_reach_us, {"ALLOWED_HOSTS": ["load.lan"], **EXPOSED}),
        (web.a_browser_can_reach_us, {"ALLOWED_HOSTS": [], "DEBUG": True}),
        (web.public_means_on_purpose, {"LOADMON_PUBLIC": "yes"}),
        (web.public_means_on_purpose, {"LOADMON_PUBLIC": "no", **EXPOSED}),
        (web.strangers_need_https, {**HTTPS, **EXPOSED}),
        (web.strangers_need_https, {"LOADMON_BIND": "::1"}),
        (web.https_is_complete, {**HTTPS, "ALLOWED_HOSTS": ["localhost", "load.lan"]}),
        (web.https_is_complete, {**HTTPS, "LOADMON_TRUSTED_ORIGINS": ["https://load.lan"]}),
        (web.only_a_proxy_speaks_for_https, {"SECURE_PROXY_SSL_HEADER": ("X", "https")}),
        (web.strangers_start_no_load, {"LOADMON_LOADTEST": "yes"}),
        (web.strangers_start_no_load, {"LOADMON_LOADTEST": "auto", **EXPOSED}),
        (
            host.redis_keeps_idle_sockets,
            redis_layer({"address": "redis://127.0.0.1", "socket_timeout": None}),
        ),
        (host.redis_is_locked, redis_layer("redis://127.0.0.1")),
        (host.redis_is_locked, redis_layer("redis://:secret@192.0.2.7")),
        (host.redis_is_locked, redis_layer("unix:///run/redis.sock")),
    ],
)
def test_what_is_right_is_not_complained_about(settings, private, redis_8, check, right: dict) -> None:
    for name, value in right.items():
        setattr(settings, name, value)
    assert check() == []


def test_public_on_purpose_is_believed(settings, monkeypatch) -> None:
    settings.LOADMON_PUBLIC, settings.LOADMON_BIND = "yes", "192.0.2.1"
    monkeypatch.setenv("LOADMON_PUBLIC", "YES")
    assert web.public_means_on_purpose() == []


@pytest.mark.parametrize(("mode", "found"), [(0o644, ["E002"]), (0o600, [])])
def test_a_key_that_others_can_read_is_found(private, mode: int, found: list[str]) -> None:
    make(private / "secret_key", mode)
    assert ids(web.the_secret_key_is_secret()) == found


@pytest.mark.parametrize(("installed", "found"), [("4.2.1", ["E008"]), ("4.2.2", []), ("5.0", [])])
def test_an_old_daphne_is_found(monkeypatch, installed: str, found: list[str]) -> None:
    monkeypatch.setattr(web, "version", lambda package: installed)
    assert ids(web.daphne_is_safe()) == found


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"ATOMIC_REQUESTS": True}, ["E013"]),
        ({"OPTIONS": {}}, ["E013"]),
        ({"OPTIONS": {}, "ENGINE": "django.db.backends.postgresql"}, []),
    ],
)
def test_sqlite_is_set_up_to_write_at_once(monkeypatch, change: dict, found: list[str]) -> None:
    databases = django_settings.DATABASES
    monkeypatch.setitem(databases, "default", {**databases["default"], **change})
    assert ids(host.sqlite_writes_begin_at_once()) == found


@pytest.mark.parametrize(
    ("pragma", "found"),
    [("synchronous=NORMAL", []), ("synchronous = 2", []), ("synchronous=OFF", ["W015"]), ("", ["W015"])],
)
def test_sqlite_without_any_sync_is_found(monkeypatch, pragma: str, found: list[str]) -> None:
    options = {"init_command": f"PRAGMA journal_mode=WAL;PRAGMA {pragma};"}
    databases = django_settings.DATABASES
    monkeypatch.setitem(databases, "default", {**databases["default"], "OPTIONS": options})
    assert ids(host.sqlite_survives_a_power_cut()) == found


@pytest.mark.parametrize(
    ("folder", "file", "found"), [(0o700, 0o600, []), (0o755, 0o600, ["W017"]), (0o700, 0o640, ["W017"])]
)
def test_data_that_others_can_read_is_found(private, folder: int, file: int, found: list[str]) -> None:
    make(private / "loadmon.sqlite3", file)
    private.chmod(folder)
    assert ids(host.the_data_is_private()) == found


@pytest.mark.parametrize(("free", "size", "found"), [(199, 0, ["W021"]), (201, 0, []), (300, 160, ["W021"])])
def test_a_disk_that_is_nearly_full_is_found(monkeypatch, private, free, size, found) -> None:
    os.truncate(make(private / "loadmon.sqlite3"), size * 1_000_000)
    monkeypatch.setattr(host.shutil, "disk_usage", lambda path: SimpleNamespace(free=free * 1_000_000))
    assert ids(host.there_is_room_to_grow()) == found


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("ext4", []), ("overlay", []), ("tmpfs", []), ("fuseblk", []), ("fuse.fuse-overlayfs", []),
        ("nfs4", ["E022"]), ("cifs", ["E022"]), ("smb3", ["E022"]), ("fuse.sshfs", ["E022"]),
    ],
)  # fmt: skip
def test_a_database_on_the_network_is_found(monkeypatch, private, kind: str, found: list[str]) -> None:
    mounts = private / "mountinfo"
    mounts.write_text(
        "1 0 8:1 / / rw - ext4 /dev/sda rw\n"
        f"2 1 0:5 / {private} rw shared:1 - {kind} x rw\n"
        f"3 1 0:6 / {private}-other rw - nfs x rw\n"
    )
    monkeypatch.setattr(host, "MOUNTS", mounts)
    assert ids(host.the_database_lies_on_this_machine()) == found


def test_without_a_list_of_mounts_nothing_is_claimed(monkeypatch, private) -> None:
    monkeypatch.setattr(host, "MOUNTS", private / "none")
    assert host.the_database_lies_on_this_machine() == []


@pytest.mark.parametrize("zone", ["Mars/Base", "../etc/passwd", ""])
def test_an_unknown_time_zone_is_found(monkeypatch, zone: str) -> None:
    monkeypatch.setattr(host, "settings", SimpleNamespace(USE_TZ=True, TIME_ZONE=zone))
    assert ids(host.times_are_utc()) == ["E025"]


@pytest.mark.parametrize(("hard", "found"), [(1024, ["W026"]), (2200, []), (resource.RLIM_INFINITY, [])])
def test_too_few_open_files_are_found(monkeypatch, hard: int, found: list[str]) -> None:
    monkeypatch.setattr(host.resource, "getrlimit", lambda which: (1024, hard))
    assert ids(host.there_are_files_for_every_viewer()) == found
    assert host.MOST_VIEWERS == MOST_VIEWERS


@pytest.mark.parametrize(
    ("redis", "channels_redis", "found"),
    [("8.0.0", "4.3.0", ["E031"]), ("7.4.1", "4.3.0", []), ("8.0.0", "4.3.1", [])],
)
def test_only_the_broken_pair_of_packages_is_refused(
    settings, monkeypatch, redis, channels_redis, found
) -> None:
    settings.CHANNEL_LAYERS = redis_layer("redis://127.0.0.1")["CHANNEL_LAYERS"]
    monkeypatch.setattr(host, "version", {"redis": redis, "channels-redis": channels_redis}.get)
    assert ids(host.redis_keeps_idle_sockets()) == found


@pytest.mark.parametrize(
    ("there", "debug", "found"),
    [
        ([], False, []),
        (["loadmon.sqlite3"], False, ["W037"]),
        (["loadmon.sqlite3", "source/vendor/chart.umd.min.js"], False, ["W037"]),
        (["loadmon.sqlite3", "source/vendor/chart.umd.min.js"], True, []),
        (["loadmon.sqlite3", "source/vendor/chart.umd.min.js", "static/vendor/chart.umd.min.js"], False, []),
    ],
)
def test_missing_static_files_are_found_once_loadmon_was_started(
    settings, private, there, debug, found
) -> None:
    settings.DEBUG, settings.STATICFILES_DIRS = debug, [private / "source"]
    for name in there:
        make(private / name)
    assert ids(web.static_files_are_there()) == found


# Database


@pytest.fixture
def sqlite_file(monkeypatch, tmp_path: Path) -> Path:
    """The name of a database file that is not there, in place of the test database's."""
    path = tmp_path / "other.sqlite3"
    monkeypatch.setitem(connections["default"].settings_dict, "NAME", str(path))
    return path


def test_database_checks_are_silent_unless_their_database_is_named(sqlite_file) -> None:
    for check in (
        database.the_journal_is_a_wal,
        database.the_database_can_be_written,
        database.migrations_are_done,
    ):
        assert check(databases=None) == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(None, "is missing"), (b"", "is empty"), (b"something else entirely", "is not a SQLite database")],
)
def test_a_file_that_is_no_database_is_found_and_left_alone(sqlite_file, content, sentence: str) -> None:
    if content is not None:
        sqlite_file.write_bytes(content)
    (message,) = checks.run_checks(tags=[checks.Tags.database], databases=["default"])
    assert message.id == "monitor.E016"
    assert sentence in message.msg
    assert (sqlite_file.read_bytes() if sqlite_file.exists() else None) == content


def test_a_file_that_may_not_be_written_is_found(monkeypatch, sqlite_file) -> None:
    sqlite_file.write_bytes(database.SQLITE_HEADER)
    monkeypatch.setattr(database.os, "access", lambda path, mode: False)
    (message,) = database.the_database_can_be_written(databases=["default"])
    assert message.id == "monitor.E016"
    assert f"User {os.getuid()} may not write" in message.msg


def test_migrate_is_not_refused_for_what_it_mends(monkeypatch, sqlite_file) -> None:
    monkeypatch.setattr(sys, "argv", ["manage.py", "migrate"])
    assert checks.run_checks(tags=[checks.Tags.database], databases=["default"]) == []
    sqlite_file.write_bytes(b"something else entirely")
    assert ids(database.the_database_can_be_written(databases=["default"])) == ["E016"]


def test_a_journal_that_is_no_wal_is_found(monkeypatch, sqlite_file) -> None:
    with sqlite3.connect(sqlite_file) as other:
        other.execute("CREATE TABLE t (x)")
    cursor = sqlite3.connect(sqlite_file).cursor()
    monkeypatch.setattr(database, "connections", {"default": FakeConnection(sqlite_file, cursor)})
    assert ids(database.the_journal_is_a_wal(databases=["default"])) == ["E014"]


class FakeConnection:
    """As much of a Django connection as a check needs."""

    def __init__(self, path: Path, cursor: sqlite3.Cursor) -> None:
        self.settings_dict = {"NAME": str(path)}
        self._cursor = cursor

    def cursor(self) -> FakeConnection:
        """Itself: a context that gives the cursor."""
        return self

    def __enter__(self) -> sqlite3.Cursor:
        return self._cursor

    def __exit__(self, *error: object) -> None:
        self._cursor.connection.close()


@pytest.mark.django_db
def test_pending_migrations_are_found() -> None:
    newest = sorted(name for app, name in MigrationLoader(connection).graph.leaf_nodes() if app == "monitor")[
        -1
    ]
    MigrationRecorder(connection).record_unapplied("monitor", newest)
    (message,) = database.migrations_are_done(databases=["default"])
    assert message.id == "monitor.E018"
    assert f"monitor.{newest}" in message.msg


@pytest.mark.django_db
def test_a_database_of_a_newer_loadmon_is_found() -> None:
    MigrationRecorder(connection).record_applied("monitor", "0099_from_the_future")
    (message,) = database.migrations_are_done(databases=["default"])
    assert message.id == "monitor.E018"
    assert "monitor.0099_from_the_future is not known here" in message.msg


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"metric": "gone"}, "there is no metric 'gone'"),
        ({"window_seconds": 99999}, "Give at most 3600 seconds."),
    ],
)
def test_a_rule_that_cannot_work_is_found(change: dict, sentence: str) -> None:
    Rule.objects.filter(name="CPU").update(**change)
    (message,) = database.rules_can_work(databases=["default"])
    assert message.id == "monitor.E028"
    assert sentence in message.msg


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("facts", "held", "said", "found"),
    [
        ({"sampler_started_at": timezone.now()}, False, "Tree 5", ["E019"]),
        ({"sampler_started_at": timezone.now()}, False, "", []),
        ({"sampler_started_at": timezone.now()}, False, None, []),
        ({"sampler_started_at": timezone.now()}, True, "Tree 5", []),
        ({"sampler_started_at": timezone.now(), "sampler_stopped_at": timezone.now()}, False, "Tree 5", []),
        ({}, False, "Tree 5", []),
    ],
    ids=["damaged", "whole", "too large", "running", "stopped", "never started"],
)
def test_pages_are_examined_after_an_end_in_the_middle(
    settings, monkeypatch, facts, held, said, found
) -> None:
    make_host(settings.LOADMON_HOST_NAME, **facts)
    monkeypatch.setattr(database.lock, "is_held", lambda path: held)
    monkeypatch.setattr(database.quickcheck, "start", lambda path: None)
    monkeypatch.setattr(database.quickcheck, "answer", lambda process, seconds: said)
    assert ids(database.pages_outlived_the_last_sampler(databases=["default"])) == found


@pytest.mark.django_db
def test_a_sound_database_gives_no_message() -> None:
    assert checks.run_checks(tags=[checks.Tags.database], databases=["default"]) == []


# Together


def test_the_shipped_settings_give_no_message_at_all(tmp_path: Path) -> None:
    data = tmp_path / "new"
    environment = {"PATH": os.environ["PATH"], "LOADMON_DATA_DIR": str(data)}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    ran = subprocess.run(
        command, cwd=django_settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert "no issues" in ran.stdout + ran.stderr
    assert not (data / "loadmon.sqlite3").exists()


def test_a_very_wrong_set_up_gives_all_of_it_at_once(settings, private, monkeypatch) -> None:
    monkeypatch.setattr(host, "effective_cores", lambda: EffectiveCores(2.0, "2 of 2"))
    settings.DEBUG, settings.LOADMON_BIND, settings.ALLOWED_HOSTS = True, "0.0.0.0", ["*"]
    settings.SECRET_KEY, settings.LOADMON_PUBLIC, settings.LOADMON_LOADTEST = "x", "yes", "yes"
    settings.CHANNEL_LAYERS, settings.MIDDLEWARE, settings.PASSWORD_HASHERS = IN_MEMORY_LAYER, [], ["x.MD5"]
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": "x"}
    monkeypatch.setitem(django_settings.DATABASES, "default", database)
    private.chmod(0o777)
    found = ids(checks.run_checks(tags=[TAG]))
    assert sorted(found) == [
        "E001",
        "E002",
        "E004",
        "E005",
        "E012",
        "E013",
        "E023",
        "W009",
        "W015",
        "W017",
        "W036",
        "W040",
    ]


def test_the_sampler_is_refused_before_it_starts(settings) -> None:
    settings.CHANNEL_LAYERS = IN_MEMORY_LAYER
    with pytest.raises(SystemCheckError, match="E023"):
        call_command("runsampler", once=True, skip_checks=False, stderr=io.StringIO())
