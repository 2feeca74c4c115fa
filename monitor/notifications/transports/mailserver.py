"""Conversation with the mail server: bounded as a whole in time and in what it says, and its last answer is kept."""

from __future__ import annotations

import re
import smtplib
import socket
from collections.abc import Mapping
from typing import IO, Any

from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.utils import DNS_NAME

from monitor.notifications.transports import dialing
from monitor.notifications.transports.deadline import Deadline

TOTAL_SECONDS = 30.0
OWN_NAME_SECONDS = 5.0
MOST_BYTES = 200_000
Replies = Mapping[str, tuple[int, bytes]]


class _Client(smtplib.SMTP):
    """One conversation; whatever becomes of its socket, the deadline holds it from the first byte on."""

    deadline: Deadline

    def connect(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Find and greet the server; the time runs from here on."""
        self.deadline = Deadline(TOTAL_SECONDS)
        self.deadline.__enter__()
        try:
            return super().connect(*args, **kwargs)
        except BaseException:
            self.deadline.__exit__()
            raise

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        found = dialing.addresses(host, port, self.deadline)
        return dialing.dial(found, port, self.deadline, timeout)

    def getreply(self) -> tuple[int, bytes]:
        """Read one reply of few lines."""
        if self.file is None and self.sock is not None:
            self.file = _Few(self.sock.makefile("rb"))
        return super().getreply()

    def close(self) -> None:
        """End the deadline with the conversation."""
        self.deadline.__exit__()
        super().close()


class _Few:
    """The lines of a mail server, which need not be many; smtplib would take any number of them into memory."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._left = file, MOST_BYTES

    def readline(self, most: int) -> bytes:
        """The next line; raises OSError once it is too much."""
        line = self._file.readline(most)
        self._left -= len(line)
        if self._left < 0:
            raise OSError("the mail server says too much")
        return line

    def close(self) -> None:
        """Close the file beneath."""
        self._file.close()


class _Encrypted(smtplib.SMTP_SSL, _Client):
    """The same, encrypted from the start."""


class AnsweringBackend(EmailBackend):
    """Django's SMTP backend, bounded in time as a whole, that keeps what the server said last.

    answer: the reply to the message itself. refused: what was said of each recipient that was not accepted.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.answer = (0, b"")
        self.refused: Replies = {}

    def open(self) -> bool | None:
        """Begin a conversation; also on a machine whose own name, which may be any bytes, no mail server would take."""
        try:
            name = dialing.lookups.ask("own name", DNS_NAME.get_fqdn, OWN_NAME_SECONDS)
        except (UnicodeError, TimeoutError):
            name = ""
        if not re.fullmatch(r"[A-Za-z0-9.-]{1,255}", name):
            DNS_NAME._fqdn = "localhost"  # Django asks the system once, and nobody else
        return super().open()

    @property
    def connection_class(self) -> Any:
        """A client of our own, plain or encrypted from the start."""
        backend = self

        class Client(_Encrypted if self.use_ssl else _Client):  # type: ignore[misc]
            """The one of this backend."""

            def data(self, msg: Any) -> tuple[int, bytes]:
                """Keep the server's reply to the message."""
                backend.answer = super().data(msg)
                return backend.answer

            def sendmail(self, *args: Any, **kwargs: Any) -> Any:
                """Keep what was said of recipients that were not accepted while others were."""
                backend.refused = super().sendmail(*args, **kwargs)
                return backend.refused

        return Client
