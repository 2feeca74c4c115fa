"""Lease of a host in the database: one sampler at a time, from whatever data directory or machine.

Its holder lets a count rise; no clocks of two machines are ever compared.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from django.db.models import F

from monitor.hosts.models import Host, Lease

RENEW_SECONDS = 10.0
LONGEST = {"boot_id": 64, "machine": 100, "directory": 300}
LOST = "Another sampler has taken this host over: {}."


class Lost(OSError):
    """Another sampler holds the lease, so that nothing may be stored; the message names it."""


class Claim:
    """What this process is, as a holder. `directory` is the data directory, whose lock for the host it holds."""

    def __init__(self, directory: Path, boot_id: str, clock: Callable[[], float] = time.monotonic) -> None:
        status = directory.stat()
        self.holder = uuid.uuid4().hex
        self.lost = ""
        """Who took the lease over, a sentence; "" while it is ours."""
        self._about = {
            "boot_id": boot_id,
            "namespace": _namespace(),
            "pid": os.getpid(),
            "machine": socket.gethostname(),
            "directory": str(directory),
            "place": f"{status.st_dev}:{status.st_ino}",
        }
        self._about |= {name: str(self._about[name])[:most] for name, most in LONGEST.items()}
        self._clock = clock
        self._renewed_at = 0.0

    def take(self, host: Host) -> None:
        """Hold the lease of `host` from now on, whoever held it."""
        Lease.objects.update_or_create(host=host, defaults={**self._about, "holder": self.holder})
        self._renewed_at = self._clock()

    def renew(self, host: Host) -> None:
        """Tell that this holder lives, where that is due; raises Lost where another one holds the lease."""
        if self._clock() - self._renewed_at < RENEW_SECONDS:
            return
        rows = Lease.objects.filter(host=host)
        if not rows.filter(holder=self.holder).update(turns=F("turns") + 1):
            other = rows.exclude(holder="").first()
            if other is not None:
                self.lost = LOST.format(other)
                raise Lost(self.lost)
            self.take(host)
        self._renewed_at = self._clock()

    def keep(self, host: Host) -> None:
        """Renew while nothing is stored; `lost` tells where that is over."""
        with contextlib.suppress(Lost):
            self.renew(host)

    def release(self, host: Host) -> None:
        """Let the next sampler begin at once."""
        Lease.objects.filter(host=host, holder=self.holder).update(holder="")

    def is_gone(self, other: Lease) -> bool:
        """Whether `other` cannot be at work: it went, had the lock that we hold, or its process of this boot is dead."""
        if not other.holder:
            return True
        if not other.boot_id or other.boot_id != self._about["boot_id"]:
            return False
        if other.place == self._about["place"]:
            return True
        known = bool(other.namespace) and other.namespace == self._about["namespace"]
        return known and not Path(f"/proc/{other.pid}").exists()


def _namespace() -> str:
    """In which a process id means anything; "" where nobody can tell."""
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return ""
