"""Reader processes in front of a web server, from the benchmark's side."""

from __future__ import annotations

import json
import select
import subprocess
import sys
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import IO, Any

from tests.stages.servers import ROOT

PATIENCE = 60.0
MOST_IN_ONE_PROCESS = 500


@dataclass(frozen=True, slots=True)
class Report:
    """What all readers together received since the last report."""

    open: int
    messages: int
    missing: int
    repeated: int
    delays_ms: list[float]


class Audience(AbstractContextManager["Audience"]):
    """`count` WebSocket readers of `path`, all connected when the context is entered."""

    def __init__(self, port: int, count: int, path: str = "/ws/live/") -> None:
        self.count = count
        self._arguments = [str(port), path]
        self._processes: list[subprocess.Popen[str]] = []

    def __enter__(self) -> Audience:
        try:
            for start in range(0, self.count, MOST_IN_ONE_PROCESS):
                process = self._start(min(MOST_IN_ONE_PROCESS, self.count - start))
                self._processes.append(process)
                _line(process, "the readers to connect")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        for process in self._processes:
            process.kill()
            process.communicate()

    def report(self, first: int = 1, last: int = 0) -> Report:
        """What came since the last report; missing are the ids from `first` to `last` that a reader lacks."""
        for process in self._processes:
            _pipe(process.stdin).write(f"{first} {last}\n")
            _pipe(process.stdin).flush()
        answers = [json.loads(_line(process, "a report")) for process in self._processes]
        totals: dict[str, Any] = answers[0]
        for answer in answers[1:]:
            totals = {name: totals[name] + answer[name] for name in totals}
        return Report(**totals)

    def _start(self, count: int) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.bench.readers", *self._arguments, str(count)]
        return subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )


def _line(process: subprocess.Popen[str], what: str) -> str:
    readable, _, _ = select.select([process.stdout], [], [], PATIENCE)
    line = _pipe(process.stdout).readline() if readable else ""
    if not line:
        raise RuntimeError(f"waited in vain for {what}")
    return line


def _pipe(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise RuntimeError("the readers were started without pipes")
    return pipe
