"""Servers that are rude: one says nothing, one hangs up, one says one letter at a time."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator


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


def thank_for_ever(
    head: bytes = b"Connection: close\r\n",
) -> Callable[[socket.socket, threading.Event], None]:
    """Take the message, answer 200 with the lines `head`, and then a byte of thanks at a time without an end."""

    def behaviour(connection: socket.socket, over: threading.Event) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n")
        while not over.wait(0.02):
            connection.sendall(b"x")

    return behaviour
