"""One at a time of the commands that fill the database with much: two of them would only wait for one another."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError

from monitor.runtime import lock

LOCK = "filling.lock"


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Raise CommandError where another of these commands runs on this data directory."""
    path = Path(settings.LOADMON_DATA_DIR) / LOCK
    try:
        held = lock.acquire(path)
    except lock.AlreadyRunning:
        holder = lock.holder_of(path)
        raise CommandError(
            f"Another importhistory or seeddemo runs (process {holder}): start this one when it has ended."
        ) from None
    except OSError as error:
        raise CommandError(f"Cannot write {path}: {error.strerror}.") from error
    with held:
        yield
