"""Arrival of imported samples: stored without becoming what freshness calls the newest, which is the one stored last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from monitor.database import bulk
from monitor.history import freshness
from monitor.history.models import Sample
from monitor.hosts.models import Host
from monitor.metrics.catalogue import NAMES
from monitor.runtime import clock

COLUMNS = ("host_id", "taken_at_ms", "covered_ms", *NAMES)


def store(host: Host, samples: Mapping[int, tuple[Any, ...]]) -> None:
    """Store samples of `host` by their time (ms), each with the values of COLUMNS from covered_ms on.

    Those ahead of the clock come first, the others in order, so that the one stored last is as new as can be; and what was
    the newest before stays it, unless one of these is later and its time has come. The caller holds the transaction.
    """
    if not samples:
        return
    now_ms = clock.now_ms()
    before = freshness.newest(host)
    ahead_first = sorted(samples, key=lambda at: (at <= now_ms, at))
    bulk.insert(Sample, COLUMNS, [(host.pk, at, *samples[at]) for at in ahead_first])
    if before is not None and not _is_newer(ahead_first[-1], before.taken_at_ms, now_ms):
        _store_last(before.id)


def _is_newer(at_ms: int, before_ms: int, now_ms: int) -> bool:
    """Whether a sample of `at_ms` tells more of now than the one that was the newest, of `before_ms`."""
    return at_ms <= now_ms and (before_ms > now_ms or at_ms > before_ms)


def _store_last(sample_id: int) -> None:
    """Store a row again, so that it is the last."""
    row = Sample.objects.filter(pk=sample_id).first()
    if row is not None:
        row.delete()
        row.pk = None
        row.save(force_insert=True)
