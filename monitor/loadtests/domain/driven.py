"""Metrics that a load test drives, and for how long after its end they may still show it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from monitor.metrics.catalogue import Family, family_of

DAMPING_SECONDS: Mapping[str, float] = MappingProxyType({"load1": 60.0, "load5": 300.0, "load15": 900.0})
ECHO_SECONDS = 60.0
DRIVEN: Mapping[str, frozenset[Family]] = MappingProxyType({
    "cpu": frozenset({
        Family.LOAD, Family.CPU, Family.STEAL, Family.ONE_CORE, Family.RUNNING, Family.CPU_PRESSURE,
    }),
    "io": frozenset({Family.LOAD, Family.IO_WAIT, Family.BLOCKED, Family.IO_PRESSURE, Family.DISK}),
})  # fmt: skip


def drives(kind: str, metric: str) -> bool:
    """Whether a load test of this kind makes `metric` rise."""
    return family_of(metric) in DRIVEN.get(kind, frozenset())


def echo_seconds(metric: str, window: float) -> float:
    """How long after its end a load test may keep up an alert that judges `window` seconds of `metric`."""
    return window + ECHO_SECONDS + DAMPING_SECONDS.get(metric, 0.0)
