"""Listens to everything that a page says and asks for, so that each test ends with: nothing was wrong."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Page, Request, WebError, WebSocket


class Record:
    """Console lines, errors, dialogs, failed requests and requests to any host but ours."""

    def __init__(self, host: str) -> None:
        self.hosts = {host, ""}
        self.sockets: list[WebSocket] = []
        self.lines: list[str] = []
        self._allowed: list[re.Pattern[str]] = []

    def allow(self, pattern: str) -> None:
        """Expect lines that match `pattern`: this test breaks something on purpose."""
        self._allowed.append(re.compile(pattern))

    def problems(self) -> list[str]:
        """What happened that nobody allowed."""
        return [line for line in self.lines if not any(known.search(line) for known in self._allowed)]

    def watch(self, context: BrowserContext) -> None:
        """Listen to all pages of a context from now on."""
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("dialog", self._dialog)
        context.on("request", self._request)
        context.on("requestfailed", self._failed)
        context.on("page", self._page)

    def _page(self, page: Page) -> None:
        page.on("websocket", self._socket)
        page.on("crash", lambda _: self.lines.append("the page crashed"))

    def _console(self, message: ConsoleMessage) -> None:
        self.lines.append(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def _error(self, error: WebError) -> None:
        self.lines.append(f"page error: {error.error}")

    def _dialog(self, dialog: Dialog) -> None:
        self.lines.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        self._check_host("request", request.url)

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # cut off because the page was left
            self.lines.append(f"failed: {request.method} {request.url} {request.failure}")

    def _socket(self, socket: WebSocket) -> None:
        self.sockets.append(socket)
        self._check_host("socket", socket.url)

    def _check_host(self, kind: str, url: str) -> None:
        if urlsplit(url).netloc not in self.hosts:
            self.lines.append(f"foreign {kind}: {url}")
