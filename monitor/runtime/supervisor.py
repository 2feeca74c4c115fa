"""Supervisor: keeps the processes of `serve` alive, and leaves none behind.

`serve` turns itself into `python -m monitor.runtime.supervisor`: what only waits needs no Django, 10 MB instead of 70.
"""

from __future__ import annotations

import contextlib
import errno
import json
import logging
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from monitor.runtime.endings import Board
from monitor.runtime.name import SUPERVISOR, be_called
from monitor.runtime.part import FINAL_EXIT_CODES, Part
from monitor.runtime.voice import Terminal

__all__ = ["FINAL_EXIT_CODES", "become", "port_problem"]

logger = logging.getLogger("monitor.runtime.supervisor")

STOP_SECONDS = 10.0
SPECIFICATION = "LOADMON_SUPERVISED"  # an environment variable, because other users can read a command line
LOOK_SECONDS = 0.1  # between two looks whether the server answers


def become(
    directory: Path, data: Path, address: str, port: int, greeting: str, commands: dict[str, list[str]]
) -> None:
    """Replace this process by a supervisor of `commands` (name -> arguments); the first one serves address:port.

    `greeting` is printed once it answers; `data` is where the parts that keep ending are told. Never returns.
    """
    specification = {
        "address": address, "port": port, "greeting": greeting, "commands": commands, "data": str(data),
    }  # fmt: skip
    os.chdir(directory)
    environment = os.environ | {SPECIFICATION: json.dumps(specification)}
    os.execve(sys.executable, [sys.executable, "-m", "monitor.runtime.supervisor"], environment)  # noqa: S606


def main() -> int:
    """Start what `become` was given and watch it until a signal; return the exit status."""
    terminal = Terminal()
    terminal.setFormatter(logging.Formatter("{asctime} {levelname} {name}: {message}", style="{"))
    logging.basicConfig(level=logging.INFO, handlers=[terminal])
    given = json.loads(os.environ.pop(SPECIFICATION))
    be_called(SUPERVISOR)
    parts = [Part(name, command, terminal) for name, command in given["commands"].items()]
    board = Board(Path(given["data"]), logger.error)

    def answers() -> bool:
        return is_answered(given["address"], given["port"])

    def greet() -> None:
        terminal.say(f"{given['greeting']}\n".encode(), 1)

    status = Supervisor(parts, board, answers, greet).run()
    if status == 0:
        terminal.say(b"Stopped.\n", 1)
    terminal.settle(STOP_SECONDS / 5)
    return status


class Supervisor:
    """Starts `parts` again whenever they end, for ever; `board` tells of those that keep ending.

    `greet` is called once `answers`, which asks the server of the first part, is true.
    """

    def __init__(
        self, parts: Sequence[Part], board: Board, answers: Callable[[], bool], greet: Callable[[], None]
    ) -> None:
        self._parts, self._board = parts, board
        self._answers, self._greet = answers, greet
        self._is_asked_to_stop = self._is_greeted = False
        self._woken, self._wakes = os.pipe()

    def run(self) -> int:
        """Watch until SIGTERM or SIGINT, or until a part refuses as it is started for the first time; end all parts.

        Return the exit status: 0 after a signal.
        """
        self._listen_to_signals()
        try:
            while not self._is_asked_to_stop:
                if self._step():
                    return 1
                self._wait(self._patience())
        finally:
            self._stop()
        return 0

    def _step(self) -> bool:
        """Do what is due; return whether to give up."""
        now, is_news = time.monotonic(), False
        for part in self._parts:
            if part.has_ended(now):
                is_news = True
                if part.starts == 1 and part.has_refused:
                    logger.error("%s refuses to start, %s: stopping", part.name, part.how)
                    return True
                logger.warning("%s ended %s; starting it again in %.0f s", part.name, part.how, part.pause())
            elif part.process is None and part.due_at <= now and not self._is_asked_to_stop:
                is_news = part.starts > 0
                part.start(now)
                if part.process is None:
                    logger.error("%s ended %s; trying again in %.0f s", part.name, part.how, part.pause())
            elif part.settle(now):
                is_news = True
                logger.info("%s runs well again", part.name)
        if is_news:
            self._board.show([one for one in map(Part.ending, self._parts) if one is not None])
        if not self._is_greeted and self._parts[0].process is not None and self._answers():
            self._is_greeted = True
            self._greet()
        return False

    def _patience(self) -> float | None:
        """Seconds until something is due; None where only news can wake us."""
        due = [at for at in map(Part.wakes_at, self._parts) if at is not None]
        wait = max(0.0, min(due) - time.monotonic()) if due else None
        return wait if self._is_greeted else min(LOOK_SECONDS, LOOK_SECONDS if wait is None else wait)

    def _wait(self, seconds: float | None) -> None:
        """Hear what the parts say until there may be more to do."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._woken, selectors.EVENT_READ)
            for part in self._parts:
                if part.voice is not None and not part.voice.is_silent:
                    selector.register(part.voice.reader, selectors.EVENT_READ, part.voice)
            for key, _ in selector.select(seconds):
                if key.data is None:
                    os.read(self._woken, 4096)
                else:
                    key.data.hear()

    def _stop(self) -> None:
        """End every part: politely, then by force; what they say meanwhile is heard."""
        for part in self._parts:
            if part.process is not None:
                part.process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        while any(part.process and not part.has_ended(time.monotonic()) for part in self._parts):
            left = deadline - time.monotonic()
            if left <= 0:
                self._kill()
                deadline = time.monotonic() + STOP_SECONDS
            self._wait(max(0.05, left))
        self._board.show([])

    def _kill(self) -> None:
        for part in self._parts:
            if part.process is not None:
                part.process.kill()

    def _listen_to_signals(self) -> None:
        """Be woken by signals and by the end of a part; none interrupts what is half done."""
        for end in (self._woken, self._wakes):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._wakes, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask_to_stop)

    def _ask_to_stop(self, number: int, frame: object) -> None:
        self._is_asked_to_stop = True


def port_problem(address: str, port: int) -> str:
    """Why a server cannot listen there, and what to do, in a sentence; "" where it can."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except PermissionError:
            return f"Port {port} needs rights that this user has not: set PORT to one above 1023."
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return f"Port {port} on {address} is taken: stop what listens there, or set PORT to another."
            return f"LOADMON_BIND={address} is no address of this machine ({error.strerror})."
    return ""


def is_answered(address: str, port: int) -> bool:
    """Whether somebody listens there, within a second."""
    with contextlib.suppress(OSError), socket.create_connection((address, port), timeout=1):
        return True
    return False


if __name__ == "__main__":
    sys.exit(main())
