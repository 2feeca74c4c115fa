"""Watch over answers: where a page waits for a database that is silent, 503 goes out within seconds; a slow page goes on."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.db import connection
from django.http import HttpResponse

from monitor.hosts.models import Host
from monitor.runtime.repeats import Repeats
from monitor.web import errors
from monitor.web.headers import SecurityHeaders

logger = logging.getLogger(__name__)

BEGIN_SECONDS = 2.5
PROBE_SECONDS = 1.0
SILENT = "the database is silent: pages are answered with 503 until it speaks"

Application = Callable[..., Awaitable[None]]
Ask = Callable[[], object]


def ask() -> None:
    """Read a row of the database, whether there is one or not; in a thread of its own, whose connection is closed."""
    try:
        Host.objects.order_by("pk").values_list("pk").first()
    finally:
        connection.close()


class Probe:
    """Asks the database one thing at a time, in a thread that nobody waits for at the end of the process."""

    def __init__(self, ask: Ask = ask) -> None:
        self._ask = ask
        self._asked: Future[None] | None = None
        self.is_known_silent = False
        """Whether the last question is without an answer, after a second."""

    async def is_silent(self) -> bool:
        """Whether no answer comes within a second; an error is an answer too."""
        if self._asked is None or self._asked.done():
            self._asked = Future()
            self._asked.add_done_callback(lambda _: setattr(self, "is_known_silent", False))
            threading.Thread(target=self._run, args=(self._asked,), name="probe", daemon=True).start()
        asked = self._asked
        await asyncio.wait([asyncio.wrap_future(asked)], timeout=PROBE_SECONDS)
        self.is_known_silent = not asked.done()
        return self.is_known_silent

    def _run(self, asked: Future[None]) -> None:
        with contextlib.suppress(Exception):
            self._ask()
        asked.set_result(None)


class Once:
    """An ASGI `send` that lets only one speak: who began, or who took over before anybody had."""

    def __init__(self, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        self._send = send
        self.has_begun = False
        self.is_taken = False

    async def __call__(self, message: dict[str, Any]) -> None:
        """Send one message of the application, unless another has answered."""
        if not self.is_taken:
            self.has_begun = True
            await self._send(message)

    def take(self) -> bool:
        """Whether the answer is the caller's to give; the application's comes too late then."""
        self.is_taken = not self.has_begun
        return self.is_taken


class Watch:
    """An ASGI application whose HTTP answers are given in its place while the database is silent.

    While it is known to be, nothing more is asked of it, so that no threads pile up; plain files need none.
    """

    def __init__(self, inner: Application, probe: Probe | None = None) -> None:
        self._inner = inner
        self._probe = probe or Probe()
        self._repeats = Repeats()
        self._left: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Pass the request on, and look after it."""
        if scope["type"] != "http" or scope["path"].startswith(settings.STATIC_URL):
            await self._inner(scope, receive, send)
        elif self._probe.is_known_silent:
            await self._refuse(scope, send)
        else:
            await self._look_after(scope, receive, send)

    async def _look_after(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        once = Once(send)
        task = asyncio.ensure_future(self._inner(scope, receive, once))
        try:
            while not task.done() and not once.has_begun:
                await asyncio.wait([task], timeout=BEGIN_SECONDS)
                if task.done() or once.has_begun or not await self._probe.is_silent():
                    continue
                if not task.done() and once.take():
                    self._leave(task)
                    await self._refuse(scope, send)
                    return
            await task
        except asyncio.CancelledError:
            task.cancel()
            raise

    def _leave(self, task: asyncio.Task[None]) -> None:
        """Let a request come to its end by itself: a thread that waits for the database cannot be ended."""
        self._left.add(task)
        task.add_done_callback(self._left.discard)
        task.add_done_callback(lambda done: done.cancelled() or done.exception())

    async def _refuse(self, scope: dict[str, Any], send: Any) -> None:
        if self._repeats.is_due():
            logger.error(SILENT)
        request = ASGIRequest(scope, BytesIO())
        answer = SecurityHeaders(lambda _: _unavailable(request))(request)
        headers = [(name.lower().encode(), value.encode("latin1")) for name, value in answer.items()]
        body = b"" if request.method == "HEAD" else answer.content
        await send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _unavailable(request: ASGIRequest) -> HttpResponse:
    answer = errors.unavailable(request)
    answer.headers["Content-Length"] = str(len(answer.content))
    return answer
