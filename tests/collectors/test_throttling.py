"""cpu.stat: how often a quota was used up."""

import pytest

from monitor.collectors import cgroups, throttling
from monitor.collectors.throttling import Throttling, parse_cpu_stat

STAT = "usage_usec 9\nnr_periods {}\nnr_throttled {}\nthrottled_usec 5\nnr_bursts 0\n"


def test_periods_and_those_that_were_throttled():
    assert parse_cpu_stat(STAT.format(52, 51)) == (52, 51)


@pytest.mark.parametrize("text", ["", STAT.format(0, 0), "nr_periods 5\n"])
def test_without_a_quota_nothing_is_told(text):
    assert parse_cpu_stat(text) is None


def test_the_quota_that_throttles_most_counts(monkeypatch, tmp_path):
    inner = tmp_path / "outer" / "inner"
    inner.mkdir(parents=True)
    (inner / "cpu.stat").write_text(STAT.format(100, 3))
    (tmp_path / "outer" / "cpu.stat").write_text(STAT.format(200, 90))
    (tmp_path / "cgroup").write_text("0::/outer/inner\n")
    (tmp_path / "mounts").write_text(f"30 1 0:26 / {tmp_path} rw - cgroup2 none rw\n")
    monkeypatch.setattr(cgroups, "CGROUP", str(tmp_path / "cgroup"))
    monkeypatch.setattr(cgroups, "MOUNTS", str(tmp_path / "mounts"))
    monkeypatch.setattr(throttling, "LINUX", True)
    assert Throttling()() == (200, 90)


def test_where_the_quotas_are_is_looked_up_once_a_minute(monkeypatch, tmp_path):
    now, looked = [0.0], []
    monkeypatch.setattr(throttling, "LINUX", True)
    monkeypatch.setattr(throttling, "_places", lambda: looked.append(now[0]) or [str(tmp_path / "cpu.stat")])
    periods = Throttling(lambda: now[0])
    (tmp_path / "cpu.stat").write_text(STAT.format(10, 1))
    assert periods() == (10, 1)
    for now[0] in (1.0, 59.0, 60.0):
        periods()
    assert looked == [0.0, 60.0]


def test_elsewhere_than_on_linux_nothing_is_told(monkeypatch):
    monkeypatch.setattr(throttling, "LINUX", False)
    assert Throttling()() is None
