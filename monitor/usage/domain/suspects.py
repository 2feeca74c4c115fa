"""Suspects: which processes of stored evidence belong to a consumer, whose name is what stays of theirs."""

from __future__ import annotations

import re

from monitor.collectors.domain.consumers import LOAD_TEST, LOADMON, WORKERS, kind_of_thread
from monitor.collectors.domain.stable import stable
from monitor.diagnosis.evidence import Row
from monitor.metrics.usage import Consumer, Kind

LETTERS = re.compile(r"[A-Za-z]+")
ENDINGS = frozenset({"service", "scope", "socket", "mount", "swap", "slice"})
CERTAIN = 4


def is_of(row: Row, consumer: Consumer) -> bool:
    """Whether a process of evidence is the consumer's, as far as its name, unit and user tell."""
    kind, name, user = consumer
    if kind is Kind.LOADMON:
        own = LOAD_TEST if row.name.startswith(WORKERS) else LOADMON
        return row.name.startswith(LOADMON.name) and consumer == own
    if kind is Kind.SERVICE:
        return bool(row.unit) and stable(row.unit) == name
    if kind is Kind.CONTAINER:
        return bool(row.unit) and name in (stable(row.unit), f"{stable(row.unit)}: {stable(row.name)}")
    if row.unit:
        return False
    if kind is Kind.KERNEL:
        return kind_of_thread(row.name) == name
    return kind is Kind.PROGRAM and stable(row.name) == name and row.user in ("", user)


def needle(consumer: Consumer) -> str:
    """Letters that evidence on a consumer holds, whatever else is new in its name each time; "" where none are certain."""
    words = [word for word in LETTERS.findall(consumer.name) if word not in ENDINGS]
    longest = max(words, key=len, default="")
    return longest[:CERTAIN] if len(longest) >= CERTAIN else ""
