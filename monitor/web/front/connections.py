"""All connections of the web server: who may come in, what each is about, who has to go."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any, Protocol

from monitor.web.front import limits as bounds
from monitor.web.front.journal import Journal
from monitor.web.front.limits import Late, Limits, Stage
from monitor.web.front.memory import Trimmer

TOO_MANY = "The server has too many connections. Try again in a few seconds."
TOO_MANY_OF_ONE = "There are too many connections from this address. Try again in a few seconds."
BODIES = "too many request bodies at once: the largest was refused"
REPLACED = "too many connections were silent: the oldest was let go"


class Party(Protocol):
    """Our end of a connection."""

    def cut(self, why: Late) -> None:
        """End the connection: it is late."""

    def drop(self) -> None:
        """End the connection now, whatever waits in it."""

    def refuse(self, status: int, sentence: str, retry_after: int | None = None) -> None:
        """Answer with an error and end the connection."""


class Connection:
    """One connection, and what it holds."""

    __slots__ = ("address", "body", "moved_at", "party", "since", "stage", "transport", "unsent")

    def __init__(self, transport: Any, party: Party, address: str, now: float) -> None:
        self.transport = transport
        self.party = party
        self.address = address
        self.stage = Stage.HEADER
        self.since = now
        self.body = 0
        self.unsent = 0
        self.moved_at = now  # when something of what waits was last taken, or nothing waited


class Connections:
    """The connections of a process; `sweep` is called every other second."""

    def __init__(
        self, limits: Limits, most: int, journal: Journal, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.limits = limits
        self.journal = journal
        self.clock = clock
        self.trimmer = Trimmer(clock)
        self._most = most
        self._all: dict[Any, Connection] = {}
        self._of_address: Counter[str] = Counter()
        self._quiet: dict[Connection, None] = {}  # in the order in which they fell silent
        self._bodies = 0

    # Coming and going

    def refusal(self, address: str) -> str:
        """Why `address` may not connect now, as a sentence; "" where it may. A silent connection may go for it."""
        free = 1 - len(self._all) / self._most
        if bounds.is_too_many(self.limits, address, self._of_address[address], free):
            return TOO_MANY_OF_ONE
        if len(self._quiet) >= self.limits.newcomers:
            self._let_oldest_go(self.limits.newcomer_seconds)
        if len(self._all) >= self._most and not self._let_oldest_go(0.0):
            return TOO_MANY
        return ""

    def open(self, transport: Any, party: Party, address: str) -> Connection:
        """Count a new connection, which has not said anything yet."""
        connection = Connection(transport, party, address, self.clock())
        self._all[transport] = connection
        self._of_address[address] += 1
        self._quiet[connection] = None
        return connection

    def of(self, transport: Any) -> Connection | None:
        """The connection that has `transport`."""
        return self._all.get(transport)

    def close(self, transport: Any) -> None:
        """The connection is gone; a second call does nothing."""
        connection = self._all.pop(transport, None)
        if connection is None:
            return
        self.free_body(connection)
        self._quiet.pop(connection, None)
        self._of_address[connection.address] -= 1
        if not self._of_address[connection.address]:
            del self._of_address[connection.address]
        if connection.unsent:
            self.trimmer.note()

    def enter(self, connection: Connection, stage: Stage) -> None:
        """`connection` is about something else from now on."""
        connection.stage = stage
        connection.since = self.clock()
        self._quiet.pop(connection, None)
        if stage in bounds.QUIET:
            self._quiet[connection] = None

    def __len__(self) -> int:
        return len(self._all)

    # Bodies

    def take_body(self, connection: Connection, size: int) -> None:
        """`size` more bytes of a body came; where all bodies are too much together the largest is refused."""
        connection.body += size
        self._bodies += size
        if self._bodies > self.limits.bodies_bytes:
            largest = max(self._all.values(), key=lambda one: one.body)
            self.journal.note(BODIES)
            largest.party.refuse(503, TOO_MANY, self.limits.retry_seconds)
            self.free_body(largest)

    def free_body(self, connection: Connection) -> None:
        """The body of `connection` is no longer held."""
        if connection.body > self.limits.large_answer_bytes:
            self.trimmer.note()
        self._bodies -= connection.body
        connection.body = 0

    # Time

    def sweep(self) -> None:
        """Cut off who is late, and who lets too much wait; give memory back; tell what was counted."""
        now = self.clock()
        unsent = 0
        for connection in list(self._all.values()):
            self._look(connection, now)
            unsent += connection.unsent
        if unsent > self.limits.all_unsent_bytes:
            self._relieve(unsent)
        self.trimmer.run()
        self.journal.tell()

    def _look(self, connection: Connection, now: float) -> None:
        waits = unsent_of(connection.transport)
        if not waits or waits < connection.unsent or not connection.unsent:
            connection.moved_at = now
        connection.unsent = waits
        stalled = now - connection.moved_at
        why = bounds.late(self.limits, connection.stage, now - connection.since, waits, stalled)
        if why is not None:
            if why is not Late.LINGERED and why is not Late.IDLE:
                self.journal.note(f"a connection was closed that {why.value}")
            connection.party.cut(why)

    def _relieve(self, unsent: int) -> None:
        """Drop those for whom most waits, until no more than half of what may wait does."""
        for connection in sorted(self._all.values(), key=lambda one: -one.unsent):
            if unsent <= self.limits.all_unsent_bytes // 2:
                return
            self.journal.note(f"a connection was closed that {Late.HOARDED.value}")
            unsent -= connection.unsent
            connection.party.drop()

    def _let_oldest_go(self, seconds: float) -> bool:
        """Drop the connection that is silent for longest, if that is `seconds`."""
        oldest = next(iter(self._quiet), None)
        if oldest is None or self.clock() - oldest.since < seconds:
            return False
        self._quiet.pop(oldest)
        self.journal.note(REPLACED)
        oldest.party.drop()
        return True


def unsent_of(transport: Any) -> int:
    """Bytes that wait in our process until the other side takes them."""
    inner = transport if hasattr(transport, "_tempDataLen") else getattr(transport, "transport", None)
    if inner is None or not hasattr(inner, "_tempDataLen"):
        return 0
    waits: int = len(inner.dataBuffer) - inner.offset + inner._tempDataLen
    return waits
