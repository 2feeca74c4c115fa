"""Which metrics a load test drives, and for how long after its end they may still show it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

LOADS = ("load1", "load5", "load15")
DAMPING_SECONDS: Mapping[str, float] = MappingProxyType({"load1": 60.0, "load5": 300.0, "load15": 900.0})
ECHO_SECONDS = 60.0
DRIVEN: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "cpu": frozenset(
            {
                *LOADS, "cpu_percent", "cpu_user_percent", "cpu_system_percent", "cpu_steal_percent",
                "cpu_busiest_core_percent", "tasks_running", "pressure_cpu_some_percent",
            }
        ),
        "io": frozenset(
            {
                *LOADS, "cpu_iowait_percent", "tasks_blocked", "pressure_io_some_percent", "pressure_io_full_percent",
                "disk_read_bytes_per_second", "disk_write_bytes_per_second",
            }
        ),
    }
)  # fmt: skip


def drives(kind: str, metric: str) -> bool:
    """Whether a load test of this kind makes `metric` rise."""
    return metric in DRIVEN.get(kind, frozenset())


def echo_seconds(metric: str, window: float) -> float:
    """How long after its end a load test may keep up an alert that judges `window` seconds of `metric`."""
    return window + ECHO_SECONDS + DAMPING_SECONDS.get(metric, 0.0)
