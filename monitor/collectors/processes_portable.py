"""Processes of systems other than Linux, through psutil; imported there only."""

from __future__ import annotations

import time

from monitor.collectors import portable
from monitor.collectors.domain.redacting import redacted
from monitor.collectors.domain.usage import Seen
from monitor.collectors.process_source import Counts, Loads, Moved
from monitor.metrics.snapshot import Details, MemoryParts
from monitor.metrics.text import harmless


class PortableProcesses:
    """The processes of this host; one that ends meanwhile, or may not be read, is left out.

    Kernel functions, control groups and the processes made since boot are Linux's; tasks are counted by process.
    """

    def __init__(self, with_commands: bool = False) -> None:
        self.with_commands = with_commands

    def now(self) -> float:
        """Seconds since the epoch, as the time of a process's start is told."""
        return time.time()

    def pids(self) -> list[int]:
        """Every process that this one can see."""
        return portable.pids()

    def seen(self, pid: int) -> Seen | None:
        """The process now; None where it has ended or may not be read."""
        return portable.process(pid)

    def tasks(self, seen: Seen, most: int) -> list[tuple[str, str]]:
        """The state of the process, for all of its threads."""
        return [(seen.state, "")]

    def details(self, seen: Seen) -> Details:
        """The user."""
        user = portable.user(seen.pid)
        return Details(user=None if user is None else harmless(user))

    def words(self, seen: Seen) -> list[str]:
        """The command line as it is; empty where it may not be read."""
        return portable.command(seen.pid)

    def command(self, seen: Seen) -> str | None:
        """The command line without its secrets; None where it is not wanted, or may not be read."""
        return (redacted(self.words(seen)) or None) if self.with_commands else None

    def private(self, seen: Seen) -> int | None:
        """Not told."""
        return None

    def moved(self, seen: Seen) -> Moved | None:
        """Not told."""
        return None

    def slept(self) -> float:
        """Not told: a machine that slept is taken for one that was awake."""
        return 0.0

    def memory(self) -> MemoryParts | None:
        """Not told."""
        return None

    def counts(self) -> Counts:
        """Not told."""
        return Counts()

    def loads(self) -> Loads | None:
        """Not told."""
        return None

    def hindrance(self) -> str:
        """Not known."""
        return ""
