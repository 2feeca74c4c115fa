"""manage.py runsampler as it is, but with each tick's cost noted; on SIGTERM the notes are printed as JSON.

Run as `python -m tests.bench.noted_sampler [arguments of runsampler]`.
"""

from __future__ import annotations

import json
import sys
import time

import django
from django.core.management import call_command

django.setup()

from monitor.management.commands import runsampler  # noqa: E402
from monitor.sampler.loop import Sampler  # noqa: E402

PARTS = ("collect", "evaluate", "store", "push", "whole", "cpu")
notes: list[tuple[float, ...]] = []


class NotedSampler(Sampler):
    """Notes the seconds of each part of a tick, and the CPU seconds of the whole, in both of its threads."""

    def read(self) -> None:
        """Read and take the time."""
        wall, cpu = time.perf_counter(), time.thread_time()
        super().read()
        self.read_took = time.perf_counter() - wall, time.thread_time() - cpu

    def keep(self) -> None:
        """Keep and take note of the whole tick; between two ticks there is nothing to note."""
        before, wall, cpu = self.last_result, time.perf_counter(), time.thread_time()
        super().keep()
        stored = self.last_result
        if stored is None or stored is before:
            return
        whole, spent = (
            time.perf_counter() - wall + self.read_took[0],
            time.thread_time() - cpu + self.read_took[1],
        )
        parts = (self.door.evaluate_seconds, stored.store_seconds, stored.push_seconds)
        notes.append((self.measuring.collect_seconds, *parts, whole, spent))


if __name__ == "__main__":
    runsampler.Sampler = NotedSampler  # type: ignore[attr-defined]
    call_command("runsampler", *sys.argv[1:])
    print(json.dumps({part: [note[i] for note in notes] for i, part in enumerate(PARTS)}))
