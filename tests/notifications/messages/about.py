"""Facts of an alert, to be told: those of a busy Load, but for what a test changes."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from monitor.diagnosis.culprits import Culprit, Waiting
from monitor.notifications.messages.facts import Facts

FIRED = datetime(2026, 11, 25, 3, 12, 5, tzinfo=ZoneInfo("Europe/Berlin"))
BASE = Facts(
    key="k-1",
    kind="fired",
    alert_id=7,
    host="db-01",
    rule="Load",
    metric="load1",
    severity="critical",
    state="firing",
    comparison="above",
    value=9.2,
    peak=9.8,
    threshold=4.0,
    clear_threshold=3.2,
    started_at=FIRED - timedelta(seconds=30),
    fired_at=FIRED,
    told_at=FIRED + timedelta(seconds=1),
    cores=4.0,
    explanation="Load 9.2 on 4 cores: 3 running, 6 waiting for disk: the disk, not the CPU.",
    cause="the disk, 5 x rsync",
    culprits=(Culprit("rsync", 5, 30.4, 2.5e8, "backup.service"), Culprit("postgres", 1, 12.0)),
    waiting=(Waiting("rsync", 5, "nfs_wait"), Waiting("kworker")),
    pressure={"io_some": 41.2, "cpu_some": 0.2},
    link="https://load.example.org/alerts/7/",
)
NASTY = "<script>alert(1)</script>\r\nBcc: eve@example.org\x00\x1b[31m\u202egnp.exe \"'&{{7*7}}"


def about(**changes: Any) -> Facts:
    """The facts with some of them changed."""
    return dataclasses.replace(BASE, **changes)
