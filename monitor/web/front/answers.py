"""Large answers: few are sent at once, so that readers who do not read cannot fill the memory."""

from __future__ import annotations

from typing import Any

from monitor.web.front import limits as bounds
from monitor.web.front.connections import Connection, Connections
from monitor.web.front.limits import Waiting

STREAM_BYTES = 2_000_000  # what a streamed answer counts: little of it is in memory, but threads work for it
TOO_MANY = "Too many large answers are being sent. Try again in a few seconds."
REPLACED = "too many large answers at once: one that was not read gave way"
REFUSED = "too many large answers at once: one was refused with 503"


class Answers:
    """The large answers that are on their way, by connection."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._sizes: dict[Connection, tuple[int, float]] = {}  # bytes, and when it began

    def admit(self, connection: Connection, headers: list[tuple[bytes, bytes]]) -> bool:
        """Whether an answer with `headers` may be sent now; others may have to go for it."""
        size = size_of(headers)
        limits = self._connections.limits
        if size <= limits.large_answer_bytes:
            return True
        self._connections.trimmer.note()
        now = self._connections.clock()
        others = list(self._sizes)
        waiting = [
            Waiting(bytes_, now - one.moved_at, now - began) for one, (bytes_, began) in self._sizes.items()
        ]
        gone = bounds.yielding(limits, waiting, size)
        if gone is None:
            self._connections.journal.note(REFUSED)
            return False
        for number in gone:
            self._connections.journal.note(REPLACED)
            self.end(others[number])
            others[number].party.drop()
        connection.moved_at = now
        self._sizes[connection] = size, now
        return True

    def end(self, connection: Connection) -> None:
        """The answer of `connection` is sent, or given up."""
        if self._sizes.pop(connection, None) is not None:
            self._connections.trimmer.note()


def size_of(headers: list[tuple[bytes, bytes]]) -> int:
    """What an answer with these headers counts."""
    told: dict[bytes, Any] = {name.lower(): value for name, value in headers}
    length = told.get(b"content-length", b"")
    return int(length) if length.isdigit() else STREAM_BYTES
