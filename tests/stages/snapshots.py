"""Snapshots and evidence documents for tests: each made by one short call, every value overridable."""

from __future__ import annotations

from typing import Any

from monitor.metrics.snapshot import Details, Group, Process, Snapshot

NOW_MS = 1_760_000_000_000


def process(pid: int, name: str = "x", cpu: float | None = 0.0, **fields: Any) -> Process:
    """A process that used `cpu` seconds."""
    values = {"started": 1.0, "short_lived_seconds": 0.0, "rss_bytes": 1000 * pid, "threads": 1, "running": 0,
              "waits_in": (), "details": Details(user="anna")}  # fmt: skip
    return Process(pid=pid, name=name, cpu_seconds=cpu, **(values | fields))


def snapshot(*processes: Process, age: float = 0.0, seconds: float | None = 10.0, **fields: Any) -> Snapshot:
    """A scan `age` seconds ago that speaks for `seconds`."""
    values = {
        "count": 100, "threads": 150, "running": 1, "started": 5, "groups": (), "cpu_seconds": 0.0,
        "blocked": sum(len(one.waits_in) for one in processes), "online_cores": 4,
    }  # fmt: skip
    return Snapshot(NOW_MS - round(age * 1000), seconds, processes=processes, **(values | fields))


def group(name: str, kind: str = "unit", cpu: float = 0.0, rss: int = 0, blocked: int = 0) -> Group:
    """A group of three processes."""
    return Group(name, kind, cpu, rss, 3, blocked)


def document(**fields: Any) -> dict[str, Any]:
    """An evidence document of a calm machine of 4 cores; nested fields by "cpu__busy"."""
    found: dict[str, Any] = {
        "at": NOW_MS, "seconds": 60.0, "cores": 4.0, "online_cores": 4, "load1": 0.4,
        "cpu": {"busy": 10.0, "busiest_core": 20.0, "user": 8.0, "system": 2.0, "iowait": 0.0, "steal": 0.0},
        "pressure": {"cpu_some": 0.0, "io_some": 0.0, "io_full": 0.0, "memory_some": 0.0, "memory_full": 0.0},
        "memory": {"available_bytes": 4 * 2**30, "available_percent": 50.0, "used_bytes": 4 * 2**30,
                   "swap_bytes_per_second": 0.0},
        "disk": {"read_bytes_per_second": 0.0, "write_bytes_per_second": 0.0, "fullest_percent": 50.0,
                 "fullest_path": None, "fullest_left_bytes": None},
        "tasks": {"running": 1.0, "blocked": 0, "processes": 100, "threads": 150},
        "by_cpu": [], "by_memory": [], "blocked": [], "groups": [],
        "short_lived": {"started_per_second": 1.0, "cpu_percent": 0.0, "by": []},
        "throttled_percent": None, "truncated": False,
    }  # fmt: skip
    for path, value in fields.items():
        *way, last = path.split("__")
        node = found
        for name in way:
            node = node[name]
        node[last] = value
    return found


def row(name: str, cpu: float = 0.0, pid: int = 1, rss: int = 0, **fields: Any) -> dict[str, Any]:
    """One process of a document."""
    return {
        "pid": pid,
        "name": name,
        "unit": None,
        "user": "anna",
        "cpu_percent": cpu,
        "rss_bytes": rss,
        **fields,
    }


def waiting(name: str, waits_in: str | None = None, threads: int = 1, pid: int = 1) -> dict[str, Any]:
    """One process of a document with tasks in uninterruptible sleep."""
    return {"pid": pid, "name": name, "unit": None, "user": "anna", "waits_in": waits_in, "threads": threads}
