"""The gate: few requests are in work at once, the others wait for a short while, each address in its turn."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque


class Full(Exception):
    """Too many wait already, or this one waited too long; the message is a sentence."""


TOO_MANY = "The server is busy: too many requests wait already. Try again in a few seconds."
TOO_LONG = "The server is busy: this request waited too long. Try again in a few seconds."


class Gate:
    """Lets `in_work` in at once and `waiting` wait, for `patience` seconds each."""

    def __init__(self, in_work: int, waiting: int, patience: float) -> None:
        self._free = in_work
        self._most_waiting = waiting
        self._patience = patience
        self._queues: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._waiting = 0

    async def enter(self, address: str) -> None:
        """Wait for a turn of `address`; raises Full. Who entered must `leave`."""
        if self._free > 0:
            self._free -= 1
            return
        if self._waiting >= self._most_waiting:
            raise Full(TOO_MANY)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queues.setdefault(address, deque()).append(turn)
        self._waiting += 1
        try:
            await asyncio.wait({turn}, timeout=self._patience)
        except asyncio.CancelledError:
            if not self._give_up(address, turn):
                self.leave()
            raise
        if self._give_up(address, turn):
            raise Full(TOO_LONG)

    def leave(self) -> None:
        """The turn is over: the next address has one."""
        if not self._queues:
            self._free += 1
            return
        address, queue = self._queues.popitem(last=False)
        turn = queue.popleft()
        if queue:
            self._queues[address] = queue  # behind the others
        self._waiting -= 1
        turn.set_result(None)

    def _give_up(self, address: str, turn: asyncio.Future[None]) -> bool:
        """Take `turn` out of the queue; False where it was given meanwhile."""
        if turn.done():
            return False
        queue = self._queues[address]
        queue.remove(turn)
        if not queue:
            del self._queues[address]
        self._waiting -= 1
        return True
