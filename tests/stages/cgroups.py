"""Control groups for tests: a group with a limit below the own one, where that can be made; version 1 or 2."""

from __future__ import annotations

import contextlib
import os
import time
from contextlib import AbstractContextManager
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")


class ControlGroup(AbstractContextManager["ControlGroup"]):
    """A group for `controller` (cpu or memory) with `limit`: cores, or bytes. Raises OSError where none can be made."""

    def __init__(self, controller: str, limit: float) -> None:
        self._controller, self._limit = controller, limit

    def __enter__(self) -> ControlGroup:
        parent, is_first = _own(self._controller)
        self.path = parent / f"loadmon-test-{os.getpid()}"
        self.path.mkdir()
        try:
            for name, text in self._settings(is_first):
                (self.path / name).write_text(text)
        except OSError:
            self.path.rmdir()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        for _ in range(100):  # who was in it may still be leaving
            with contextlib.suppress(OSError):
                self.path.rmdir()
                return
            time.sleep(0.05)
        self.path.rmdir()

    @property
    def door(self) -> Path:
        """The file that a process writes its id into to enter."""
        return self.path / "cgroup.procs"

    def _settings(self, is_first: bool) -> list[tuple[str, str]]:
        if self._controller == "memory":
            return [("memory.limit_in_bytes" if is_first else "memory.max", str(int(self._limit)))]
        quota, period = int(self._limit * 100_000), 100_000
        if is_first:
            return [("cpu.cfs_period_us", str(period)), ("cpu.cfs_quota_us", str(quota))]
        return [("cpu.max", f"{quota} {period}")]


def lacking(controller: str) -> str:
    """Why no group for `controller` can be made here; "" where one can."""
    try:
        with ControlGroup(controller, 1 << 28 if controller == "memory" else 1.0):
            return ""
    except OSError as error:
        return f"no control group for {controller} can be made here ({error.strerror})"


def _own(controller: str) -> tuple[Path, bool]:
    """The folder of the own group, and whether it is of version 1."""
    lines = [line.split(":", 2) for line in Path("/proc/self/cgroup").read_text().splitlines()]
    for _, controllers, path in lines:
        if controller in controllers.split(","):
            return ROOT / controller / path.strip("/"), True
    path = next((path for number, _, path in lines if number == "0"), "/")
    return ROOT / path.strip("/"), False
