"""Child process that sends one message by Apprise, or checks a URL, behind a fence; JSON on stdin, JSON on stdout.

The fence is an audit hook of the interpreter: whatever Apprise or a library of its does, no program is started, no
file outside of Python's own is read, none is written, and no connection goes to a private address.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypedDict

from monitor.notifications.domain.reach import NOT_AN_ADDRESS, refusal
from monitor.notifications.transports.deadline import Deadline

LOCAL_SCHEMES = frozenset(
    (
        "dbus", "qt", "kde", "glib", "gio", "gnome", "macosx", "windows", "syslog", "growl", "blink1", "deltachat",
        "deltachats",
    )
)  # fmt: skip
PROGRAMS = frozenset(
    (
        "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile", "os.fork",
        "os.forkpty", "pty.spawn", "webbrowser.open", "syslog.openlog", "syslog.syslog",
    )
)  # fmt: skip
CHANGES = frozenset(
    (
        "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "os.chmod",
        "os.chown", "shutil.rmtree", "shutil.copyfile", "shutil.move", "tempfile.mkstemp", "tempfile.mkdtemp",
    )
)  # fmt: skip
READABLE = tuple(
    str(Path(path).resolve())
    for path in (sys.prefix, sys.base_prefix, "/usr/share", "/usr/lib", "/etc/ssl/certs", "/etc/pki/tls/certs", "/etc/hosts",
                 "/etc/resolv.conf", "/etc/localtime", "/etc/mime.types", "/dev/null", "/dev/urandom")
)  # fmt: skip
SELF_DESTRUCT_SECONDS = 60
CONNECT_SECONDS, READ_SECONDS = 5.0, 10.0
MOST_BYTES = 200_000


class Order(TypedDict, total=False):
    """What the parent asks for; action is "send" or "check", which needs no more than the URL."""

    action: str
    url: str
    title: str
    body: str
    kind: str
    allow_private: bool
    answer_seconds: float


class Reply(TypedDict, total=False):
    """What came of it: refused, a sentence or "", where nothing was tried; else the other three."""

    refused: str
    delivered: bool
    service: str
    log: list[str]


class Fenced(PermissionError):
    """Something that no message needs to do; the message is a sentence."""


class Fence:
    """The audit hook; up only once everything is loaded. Keeps the first thing that it held back."""

    def __init__(self, allow_private: bool) -> None:
        self.allow_private = allow_private
        self.held_back = ""
        self.deadline: Deadline | None = None

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Raise Fenced for what is not allowed."""
        if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
            self._connect(arguments[1])
            if self.deadline is not None and event == "socket.connect":
                self.deadline.watch(arguments[0])
        elif event == "open":
            self._open(*arguments)
        elif event in PROGRAMS:
            self._hold("Apprise wanted to start a program, which is not allowed.")
        elif event in CHANGES:
            self._hold("Apprise wanted to change a file, which is not allowed.")

    def _connect(self, address: Any) -> None:
        if address is None:
            return
        if not isinstance(address, tuple):
            self._hold("Nothing is sent to a socket of this machine.")
        why = refusal(str(address[0]), self.allow_private)
        if why == NOT_AN_ADDRESS and self.allow_private:
            return  # a name that the system resolves: it cannot be checked, and need not be
        if why:
            self._hold(
                f"Nothing is sent there: the host {why}. LOADMON_PRIVATE_RECEIVERS=yes allows private ones."
            )

    def _open(self, path: Any, mode: Any, flags: Any) -> None:
        if not isinstance(path, str | bytes):
            return  # a descriptor that is open already
        writes = isinstance(flags, int) and flags & (
            os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
        )
        place = os.path.realpath(os.fsdecode(path))
        own = place == "/dev/null" or place.startswith(READABLE)
        if not own or (writes and place != "/dev/null"):
            self._hold("The URL asks for a file of this machine, which is not allowed.")

    def _hold(self, sentence: str) -> None:
        self.held_back = self.held_back or sentence
        raise Fenced(sentence)


def main() -> int:
    """Do what stdin asks for, and answer; the exit status is 0 whatever came of it."""
    signal.alarm(SELF_DESTRUCT_SECONDS)  # should the parent die while we wait for a server
    order: Order = json.loads(sys.stdin.buffer.read(100_000))
    answer = sys.stdout
    sys.stdout = sys.stderr  # whatever a library prints is no answer
    json.dump(carry_out(order), answer)
    answer.flush()
    return 0


def carry_out(order: Order) -> Reply:
    """Check the URL, and send where that is wanted."""
    scheme = str(order["url"]).partition("://")[0].lower()
    if scheme in LOCAL_SCHEMES:
        return {"refused": f"{scheme}:// reaches only this machine itself, and is not used."}
    log = _Log()
    fence, plugin = _prepared(order)
    if plugin is None:
        why = fence.held_back or f"Apprise does not understand this {scheme}:// URL."
        return {"refused": why}
    if order["action"] == "check":
        return {"refused": ""}
    log.lines.clear()
    try:
        with Deadline(order["answer_seconds"]) as fence.deadline:
            _bound_answers(fence.deadline)
            delivered = _notify(plugin, order)
    except Exception as error:  # of any of a hundred plugins
        delivered = False
        log.lines.append(f"{type(error).__name__}.")
    if fence.held_back and not delivered:
        return {"refused": fence.held_back}
    return {"delivered": delivered, "service": str(plugin.service_name), "log": log.lines}


def _notify(plugin: Any, order: Order) -> bool:
    import apprise

    sender = apprise.Apprise()
    sender.add(plugin)
    text = apprise.NotifyFormat.TEXT
    return bool(sender.notify(order["body"], order["title"], order["kind"], body_format=text))


def _bound_answers(deadline: Deadline) -> None:
    """Of an answer whose status has come, no more is waited for than until `deadline`, and no more read than will do.

    Else a service that took the message, and trickles its thanks, would get it again and again.
    """
    import requests

    whole = requests.Response.iter_content

    def bounded(answer: Any, *arguments: Any, **named: Any) -> Iterator[Any]:
        left = MOST_BYTES
        try:
            for piece in whole(answer, *arguments, **named):
                yield piece
                left -= len(piece)
                if left <= 0:
                    return
        except (requests.RequestException, OSError):
            if not deadline.over:
                raise

    requests.Response.iter_content = bounded  # type: ignore[method-assign, assignment]


def _prepared(order: Order) -> tuple[Fence, Any]:
    """The fence, now up, and the plugin for the URL, None where there is none."""
    import apprise
    from apprise.manager_plugins import NotificationManager

    manager: Any = NotificationManager  # untyped
    manager().load_modules()
    sys.dont_write_bytecode = True  # a module that is loaded late would want to
    fence = Fence(bool(order["allow_private"]))
    sys.addaudithook(fence)
    plugin = apprise.Apprise.instantiate(order["url"])
    if plugin is not None:
        plugin.socket_connect_timeout, plugin.socket_read_timeout = CONNECT_SECONDS, READ_SECONDS
    return fence, plugin


class _Log(logging.Handler):
    """What Apprise says from warnings on."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []
        logger = logging.getLogger("apprise")
        logger.addHandler(self)
        logger.propagate = False

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it, bounded."""
        if len(self.lines) < 10:
            self.lines.append(record.getMessage()[:500])


if __name__ == "__main__":
    sys.exit(main())
