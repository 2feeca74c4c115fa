"""Plots: the tree of control groups cut into parts, each with what the kernel counted for it between two looks."""

from __future__ import annotations

from typing import NamedTuple

from monitor.metrics.usage import Consumer


class Plot(NamedTuple):
    """One part of the tree: a service or container whole, or what is left of a session, a slice or the root without those.

    consumer: to whom all of it belongs; None where it is divided by the processes in it. rest: to whom, of a divided one,
    what its living processes did not use belongs: whoever came and went. cpu_seconds, read_bytes, written_bytes,
    waiting_seconds: since the look before; memory_bytes: now. None for what the kernel does not tell, or not yet.
    pids: the processes that live in it now, all of them where `is_listed`; none is in two. One that is in none is in a group
    that is too new, too deep or too many to be looked at: what it used is in the plot that its group lies in. Where
    cpu_seconds is None its use is in no other plot either, unless all are None: the root of a whole machine, of which the
    machine itself tells.
    """

    path: str
    consumer: Consumer | None
    rest: Consumer
    cpu_seconds: float | None = None
    memory_bytes: int | None = None
    read_bytes: int | None = None
    written_bytes: int | None = None
    waiting_seconds: float | None = None
    pids: tuple[int, ...] = ()
    is_listed: bool = True
