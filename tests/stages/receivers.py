"""The receivers of messages: a web server and a mail server that do as they are told."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller

from monitor.notifications.domain.delivery import Message

MESSAGE = Message(
    key="k-1",
    kind="fired",
    severity="critical",
    subject="[critical] db-01: load 9.2 on 4 cores",
    text="Load fired.\n",
    html="<p>Load fired.</p><img src='cid:chart'>",
    link="https://load.example.org/alerts/1/",
    payload={"version": 1, "key": "k-1", "subject": "load"},
    thread="alert-1",
)


ACCEPT, FAIL, STALL, BREAK_OFF, HANG = "accept", "fail", "stall", "break off", "hang"


@dataclass
class Web:
    """A web server: what it took, and what it answers; `mood` decides by the path what happens to each request.

    One that is accepted is kept and answered as told, also where that is a refusal. One that hangs ends with the server.
    One whose sender was killed before all of it had come is no request.
    """

    port: int = 0
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"thanks"
    mood: Callable[[str], str] = lambda path: ACCEPT
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    refused: int = 0
    waiting: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        """An address with a secret in its path and in its query."""
        return self.at("hooks/s3cr3t-path?token=t0p-secret")

    def at(self, path: str) -> str:
        """The address of a receiver; each path may have a mood of its own."""
        return f"http://127.0.0.1:{self.port}/{path}"

    def of(self, path: str | None = None) -> list[tuple[str, Any]]:
        """(key, document) of each message that was taken there, in order, repeats included; None: anywhere."""
        with self.lock:
            taken = list(self.got)
        return [
            (headers.get("idempotency-key", ""), json.loads(body))
            for at, headers, body in taken
            if path in (None, at.strip("/"))
        ]

    def keys(self, path: str | None = None) -> list[str]:
        """The keys of the messages that were taken there, in order, repeats included."""
        return [key for key, _ in self.of(path)]

    def documents(self, path: str | None = None) -> list[Any]:
        """The JSON of the messages that were taken there."""
        return [document for _, document in self.of(path)]


class _Handler(BaseHTTPRequestHandler):
    web: Web

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        if len(body) < length:
            self.close_connection = True
            return
        mood = self.web.mood(self.path.strip("/"))
        with self.web.lock:
            self.web.waiting += mood == HANG
            self.web.refused += mood in (FAIL, STALL, BREAK_OFF)
            if mood == ACCEPT:
                names = {name.lower(): value for name, value in self.headers.items()}
                self.web.got.append((self.path, names, body))
        if mood == ACCEPT:
            self._answer(self.web.status, self.web.body, self.web.headers)
        elif mood == FAIL:
            self._answer(500, b"not now", {})
        elif mood == BREAK_OFF:
            self.wfile.write(b"HTTP/1.1 20")
        else:
            self.web.over.wait(0.3 if mood == STALL else 60)
        self.close_connection = True

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: Any) -> None:
        """Quietly."""

    def handle(self) -> None:
        """One connection, whose other side may be killed."""
        with contextlib.suppress(OSError):
            super().handle()


@contextlib.contextmanager
def web_server(mood: Callable[[str], str] = lambda path: ACCEPT) -> Iterator[Web]:
    """A real one on a free port."""
    web = Web(mood=mood)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"web": web}))
    web.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield web
    finally:
        web.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Post:
    """A mail server: what it took, and what it answers to the sender, each recipient and the message."""

    port: int = 0
    took: list[tuple[list[str], EmailMessage, bytes]] = field(default_factory=list)
    recipients: dict[str, str] = field(default_factory=dict)
    sender: str = ""
    answer: str = "250 2.0.0 queued as 4711"
    moods: Callable[[], str] | None = None
    hangs_up_at: str = ""
    goodbyes: int = 0

    @property
    def keys(self) -> list[str]:
        """The keys of the messages that it took, in order, repeats included."""
        return [str(mime["X-Loadmon-Key"]) for _, mime, _ in self.took]

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        """What is said of the sender."""
        envelope.mail_from = None if self.sender else address
        return self.sender or "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        """What is said of one recipient."""
        said = self.recipients.get(address, "250 OK")
        if said.startswith("2"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep what was sent, if it is accepted; each answer is that of `moods`, where there are any ("": hang up)."""
        answer = self.answer if self.moods is None else self.moods()
        if not answer or self.hangs_up_at == "DATA":
            server.transport.abort()
        if answer.startswith("2"):
            parsed: Any = message_from_bytes(envelope.content, policy=policy.default)
            self.took.append((envelope.rcpt_tos, parsed, envelope.content))
        return answer

    async def handle_QUIT(self, server: Any, session: Any, envelope: Any) -> str:
        """Say goodbye."""
        self.goodbyes += 1
        if self.hangs_up_at == "QUIT":
            server.transport.abort()
        return "221 Bye"


@contextlib.contextmanager
def mail_server() -> Iterator[Post]:
    """A real one on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    post = Post(port)
    controller = Controller(post, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield post
    finally:
        controller.stop()
