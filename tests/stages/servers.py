"""A real loadmon for tests: its own data directory, its own port, real processes that are always ended."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

from monitor import conf

ROOT = conf.BASE_DIR
PATIENCE = 30.0
DATABASE = "loadmon.sqlite3"
TEMPLATE: list[bytes] = []  # the migrated database, once there is one


def until(condition: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """Poll `condition` until it is true and return its value; fail with `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:g} s in vain for {what}")
        time.sleep(0.02)


LONGEST_COMMAND_SECONDS = 400
"""Of one that hangs: making up days of history rests after each turn, and takes minutes where all else runs as well."""


class Site(AbstractContextManager["Site"]):
    """One loadmon installation; use as a context manager."""

    def __init__(self, **environment: str) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="loadmon-site-")
        self.data = Path(self._directory.name)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        names = {setting.name for setting in conf.SETTINGS}
        self.environment = {name: value for name, value in os.environ.items() if name not in names} | {
            "DJANGO_SETTINGS_MODULE": "loadmon_site.settings",
            "LOADMON_DATA_DIR": str(self.data),
            "LOADMON_HOST_NAME": "testhost",
            "LOADMON_PRIVATE_RECEIVERS": "yes",  # the receivers of tests are on this machine
            "PORT": str(self.port),
            "PYTHONUNBUFFERED": "1",
            **environment,
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def url(self) -> str:
        """Where the web server answers."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Site:
        (self.data / "static").mkdir()
        try:
            self._make_database()
        except BaseException:
            self._directory.cleanup()
            raise
        return self

    def _make_database(self) -> None:
        """Migrate once in a run of the tests, and copy what came of it from then on; a server's database each time."""
        if "DATABASE_URL" in self.environment:
            self.manage("migrate", "-v0", "--skip-checks")
            return
        if not TEMPLATE:
            self.manage("migrate", "-v0", "--skip-checks")
            with closing(sqlite3.connect(self.data / DATABASE)) as database:
                TEMPLATE.append(database.serialize())
            return
        (self.data / DATABASE).touch(0o600)
        (self.data / DATABASE).write_bytes(TEMPLATE[0])

    def __exit__(self, *exception: object) -> None:
        for name in list(self.processes):
            self.kill(name, signal.SIGTERM)
        self._directory.cleanup()

    # Processes

    def manage(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run one management command to its end."""
        result = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=LONGEST_COMMAND_SECONDS,
        )  # fmt: skip
        assert not check or result.returncode == 0, result.stdout + result.stderr
        return result

    def shell(self, code: str) -> str:
        """Run Python `code` with Django set up; return what it printed."""
        return self.manage("shell", "-v0", "-c", code).stdout.strip()

    def start(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        """Start a process; its output goes to a log in the data directory."""
        with open(self.data / f"{name}.log", "ab") as log:
            process = subprocess.Popen(
                [sys.executable, *command], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )
        self.processes[name] = process
        return process

    def start_web(self) -> None:
        """Start Daphne and wait until it answers."""
        self.start("web", "-m", "daphne", "-v", "0", "-b", "127.0.0.1", "-p", str(self.port),
                   "--websocket_timeout", "-1", "loadmon_site.asgi:application")  # fmt: skip
        until(lambda: self.alive("web") and self._listens(), "the web server")

    def start_sampler(self, *arguments: str) -> None:
        """Start the sampler and wait for its first sample."""
        before = self.count()
        self.start("sampler", "manage.py", "runsampler", *arguments)
        until(lambda: self.alive("sampler") and self.count() > before, "the first sample")

    def alive(self, name: str) -> bool:
        """Whether the process still runs; fail with its log when it ended."""
        assert self.processes[name].poll() is None, f"{name} ended:\n{self.log(name)}"
        return True

    def log(self, name: str) -> str:
        """What the process has written so far."""
        return (self.data / f"{name}.log").read_text(errors="replace")

    def kill(self, name: str, number: int = signal.SIGKILL) -> int:
        """Signal a process, wait for its end and return its exit status."""
        process = self.processes.pop(name)
        if process.poll() is None:
            process.send_signal(number)
        try:
            return process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait(10)

    # What it holds and says

    def query(self, sql: str, *arguments: Any) -> list[tuple[Any, ...]]:
        """Read the database file with plain SQL, beside the running processes."""
        with closing(sqlite3.connect(self.data / DATABASE, timeout=10)) as database:
            return database.execute(sql, arguments).fetchall()

    def execute(self, sql: str, *arguments: Any) -> None:
        """Write to the database beside the running processes; arguments by position, or one dict by name."""
        with closing(sqlite3.connect(self.data / DATABASE, timeout=10)) as database, database:
            database.execute(sql, arguments[0] if arguments and isinstance(arguments[0], dict) else arguments)

    @contextmanager
    def locked(self, how: str = "IMMEDIATE") -> Iterator[None]:
        """The database, locked meanwhile by another program; "EXCLUSIVE": for readers too, where there is no log."""
        path = self.data / DATABASE
        with closing(sqlite3.connect(path, isolation_level=None, timeout=10)) as other:
            other.execute(f"BEGIN {how}")
            yield
            other.execute("ROLLBACK")

    def count(self) -> int:
        """How many samples are stored."""
        return int(self.query("select count(*) from monitor_sample")[0][0])

    def request(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """One HTTP request; return status, headers (lower case) and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            data = None if body is None else json.dumps(body)
            connection.request(method, path, data, {"Content-Type": "application/json", **(headers or {})})
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def json(self, path: str) -> Any:
        """The JSON that GET `path` answers with 200."""
        status, _, body = self.request("GET", path)
        assert status == 200, (status, body[:500])
        return json.loads(body)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0
