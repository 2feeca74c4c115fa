"""The other sides that a message meets: a web server and a mail server that do as told, and one that is rude."""

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


@dataclass
class Web:
    """A web server: what it got, and what it answers."""

    url: str = ""
    port: int = 0
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"thanks"
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def documents(self) -> list[Any]:
        """The JSON of each request."""
        return [json.loads(body) for _, _, body in self.got]


@contextlib.contextmanager
def web_server() -> Iterator[Web]:
    """A real one on a free port."""
    web = Web()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            web.got.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(web.status)
            for name, value in web.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(web.body)))
            self.end_headers()
            self.wfile.write(web.body)

        def log_message(self, *arguments: Any) -> None:
            """Quietly."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    web.port = server.server_port
    web.url = f"http://127.0.0.1:{web.port}/hooks/s3cr3t-path?token=t0p-secret"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextlib.contextmanager
def rude_server(behaviour: Callable[[socket.socket, threading.Event], None]) -> Iterator[int]:
    """Accepts connections on the port that it yields, and hands each to `behaviour` with an event that tells the end."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def talk(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            behaviour(connection, over)

    def accept() -> None:
        while not over.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=talk, args=(connection,))
            thread.start()
            threads.append(thread)

    threads = [threading.Thread(target=accept)]
    threads[0].start()
    try:
        yield listener.getsockname()[1]
    finally:
        over.set()
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in threads:
            thread.join()


def say_nothing(connection: socket.socket, over: threading.Event) -> None:
    """Take everything, answer nothing."""
    connection.settimeout(0.05)
    while not over.is_set():
        with contextlib.suppress(TimeoutError):
            if not connection.recv(65536):
                return


def hang_up(connection: socket.socket, over: threading.Event) -> None:
    """Hang up as soon as something was said."""
    connection.settimeout(0.2)
    with contextlib.suppress(TimeoutError):
        connection.recv(65536)


def trickle(connection: socket.socket, over: threading.Event) -> None:
    """Promise an answer, one byte at a time, for ever: no single wait is ever long."""
    connection.sendall(b"HTTP/1.1 200 O")
    while not over.wait(0.02):
        connection.sendall(b"K")


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
