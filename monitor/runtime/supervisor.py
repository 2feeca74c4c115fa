"""Supervisor: keeps the processes of `serve` alive, and leaves none behind.

`serve` turns itself into `python -m monitor.runtime.supervisor`: what only waits needs no Django, 10 MB instead of 70.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import logging
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from monitor.runtime.name import SUPERVISOR, be_called

logger = logging.getLogger("monitor.runtime.supervisor")

MOST_RESTARTS = 5
RESTARTS_SECONDS = 60.0
RESTART_PAUSE = 1.0
STOP_SECONDS = 10.0
FINAL_EXIT_CODES = frozenset({2, 3, 4, 5})  # a refusal with a sentence: starting again would say the same


class Stop(Exception):
    """A signal asked us to stop."""


SPECIFICATION = "LOADMON_SUPERVISED"  # an environment variable, because other users can read a command line
START_SECONDS = 30.0


def become(directory: Path, address: str, port: int, greeting: str, commands: dict[str, list[str]]) -> None:
    """Replace this process by a supervisor of `commands` (name -> arguments); the first one serves address:port.

    `greeting` is printed once it answers. Never returns.
    """
    specification = {"address": address, "port": port, "greeting": greeting, "commands": commands}
    os.chdir(directory)
    environment = os.environ | {SPECIFICATION: json.dumps(specification)}
    os.execve(sys.executable, [sys.executable, "-m", "monitor.runtime.supervisor"], environment)  # noqa: S606


def main() -> int:
    """Start what `become` was given and watch it; return the exit status."""
    logging.basicConfig(level=logging.INFO, format="{asctime} {levelname} {name}: {message}", style="{")
    given = json.loads(os.environ.pop(SPECIFICATION))
    _raise_file_limit()
    be_called(SUPERVISOR)
    children = [Child(name, command) for name, command in given["commands"].items()]
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _raise_stop)
    try:
        for child in children:
            child.start()
        if wait_until_listening(children[0], given["address"], given["port"], START_SECONDS):
            print(given["greeting"], flush=True)  # noqa: T201
        watch(children)
    except Stop:
        print("Stopped.", flush=True)  # noqa: T201
        return 0
    finally:
        stop(children)
    return 1


@dataclass(slots=True)
class Child:
    """One supervised process."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    starts: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_RESTARTS + 1))

    def start(self) -> None:
        """Start it; on Linux it is killed if this process dies, however that happens."""
        self.starts.append(time.monotonic())
        self.process = subprocess.Popen(self.command, preexec_fn=_die_with_parent)

    def may_restart(self, exit_code: int) -> bool:
        """False after a refusal, or when it keeps dying."""
        if exit_code in FINAL_EXIT_CODES:
            return False
        often = len(self.starts) > MOST_RESTARTS
        return not (often and time.monotonic() - self.starts[0] < RESTARTS_SECONDS)


def watch(children: Sequence[Child]) -> None:
    """Start again what dies; return when one dies for good. SIGTERM and SIGINT raise Stop."""
    while True:
        gone = _wait_for_one(children)
        code = gone.process.returncode if gone.process else 1
        if not gone.may_restart(code):
            logger.error("%s ended with status %s and is not started again: stopping", gone.name, code)
            return
        logger.warning("%s ended with status %s; starting it again", gone.name, code)
        time.sleep(RESTART_PAUSE)
        gone.start()


def stop(children: Sequence[Child]) -> None:
    """End every child: politely, then by force."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    running = [child.process for child in children if child.process and child.process.poll() is None]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in running:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


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


def wait_until_listening(child: Child, address: str, port: int, seconds: float) -> bool:
    """Wait until `child` answers on its port; False when it ended or took too long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and child.process is not None and child.process.poll() is None:
        try:
            with socket.create_connection((address, port), timeout=1):
                return True
        except OSError:
            time.sleep(0.05)
    return False


def _wait_for_one(children: Sequence[Child]) -> Child:
    while True:
        for child in children:
            if child.process is not None and child.process.poll() is not None:
                return child
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)


def _raise_file_limit() -> None:
    """Take all the open files that we are allowed: every viewer needs one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # macOS refuses what it calls unlimited
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _raise_stop(number: int, frame: object) -> None:
    raise Stop


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


if __name__ == "__main__":
    sys.exit(main())
