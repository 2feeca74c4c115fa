"""Troublemakers: programs of known name and kind, started beside a test, watched, and always ended.

What they do is in `troublemaker.py`, which each of them runs.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from tests.stages.servers import until

PROGRAM = Path(__file__).with_name("troublemaker.py")
TICKS = os.sysconf("SC_CLK_TCK")
PLAIN = [sys.executable, "-I", "-S"]


def command(*arguments: object) -> list[str]:
    """The command line of one troublemaker."""
    return [*PLAIN, str(PROGRAM), *map(str, arguments)]


@dataclass(frozen=True, slots=True)
class Stat:
    """What /proc tells of one process; seconds are those of CPU time, its ended children's included."""

    pid: int
    group: int
    state: str
    seconds: float
    started: int


class Troublemaker(AbstractContextManager["Troublemaker"]):
    """One of them, with all processes that it starts; use as a context manager."""

    def __init__(self, *arguments: object, script: Path | None = None) -> None:
        """`script`: a name for the program itself, as a link to it."""
        words = command(*arguments)
        if script is not None:
            script.unlink(missing_ok=True)
            script.symlink_to(PROGRAM)
            words[len(PLAIN)] = str(script)
        self._command = words
        self._seconds: dict[tuple[int, int], float] = {}
        self.pids: set[int] = set()

    def enter(self, door: Path) -> None:
        """Have it join the control group of that cgroup.procs before it begins."""
        self._command[len(PLAIN) + 1 : len(PLAIN) + 1] = ["--join", str(door)]

    def __enter__(self) -> Troublemaker:
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, process_group=0)
        try:
            self.pids |= set(map(int, self._first_line().split()))
            self.look()
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        self.end()

    @property
    def pid(self) -> int:
        """Of the first of its processes, and of their group."""
        return self._process.pid

    def look(self, stats: Iterable[Stat] | None = None) -> float:
        """CPU seconds that all of its processes have used so far, as far as they were looked at."""
        for stat in everyone() if stats is None else stats:
            if stat.group == self.pid:
                self.pids.add(stat.pid)
                self._seconds[stat.pid, stat.started] = stat.seconds
        return sum(self._seconds.values())

    def end(self) -> None:
        """Kill every process of it, and wait until none is left."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait(10)
        if self._process.stdout:
            self._process.stdout.close()
        until(lambda: not any(one.group == self.pid and one.state != "Z" for one in everyone()), "their end")

    def _first_line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline().decode()
        assert line, f"the troublemaker ended at once: {self._command}"
        return line


def everyone() -> list[Stat]:
    """Every process on this machine."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                found.append(_stat(int(folder.name), (folder / "stat").read_bytes()))
    return found


def machine_seconds() -> float:
    """CPU time that this machine has spent on anything since it was started."""
    user, nice, system, _, _, irq, softirq = map(int, Path("/proc/stat").read_text().split(None, 8)[1:8])
    return (user + nice + system + irq + softirq) / TICKS


def _stat(pid: int, text: bytes) -> Stat:
    state, _, group, *fields = text[text.rindex(b")") + 2 :].split()
    used = sum(map(int, fields[8:12]))
    return Stat(pid, int(group), state.decode(), used / TICKS, int(fields[16]))


class Meter:
    """How much of the CPU time that the machine spends is theirs, as the kernel counts it, since this meter was made."""

    def __init__(self, *them: Troublemaker) -> None:
        self._them = them
        self._before, self._machine_before = self._used(), machine_seconds()

    def shares(self) -> list[float]:
        """The part of each of them; to be asked often, for who has ended is counted as far as it was looked at."""
        whole = max(0.1, machine_seconds() - self._machine_before)
        return [(now - before) / whole for now, before in zip(self._used(), self._before, strict=True)]

    def _used(self) -> list[float]:
        stats = everyone()
        return [one.look(stats) for one in self._them]
