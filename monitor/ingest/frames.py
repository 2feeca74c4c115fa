"""Live frames of a sample: its values, means and verdict as browsers get them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, NotRequired, TypedDict

from monitor.diagnosis.document import Document
from monitor.diagnosis.reader import read
from monitor.diagnosis.verdict import verdict
from monitor.metrics.catalogue import NAMES
from monitor.metrics.reading import Reading
from monitor.metrics.usage import GroupShare, Kind
from monitor.metrics.windows import MEAN_METRICS
from monitor.rules.domain.severity import rank

PROTOCOL_VERSION = 1

Tone = Literal["ok", "busy", "overloaded", "calming", "unknown"]
"""The tones of a verdict, by their words in JSON."""


class Verdict(TypedDict):
    """The newest sample in one sentence."""

    tone: Tone
    text: str


class Group(TypedDict):
    """A service, container or session that is at work; in percent of one core. user is "" for nobody's."""

    name: str
    kind: Kind
    user: str
    cpu_percent: float


class SampleFrame(TypedDict):
    """One reading; id is None while it could not be stored. now: the time (ms) at which it was read from the database.

    groups: the few that use most of the CPU, heaviest first; None where nobody knows.
    """

    type: Literal["sample"]
    id: int | None
    previous_id: int | None
    at: int
    covered_ms: int
    values: dict[str, float | None]
    mean_2m: NotRequired[dict[str, float | None]]
    verdict: NotRequired[Verdict]
    groups: NotRequired[list[Group] | None]
    now: NotRequired[int]


class HelloFrame(TypedDict):
    """The first frame of every socket; interval and last_id are None before the first sample."""

    type: Literal["hello"]
    version: int
    host: str
    interval: float | None
    last_id: int | None
    metrics: list[str]
    at: int


def sample_frame(
    reading: Reading,
    means: dict[str, float | None],
    sample_id: int | None,
    previous_id: int | None,
    busy: Document | None = None,
    standing: Iterable[tuple[str, str]] = (),
    groups: Iterable[GroupShare] | None = None,
) -> SampleFrame:
    """The frame of one reading; sample_id is None while it could not be stored.

    busy: what keeps the host busy. standing: its open alerts by name and severity. groups: who is at work.
    """
    return {
        "type": "sample",
        "id": sample_id,
        "previous_id": previous_id,
        "at": reading.taken_at_ms,
        "covered_ms": round(reading.covered * 1000),
        "values": dict(reading.values),
        "mean_2m": {
            name: None if means[name] is None else round(means[name] or 0.0, 2) for name in MEAN_METRICS
        },
        "verdict": judged(reading.values, means, busy, standing),
        "groups": None if groups is None else [_group(share) for share in groups],
    }


def _group(share: GroupShare) -> Group:
    return {"name": share.name, "kind": share.kind, "user": share.user, "cpu_percent": share.cpu_percent}


def judged(
    values: Mapping[str, float | None],
    means: Mapping[str, float | None],
    busy: Document | None = None,
    standing: Iterable[tuple[str, str]] = (),
) -> Verdict:
    """The verdict on `values` and their 2-minute `means` as the page takes it; an open alert that only informs is none."""
    graver = [(name, severity) for name, severity in standing if rank(severity) > 0]
    graver.sort(key=lambda one: -rank(one[1]))
    found = verdict(values, means, read(busy), graver)
    return Verdict(tone=found.tone.value, text=found.text)


def hello_frame(host: str, interval: float | None, last_id: int | None, now_ms: int) -> HelloFrame:
    """The first frame of every socket; interval and last_id are None before the first sample."""
    return {
        "type": "hello",
        "version": PROTOCOL_VERSION,
        "host": host,
        "interval": interval,
        "last_id": last_id,
        "metrics": list(NAMES),
        "at": now_ms,
    }
