"""Feed of the live hub: the texts that it reads from the database for its viewers."""

from __future__ import annotations

from typing import Any

from monitor.alerts.evidence import busy_now
from monitor.history import samples as history_samples
from monitor.hosts import lookup
from monitor.ingest import frames as ingest_frames
from monitor.ingest.frames import SampleFrame
from monitor.metrics import json
from monitor.runtime.clock import now_ms
from monitor.web.dashboard import episodes
from monitor.web.dashboard import status as dashboard_status


def hello(name: str) -> tuple[str, int | None]:
    """The first frame for a viewer of host `name`, and the id of its newest sample."""
    host = lookup.named(name)
    newest = history_samples.latest(host) if host else None
    last_id = newest["id"] if newest else None
    return json.encode(
        ingest_frames.hello_frame(name, host.interval if host else None, last_id, now_ms())
    ), last_id


def alerts(name: str) -> str | None:
    """The alerts frame; None while there is no such host."""
    host = lookup.named(name)
    return None if host is None else json.encode(dashboard_status.alerts_frame(host, now_ms()))


def status(name: str, sampler: dict[str, Any] | None) -> str | None:
    """The status frame; `sampler` is what the sampler itself told last."""
    host = lookup.named(name)
    return None if host is None else json.encode(dashboard_status.status_frame(host, now_ms(), sampler))


def missed(name: str, after_id: int, limit: int) -> list[tuple[int, str]]:
    """(id, frame) of up to `limit` samples stored after `after_id`; the newest one carries means, verdict and the time."""
    host = lookup.named(name)
    samples = history_samples.samples_after(host, after_id, limit) if host else []
    previous = [after_id, *(sample["id"] for sample in samples)]
    frames = [
        SampleFrame(
            type="sample", id=one["id"], previous_id=before, at=one["at"], covered_ms=one["covered_ms"],
            values=one["values"],
        )
        for before, one in zip(previous, samples, strict=False)
    ]  # fmt: skip
    if host and frames:
        newest, now = frames[-1], now_ms()
        newest["now"] = now
        means = history_samples.means(host, now)
        newest["mean_2m"] = means
        newest["verdict"] = ingest_frames.judged(
            newest["values"], means, busy_now(host, now), episodes.severities(episodes.open_alerts(host))
        )
    return [(sample["id"], json.encode(frame)) for sample, frame in zip(samples, frames, strict=True)]
