"""Lets connections in, or turns them away with a sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from daphne.http_protocol import HTTPFactory
from twisted.internet.protocol import Protocol

from monitor.web.front.channel import Channel
from monitor.web.front.connections import Connections
from monitor.web.front.limits import Limits, address_key
from monitor.web.front.refusals import answer
from monitor.web.front.request import Request


class TurnedAway(Protocol):  # type: ignore[misc]
    """A connection too many: it gets a sentence, and a moment to read it."""

    def __init__(self, sentence: str, limits: Limits, over: Callable[[], None]) -> None:
        self._sentence = sentence
        self._limits = limits
        self._over = over
        self._end: Any = None

    def connectionMade(self) -> None:
        """Say it."""
        from twisted.internet import reactor

        self.transport.write(answer(503, self._sentence, b"", self._limits.retry_seconds))
        if hasattr(self.transport, "loseWriteConnection"):
            self.transport.loseWriteConnection()
        self._end = reactor.callLater(self._limits.linger_seconds, self.transport.abortConnection)

    def connectionLost(self, reason: Any = None) -> None:
        """The other side is gone."""
        if self._end is not None and self._end.active():
            self._end.cancel()
        self._over()


class Factory(HTTPFactory):  # type: ignore[misc]
    """Makes a channel for each connection that may come in."""

    def __init__(self, server: Any) -> None:
        super().__init__(server)
        self._turned_away = 0

    def buildProtocol(self, peer: Any) -> Any:
        """Our end for a new connection from `peer`; None where it is closed without a word."""
        connections: Connections = self.server.door
        sentence = connections.refusal(address_key(getattr(peer, "host", None)))
        if sentence:
            connections.journal.note("connections were turned away: " + sentence.partition(".")[0].lower())
            if self._turned_away >= connections.limits.turned_away:
                return None
            self._turned_away += 1
            away = TurnedAway(sentence, connections.limits, self._one_less)
            away.factory = self
            return away
        channel = Channel(connections, self.server.answers.end)
        channel.factory = self
        channel.requestFactory = Request
        channel.callLater = self.reactor.callLater
        return channel

    def acceptableProtocols(self) -> list[bytes]:
        """HTTP/1.1 alone: nothing here bounds HTTP/2."""
        return [b"http/1.1"]

    def startFactory(self) -> None:
        """Twisted would format the time each second, for a log that is not written."""

    def stopFactory(self) -> None:
        """Nothing was started."""

    def log(self, request: Any) -> None:
        """Daphne writes the access log, where one is wanted."""

    def _one_less(self) -> None:
        self._turned_away -= 1
