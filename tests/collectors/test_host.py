"""Which boot this is and since when, on this host and on those that do not tell."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from monitor.collectors import host
from monitor.runtime import clock


def test_btime_is_found_in_proc_stat():
    assert host.parse_btime("cpu  1 2 3 4\nbtime 1795512703\nprocesses 5\n") == 1795512703.0


@pytest.mark.parametrize("text", ["", "btime\n", "btime soon\n", "btime 0\n", "btime -5\n"])
def test_a_text_without_a_sane_btime_is_none(text):
    assert host.parse_btime(text) is None


def test_a_host_without_a_boot_id_has_none(monkeypatch, tmp_path):
    monkeypatch.setattr(host, "BOOT_ID", str(tmp_path / "none"))
    assert host.identity().boot_id == ""


def test_the_boot_id_is_the_text_of_its_file(monkeypatch, tmp_path):
    (tmp_path / "boot_id").write_text("34de1374-3c08\n")
    monkeypatch.setattr(host, "BOOT_ID", str(tmp_path / "boot_id"))
    assert host.identity().boot_id == "34de1374-3c08"


RAW = "8f9d1c52a04b4c0f9f2f6a7f0d3b5e61"


def test_a_machine_id_is_known_by_what_is_made_from_it_alone(monkeypatch, tmp_path):
    (tmp_path / "dbus").write_text(f"{RAW}\n")
    monkeypatch.setattr(host, "MACHINE_IDS", (str(tmp_path / "none"), str(tmp_path / "dbus")))
    known = host.identity().machine_id
    assert len(known) == 32
    assert known == host.application_id(RAW) != RAW
    assert known != host.application_id(RAW[::-1])
    monkeypatch.setattr(host, "APPLICATION", bytes(16))
    assert host.identity().machine_id != known  # of no use to another program


@pytest.mark.parametrize("text", ["", "\n", "uninitialized\n", "0" * 32, "8f9d", RAW + "0", RAW.upper()])
def test_a_machine_id_that_is_not_made_yet_is_none(text):
    assert host.application_id(text) == ""


def test_the_time_of_boot_is_an_aware_time_in_the_past():
    assert host.booted_at().tzinfo is UTC
    assert host.booted_at() < datetime.now(UTC)


@pytest.mark.skipif(not host.LINUX, reason="/proc/stat is Linux's")
def test_without_a_btime_the_time_of_boot_is_reckoned_from_the_uptime(monkeypatch, tmp_path):
    monkeypatch.setattr(host, "STAT", str(tmp_path / "none"))
    reckoned = datetime.now(UTC) - timedelta(seconds=clock.boottime())
    assert abs(host.booted_at() - reckoned) < timedelta(seconds=1)


def test_elsewhere_psutil_tells_the_time_of_boot(monkeypatch):
    monkeypatch.setattr(host, "LINUX", False)
    monkeypatch.setattr("monitor.collectors.portable.boot_time", lambda: 1795512703.0)
    assert host.booted_at() == datetime.fromtimestamp(1795512703, UTC)


def test_the_clock_since_boot_never_runs_behind_the_monotonic_one():
    before = time.monotonic()
    assert clock.boottime() >= before


def test_a_system_without_clocks_of_its_own_has_the_monotonic_one(monkeypatch):
    monkeypatch.setattr(clock, "_CLOCK", None)
    before = time.monotonic()
    assert before <= clock.boottime() <= time.monotonic()


def test_the_platform_is_told_in_words():
    assert all(host.facts()[name] for name in ("system", "release", "machine", "python"))
