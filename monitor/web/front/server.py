"""Daphne's server with bounds; everything else about it is Daphne's."""

from __future__ import annotations

import asyncio
import logging
import os
import resource
import threading
import time
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import daphne.cli
import daphne.http_protocol
import daphne.server
import daphne.ws_protocol
from twisted.internet import defer, reactor
from twisted.internet.error import ReactorNotRunning
from twisted.logger import LogLevel, globalLogPublisher

from monitor.web.front import factory, memory, websockets
from monitor.web.front.answers import TOO_MANY, Answers
from monitor.web.front.connections import Connections
from monitor.web.front.gate import Full, Gate
from monitor.web.front.journal import Journal
from monitor.web.front.limits import Limits, most_connections
from monitor.web.front.request import Request

logger = logging.getLogger("monitor.web.front")

SWEEP_SECONDS = 2.0
END_SECONDS = 2.0
HEALTH = "/healthz"
FILES_USED_UP = "all files that this process may open are in use: connections are closed without an answer"


class Server(daphne.server.Server):  # type: ignore[misc]
    """The web server."""

    def __init__(self, *arguments: Any, limits: Limits | None = None, **options: Any) -> None:
        self.limits = limits or Limits()
        for size in ("websocket_max_message_size", "websocket_max_frame_size"):
            options[size] = min(options.get(size) or self.limits.message_bytes, self.limits.message_bytes)
        options["server_name"] = options.get("server_name", "daphne").removeprefix("daphne")
        super().__init__(*arguments, **options)
        self.journal = Journal()
        self.door = Connections(self.limits, most_connections(self.limits, _open_files()), self.journal)
        self.answers = Answers(self.door)
        self._inner: Any = self.application
        self.application: Any = self._in_turn
        patience = self.limits.patience_seconds
        self._gate = Gate(self.limits.in_work, self.limits.waiting, patience)
        self._health_gate = Gate(1, self.limits.waiting, patience)
        self._working: set[asyncio.Task[None]] = set()

    def run(self) -> None:
        """Listen and serve until the end."""
        memory.settle()
        reactor.callLater(SWEEP_SECONDS, self._sweep)
        reactor.callWhenRunning(globalLogPublisher.addObserver, self._overhear)
        super().run()
        # A thread that asks the event loop for something is never answered any more, and Python would wait for it.
        end = threading.Timer(END_SECONDS, os._exit, (1 if self.abort_start else 0,))
        end.daemon = True
        end.start()

    def _sweep(self) -> None:
        try:
            self.door.sweep()
        except Exception:
            logger.exception("the front door stumbled; it goes on")
        reactor.callLater(SWEEP_SECONDS, self._sweep)

    def _overhear(self, event: dict[str, Any]) -> None:
        """Twisted's own log goes nowhere: of what it says only this matters to others."""
        if str(event.get("log_format", "")).startswith("EMFILE encountered"):
            self.journal.note(FILES_USED_UP)
        elif event.get("log_level") is LogLevel.critical and event.get("log_failure") is not None:
            error = event["log_failure"].value
            if isinstance(error, ReactorNotRunning):  # told twice to end: by Ctrl-C, and by the supervisor
                return
            self.journal.note("the web server stumbled", f"{type(error).__name__}: {error}")

    # Requests

    async def _in_turn(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Run the application once there is room for one more request; a WebSocket needs none."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        request: Request = send.args[0]
        gate = self._health_gate if scope["path"].endswith(HEALTH) else self._gate
        request.gone = asyncio.get_running_loop().create_future()
        entering = asyncio.ensure_future(gate.enter(request.connection.address))
        await asyncio.wait({entering, request.gone}, return_when=asyncio.FIRST_COMPLETED)
        if not entering.done():
            entering.cancel()
        try:
            await entering
        except Full as full:
            self.journal.note("requests waited in vain and were answered with 503")
            request.say(503, str(full), self.limits.retry_seconds)
            return
        except asyncio.CancelledError:
            return
        request.turn = gate
        await self._work(request, scope, receive, send)

    async def _work(self, request: Any, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Run the application to its end, even where the client is gone: its thread does so anyway."""
        work = asyncio.ensure_future(self._inner(scope, receive, send))
        self._working.add(work)
        work.add_done_callback(self._working.discard)
        work.add_done_callback(lambda _: _leave_turn(request))
        await asyncio.wait({work, request.gone}, return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            work.result()
        else:
            work.add_done_callback(self._done_for_nobody)

    def _done_for_nobody(self, work: asyncio.Task[None]) -> None:
        error = None if work.cancelled() else work.exception()
        if error is not None:
            self.journal.note("a request whose client was gone failed", f"{type(error).__name__}: {error}")

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        """Pass an answer on; one that begins frees its place, and one that is too much is answered with 503."""
        if message["type"] == "http.response.start" and isinstance(protocol, Request):
            _leave_turn(protocol)
            connected = protocol.channel is not None and not protocol.finished
            if connected and not self.answers.admit(protocol.connection, message.get("headers", [])):
                protocol.say(503, TOO_MANY, self.limits.retry_seconds)
                return
        await super().handle_reply(protocol, message)

    def kill_all_applications(self) -> Any:
        """Cancel what runs; Daphne fails where a connection has no application yet."""
        tasks = [details["application_instance"] for details in self.connections.values()
                 if "application_instance" in details]  # fmt: skip
        running = [task for task in (*tasks, *self._working) if not task.done()]
        for task in running:
            task.cancel()
        over = defer.Deferred.fromFuture(asyncio.ensure_future(_end(running)))
        over.addErrback(lambda _: None)
        return over


def install() -> None:
    """Let Daphne's command line run this server, by a clock that nobody can set."""
    daphne.cli.CommandLineInterface.server_class = Server
    daphne.server.HTTPFactory = factory.Factory
    daphne.server.WebSocketFactory = websockets.Factory
    clock = SimpleNamespace(time=time.monotonic)
    daphne.server.time = daphne.http_protocol.time = daphne.ws_protocol.time = clock
    reactor.seconds = time.monotonic
    _raise_file_limit()
    memory.share_arenas()


async def _end(tasks: list[asyncio.Task[None]]) -> None:
    """Wait for cancelled tasks, but not for ever."""
    if tasks:
        await asyncio.wait(tasks, timeout=END_SECONDS)


def _leave_turn(request: Any) -> None:
    gate, request.turn = request.turn, None
    if gate is not None:
        gate.leave()


def _open_files() -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return soft if soft != resource.RLIM_INFINITY else 1 << 20


def _raise_file_limit() -> None:
    """Take all the open files that we are allowed, up to what the connections can use."""
    soft, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    limits = Limits()
    wanted = limits.connections + limits.spare_files
    if most != resource.RLIM_INFINITY:
        wanted = min(wanted, most)
    with suppress(ValueError, OSError):
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
