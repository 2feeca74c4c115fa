"""Removal of a made-up host, a little at a time, so that a sampler beside it goes on storing."""

from __future__ import annotations

from django.db import models

from monitor.alerts.models import Alert
from monitor.database import turns
from monitor.history.models import Gap, RollupProgress, Sample
from monitor.history.rollups import TABLES
from monitor.hosts import lookup
from monitor.loadtests.models import LoadTest
from monitor.usage import retention as usage

ROLLUPS_A_TURN = 20  # each row is as wide as four samples
ALERTS_A_TURN = 5  # each brings changes


class NotSynthetic(ValueError):
    """The host holds what was measured; the message is a sentence."""


def remove(name: str) -> bool:
    """Delete the synthetic host `name` with all that is stored of it; return whether there was one."""
    host = lookup.named(name)
    if host is None:
        return False
    if not host.is_synthetic:
        raise NotSynthetic(f"The host {name!r} is no synthetic one: it stays as it is.")
    tables: list[tuple[type[models.Model], int]] = [
        (Sample, turns.ROWS_A_TURN),
        (Gap, turns.ROWS_A_TURN),
        *((table, ROLLUPS_A_TURN) for table in TABLES.values()),
        (Alert, ALERTS_A_TURN),
        (LoadTest, ALERTS_A_TURN),
    ]
    for table, most in tables:
        rows = table._default_manager.filter(host=host).order_by("pk")
        while pks := list(rows.values_list("pk", flat=True)[:most]):
            with turns.short_turn():
                table._default_manager.filter(pk__in=pks).delete()
    usage.empty(host)
    with turns.short_turn():
        RollupProgress.objects.filter(host=host).delete()
        host.delete()
    return True
