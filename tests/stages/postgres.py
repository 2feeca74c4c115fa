"""A real PostgreSQL for tests: a directory of its own, a Unix socket, and ended with the test."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import psycopg

from tests.stages.servers import until

USER = "postgres"


def program(name: str) -> str:
    """Where a program of the server lies, which most distributions keep out of PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    where = str(found[-1]) if found else shutil.which(name)
    assert where, f"{name} is missing: install postgresql"
    return where


class Postgres(AbstractContextManager["Postgres"]):
    """One server with one database, `loadmon`; it refuses to run as root, and runs as its own user then."""

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="loadmon-pg-", dir="/tmp"))
        self._as = (
            ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"] if os.getuid() == 0 else []
        )
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address for DATABASE_URL."""
        return f"postgres://{USER}@/loadmon?host={self.directory}"

    def __enter__(self) -> Postgres:
        if self._as:
            shutil.chown(self.directory, USER, USER)
        self._run("initdb", "-D", self.directory / "data", "-U", USER, "-A", "trust", "-N")
        command = [
            program(USER),
            "-D",
            str(self.directory / "data"),
            "-k",
            str(self.directory),
            "-F",
            "-h",
            "",
        ]
        self._server = subprocess.Popen(
            [*self._as, *command],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        until(self._answers, "PostgreSQL", 60)
        with psycopg.connect(
            f"host={self.directory} user={USER} dbname=postgres", autocommit=True
        ) as connection:
            connection.execute("create database loadmon")
        return self

    def __exit__(self, *error: object) -> None:
        if self._server is not None:
            self._signal(signal.SIGCONT)
            self._server.send_signal(signal.SIGINT)
            self._server.wait(60)
        shutil.rmtree(self.directory, ignore_errors=True)

    @contextlib.contextmanager
    def silent(self) -> Iterator[None]:
        """Let the server stand still: what is sent to it is acknowledged, and never answered."""
        self._signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        """Signal the server and all of its processes."""
        assert self._server is not None
        os.killpg(self._server.pid, number)
        for path in Path("/proc").glob("[0-9]*/stat"):  # its children lead sessions of their own
            try:
                pid, parent = int(path.parent.name), int(path.read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if parent == self._server.pid:
                os.kill(pid, number)

    def query(self, sql: str, *arguments: Any) -> list[tuple[Any, ...]]:
        """Read with plain SQL, beside the running processes."""
        with psycopg.connect(f"host={self.directory} user={USER} dbname=loadmon") as connection:
            return connection.execute(sql, arguments).fetchall()

    def _answers(self) -> bool:
        try:
            psycopg.connect(f"host={self.directory} user={USER} dbname=postgres", connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, name: str, *arguments: object) -> None:
        command = [*self._as, program(name), *map(str, arguments)]
        subprocess.run(command, check=True, cwd=self.directory, stdout=subprocess.DEVNULL)
