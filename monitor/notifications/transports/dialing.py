"""Dialing: from a name to a connection, look-up included, within the deadline of the conversation that follows."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future
from typing import Any

from monitor.notifications.transports.deadline import Deadline

MOST_LOOKUPS = 16
TRIED_ADDRESSES = 3


class Lookups:
    """Questions to the system's resolver, which nothing can interrupt: each has a thread, one question never two."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: dict[Hashable, Future[Any]] = {}

    def ask(self, about: Hashable, question: Callable[[], Any], seconds: float) -> Any:
        """The answer; raises what the question raises, and TimeoutError where it takes longer than `seconds`."""
        with self._lock:
            answer = self._under_way.get(about)
            if answer is None:
                if len(self._under_way) >= MOST_LOOKUPS:
                    raise TimeoutError("the resolver answers none of many questions")
                answer = self._under_way[about] = Future()
                threading.Thread(target=self._carry, args=(about, question, answer), daemon=True).start()
        return answer.result(seconds)

    def _carry(self, about: Hashable, question: Callable[[], Any], answer: Future[Any]) -> None:
        try:
            found = question()
        except BaseException as error:  # whoever waits for it has to know
            self._forget(about)
            answer.set_exception(error)
        else:
            self._forget(about)
            answer.set_result(found)

    def _forget(self, about: Hashable) -> None:
        with self._lock:
            del self._under_way[about]


lookups = Lookups()


def literal(host: str) -> str:
    """The IP address that `host` is another spelling of ("127.1", "0x7f000001", "127.0.0.1."); else `host` itself."""
    text = host.strip("[]").rstrip(".")
    try:
        return str(ipaddress.IPv4Address(socket.inet_aton(text)))
    except (OSError, ValueError):
        return text if ":" in text else host


def addresses(host: str, port: int, deadline: Deadline) -> list[str]:
    """The IP addresses of `host`, which may be one; raises OSError, of which TimeoutError is one, and UnicodeError."""
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        pass

    def question() -> list[tuple[Any, ...]]:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)

    found = lookups.ask((host, port), question, deadline.left)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def dial(found: Sequence[str], port: int, deadline: Deadline, seconds: float) -> socket.socket:
    """A connection to the first of the addresses that takes one within `seconds`, bounded by `deadline` from then on.

    Raises the OSError of the last of them.
    """
    failure = OSError("the name has no address")
    for address in found[:TRIED_ADDRESSES]:
        if deadline.over:
            raise TimeoutError
        try:
            connection = socket.create_connection((address, port), min(seconds, deadline.left))
        except OSError as error:
            failure = error
            continue
        try:
            deadline.watch(connection)
        except OSError:
            connection.close()
            raise
        return connection
    raise failure
