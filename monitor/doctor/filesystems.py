"""Examination of the file systems: which is the fullest, and which are not measured, by the eyes of the sampler."""

from __future__ import annotations

from monitor.alerts.evidence import busy_now
from monitor.diagnosis.document import Document
from monitor.diagnosis.gathering import document
from monitor.diagnosis.reader import read
from monitor.doctor.finding import Examination, Finding, ok, warning
from monitor.doctor.machine import scanned
from monitor.doctor.sampler import read_own
from monitor.hosts.models import Host
from monitor.metrics.catalogue import Unit
from monitor.metrics.quantities import quantity
from monitor.runtime import clock

NAME = "file systems"
NONE_SEEN = "No file system on a disk can be measured: its metric is not known, and its rules stay silent."


def file_systems_are_seen() -> list[Finding]:
    """What the sampler said in the last minute, else what this command sees, which may be more than a service does."""
    told = read_own(_told)
    who = (
        "The sampler measures" if told is not None else "No sampler says what it sees; this command measures"
    )
    disk = read(told if told is not None else _seen_here()).disk
    left_out = [f"{one.path} ({one.reason})" for one in disk.unasked]
    rest = f" Not measured: {'; '.join(left_out)}." if left_out else ""
    remedies = list(dict.fromkeys(one.remedy for one in disk.unasked if one.remedy))
    if not disk.fullest_path or disk.fullest_percent is None:
        return [warning(NAME, f"{NONE_SEEN}{rest}", " ".join(remedies) or "See docs/operations.md.")]
    percent = quantity(disk.fullest_percent, Unit.PERCENT)
    text = f"{who} what is on disks; the fullest is {disk.fullest_path} ({percent}).{rest}"
    return [warning(NAME, text, " ".join(remedies)) if remedies else ok(NAME, text)]


def _told(host: Host) -> Document | None:
    return busy_now(host, clock.now_ms())


def _seen_here() -> Document | None:
    snapshot = scanned()
    return None if snapshot is None else document(snapshot.at_ms, {}, [snapshot], 0.0)


EXAMINATIONS = (Examination(NAME, file_systems_are_seen),)
