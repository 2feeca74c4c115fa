"""The checks of this machine: each fires on its fault, and is silent otherwise."""

from __future__ import annotations

import os
import resource
from types import SimpleNamespace

import pytest
from django.conf import settings as django_settings

from monitor.checks import host
from monitor.collectors.domain.cores import EffectiveCores
from monitor.live.hub import MOST_VIEWERS
from tests.checks.messages import ids, make, redis_layer

STRONG = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]


def test_a_quota_of_a_container_is_warned_of(monkeypatch) -> None:
    monkeypatch.setattr(host, "effective_cores", lambda: EffectiveCores(0.5, "container: 0.5 of 32"))
    [message] = host.cores_are_those_of_the_machine()
    assert (message.id, "container: 0.5 of 32" in message.msg) == ("monitor.W034", True)
    monkeypatch.setattr(host, "effective_cores", lambda: EffectiveCores(4.0, "affinity: 4 of 32"))
    assert host.cores_are_those_of_the_machine() == []


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
