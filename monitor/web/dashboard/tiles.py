"""Tiles and table of the dashboard: the newest figures and the last minutes, for readers without scripts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from statistics import fmean
from typing import TypedDict

from monitor.history.answers import Sample, Window
from monitor.metrics.catalogue import CATALOGUE
from monitor.metrics.quantities import quantity
from monitor.metrics.times import moment
from monitor.web.dashboard.schemas import HostFacts

TABLED = ("cpu_percent", "load1", "load5", "load15")
TABLE_ROWS = 20
MINUTE_MS = 60_000
TILES = (
    *TABLED, "tasks_running", "tasks_blocked", "pressure_cpu_some_percent", "pressure_io_some_percent",
    "memory_used_bytes", "self_cpu_percent",
)  # fmt: skip


class Tile(TypedDict):
    """One figure: what it is called, its value with the unit, a few words below it."""

    label: str
    value: str
    note: str


class Minute(TypedDict):
    """The means of one minute; None where they are not known."""

    time: datetime
    cpu: float | None
    load1: float | None
    load5: float | None
    load15: float | None


def tiles(
    latest: Sample | None, means: Mapping[str, float | None], host: HostFacts | None, alerts_24h: int
) -> list[Tile]:
    """The tiles of the newest sample; none before the first."""
    if latest is None or host is None:
        return []
    of_cores = "" if host["cores"] is None else f"of {host['cores']:g} cores"
    notes = {
        "cpu_percent": _told(means["cpu_percent"], "cpu_percent", "{} over 2 minutes"),
        "load1": _told(means["load1"], "load1", "{} over 2 minutes"),
        "load5": of_cores,
        "load15": of_cores,
        "memory_used_bytes": host["memory_reason"],
    }
    told = [
        Tile(
            label=CATALOGUE[name].label,
            value=_told(latest["values"][name], name) or "not known",
            note=notes.get(name, ""),
        )
        for name in TILES
    ]
    return [*told, Tile(label="Alerts in 24 h", value=str(alerts_24h), note="")]


def minutes(window: Window) -> Iterator[Minute]:
    """The mean of each of the last minutes with data, newest first."""
    rows: dict[int, list[int]] = {}
    for index, at in enumerate(window["times"]):
        rows.setdefault(at - at % MINUTE_MS, []).append(index)
    for start in sorted(rows, reverse=True)[:TABLE_ROWS]:
        cpu, load1, load5, load15 = (_mean(window["series"][name], rows[start]) for name in TABLED)
        yield Minute(time=moment(start), cpu=cpu, load1=load1, load5=load5, load15=load15)


def _told(value: float | None, name: str, sentence: str = "{}") -> str:
    return "" if value is None else sentence.format(quantity(value, CATALOGUE[name].unit))


def _mean(values: Sequence[float | None], indices: Sequence[int]) -> float | None:
    known = [value for index in indices if (value := values[index]) is not None]
    return fmean(known) if known else None
