"""Counters of control groups, from the text of their files; None for what a file does not tell."""

from __future__ import annotations

import re
from collections.abc import Collection

V2_KERNEL = ("slab", "kernel_stack", "pagetables", "percpu")
"""What `kernel` of memory.stat holds, for kernels before 5.18, which do not sum it up."""

V2_HELD = ("anon", "shmem")
V1_HELD = ("total_rss", "total_shmem")
USAGE = re.compile(rb"usage_usec (\d{1,20})(?:\n|$)")


def parse_cpu_stat(text: bytes) -> float | None:
    """CPU seconds in the text of cpu.stat."""
    found = USAGE.search(text)
    return None if found is None else int(found[1]) / 1e6


def parse_cpuacct(text: bytes) -> float | None:
    """CPU seconds in the text of cpuacct.usage, which counts nanoseconds."""
    told = text.strip()
    return int(told) / 1e9 if told.isdigit() and len(told) <= 20 else None


def parse_io_stat(text: str, disks: Collection[str]) -> tuple[int, int]:
    """Bytes (read, written) of `disks` ("8:0") in the text of io.stat; it is empty where nothing was, and then (0, 0)."""
    read = written = 0
    for line in text.splitlines():
        device, *fields = line.split() or [""]
        if device in disks:
            told = dict(field.split("=", 1) for field in fields if "=" in field)
            read += _number(told.get("rbytes", "")) or 0
            written += _number(told.get("wbytes", "")) or 0
    return read, written


def parse_blkio(text: str, disks: Collection[str]) -> tuple[int, int] | None:
    """Bytes (read, written) of `disks` in the text of blkio.throttle.io_service_bytes; None where no device is told.

    Newer kernels count here only where a limit is set: that nothing is told does not say that there was nothing.
    """
    sums, is_told = {"Read": 0, "Write": 0}, False
    for line in text.splitlines():
        words = line.split()
        if len(words) == 3:
            is_told = True
            if words[0] in disks and words[1] in sums:
                sums[words[1]] += _number(words[2]) or 0
    return (sums["Read"], sums["Write"]) if is_told else None


def parse_memory_stat(text: str, generation: int) -> int | None:
    """Bytes that cannot be had back without swap in the text of memory.stat: no cache of files. generation: 1 or 2."""
    told = {}
    for line in text.splitlines():
        name, _, value = line.partition(" ")
        number = _number(value)
        if number is not None:
            told[name] = number
    held = V2_HELD if generation == 2 else V1_HELD
    if held[0] not in told:
        return None
    kernel = told.get("kernel", sum(told.get(name, 0) for name in V2_KERNEL)) if generation == 2 else 0
    return sum(told.get(name, 0) for name in held) + kernel


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and text.isascii() and len(text) <= 20 else None
