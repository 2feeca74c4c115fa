"""A load that changes, made of bounded programs: CPU in steps, writes to a disk, memory that grows, calm between."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from contextlib import AbstractContextManager, suppress
from pathlib import Path

SPIN = """
import sys, time
until = time.monotonic() + float(sys.argv[1])
while time.monotonic() < until:
    sum(range(10000))
"""
WRITE = """
import os, sys, time
until = time.monotonic() + float(sys.argv[1])
block = os.urandom(1 << 20)
with open(sys.argv[2], "wb") as file:
    while time.monotonic() < until:
        file.seek(0)
        for _ in range(8):
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
        time.sleep(0.02)
"""
GROW = """
import sys, time
seconds, held = float(sys.argv[1]), []
for _ in range(20):
    held.append(bytearray(b"x") * (10 << 20))
    time.sleep(seconds / 20)
"""
SYSTEM = """
import os, sys, time
until = time.monotonic() + float(sys.argv[1])
fd = os.open("/dev/zero", os.O_RDONLY)
while time.monotonic() < until:
    for _ in range(1000):
        os.read(fd, 1)
"""
PHASES: tuple[tuple[str, ...], ...] = (
    (), (SPIN,), (SPIN, SPIN), (WRITE,), (SYSTEM, GROW), (SPIN, WRITE), (), (SPIN, SYSTEM, GROW),
)  # fmt: skip


class ChangingLoad(AbstractContextManager["ChangingLoad"]):
    """Runs its phases one after the other, each for an equal part of `seconds`, and ends all it started when it is left."""

    def __init__(self, seconds: float) -> None:
        self._each = seconds / len(PHASES)
        self._directory = tempfile.TemporaryDirectory(prefix="loadmon-load-", dir="/var/tmp")
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._children: list[subprocess.Popen[bytes]] = []
        self.started = 0
        """Programs, so far."""

    def __enter__(self) -> ChangingLoad:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop.set()
        self._thread.join()
        self._end()
        self._directory.cleanup()

    def _run(self) -> None:
        for phase in PHASES:
            for number, code in enumerate(phase):
                path = str(Path(self._directory.name) / f"{number}")
                self._children.append(subprocess.Popen([sys.executable, "-c", code, f"{self._each}", path]))
                self.started += 1
            if self._stop.wait(self._each):
                return
            self._end()

    def _end(self) -> None:
        for child in self._children:
            with suppress(ProcessLookupError):
                child.kill()
            child.wait()
        self._children.clear()
