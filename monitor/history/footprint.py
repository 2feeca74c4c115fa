"""Footprint of the history in short: how far back the samples of a host go, and how large the database is."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import connection

from monitor.database import file as database_file
from monitor.history import answers
from monitor.history.models import Sample
from monitor.hosts.models import Host


def footprint(host: Host) -> answers.Storage:
    """How far back the samples of `host` go, for how long they are kept, how large the database is."""
    oldest = Sample.objects.filter(host=host).order_by("taken_at_ms").values_list("taken_at_ms", flat=True)
    return answers.Storage(
        oldest_sample_at=oldest.first(),
        raw_hours=settings.LOADMON_RAW_HOURS,
        database_bytes=_database_bytes(),
    )


def _database_bytes() -> int | None:
    """The size of the SQLite file with its write-ahead log; None for any other database."""
    if connection.vendor != "sqlite":
        return None
    file = database_file.path()
    return sum(path.stat().st_size for path in (file, Path(f"{file}-wal")) if path.exists())
