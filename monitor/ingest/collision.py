"""Collision of waiting readings with rows of the same milliseconds: stored already, or only in the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from monitor.history.models import Sample
from monitor.ingest.backlog import Backlog, Waiting
from monitor.ingest.storing import Store
from monitor.ingest.timeline import Timeline


def part(batch: Sequence[Waiting], backlog: Backlog, store: Store, timeline: Timeline) -> bool:
    """Let go of what an unclear commit stored after all, and move what only shares its millisecond with a row.

    Return whether there was any. One that is moved keeps the alert changes that it caused, with their own time.
    """
    rows = Sample.objects.filter(host=store.host, taken_at_ms__in=[item.at_ms for item in batch])
    taken = set(rows.values_list("taken_at_ms", flat=True))
    for item in batch:
        if item.at_ms not in taken:
            continue
        if store.is_stored(item):
            backlog.forget(item)
        else:
            free = timeline.free(item.at_ms, {each.at_ms for each in backlog})
            item.reading = replace(item.reading, taken_at_ms=free)
    return bool(taken)
