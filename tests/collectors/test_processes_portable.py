"""Processes through psutil, where there is no /proc."""

import psutil

from monitor.collectors.process_source import Counts
from monitor.collectors.processes import Scanner
from monitor.collectors.processes_portable import PortableProcesses
from monitor.metrics.snapshot import Details
from tests.stages.scans import scan


def test_psutil_tells_processes_elsewhere():
    source = PortableProcesses(with_commands=True)
    own = next(pid for pid in source.pids() if pid == psutil.Process().pid)
    found = source.seen(own)
    assert found.cpu_seconds > 0
    assert found.rss_bytes > 2**20
    assert 0 < source.now() - found.started < 86_400
    assert source.details(found).user == psutil.Process().username()
    assert source.command(found)
    assert source.tasks(found, 5) == [(found.state, "")]


def test_psutil_leaves_out_what_is_gone_or_may_not_be_read(monkeypatch):
    def refuse(*_):
        raise psutil.AccessDenied(7)

    source, own = PortableProcesses(with_commands=True), psutil.Process().pid
    found = source.seen(own)
    monkeypatch.setattr(psutil, "Process", refuse)
    assert source.seen(own) is None
    assert (source.details(found), source.command(found)) == (Details(), None)
    assert source.words(found) == []
    assert (source.private(found), source.memory()) == (None, None)
    assert (source.counts(), source.loads(), source.hindrance()) == (Counts(), None, "")


def test_a_scan_through_psutil_is_complete():
    assert scan(Scanner(PortableProcesses(), throttled=lambda: None)).count > 1
