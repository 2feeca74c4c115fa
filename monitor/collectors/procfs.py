"""Processes of Linux, one by one: /proc/PID/stat, and for the few that matter status, cgroup, wchan and task."""

from __future__ import annotations

import os
import re
import time
from dataclasses import replace

from monitor.collectors import sight
from monitor.collectors.cpu import parse_stat as parse_machine
from monitor.collectors.domain.cgroups import home_of
from monitor.collectors.domain.memory import within
from monitor.collectors.domain.redacting import redacted
from monitor.collectors.domain.usage import Seen
from monitor.collectors.memory import parse_meminfo
from monitor.collectors.memory_limits import MemoryLimits
from monitor.collectors.memory_parts import parse_parts, parse_private
from monitor.collectors.process_source import Counts, Loads, Moved
from monitor.collectors.users import PASSWD, Users
from monitor.collectors.zfs import ARCSTATS, parse_arcstats
from monitor.metrics.snapshot import Details, MemoryParts
from monitor.metrics.text import harmless

PROC = "/proc"
STAT_BYTES = 2048
LONG_TEXT_BYTES = 16384
KERNEL_THREAD = 0x00200000  # PF_KTHREAD
KERNEL = "kernel threads"
STARTED = re.compile(r"^processes (\d+)$", re.ASCII | re.MULTILINE)
INTERRUPTS = re.compile(r"^cpu +(?:\d+ ){5}(\d+) (\d+)", re.ASCII | re.MULTILINE)
MOVED = re.compile(rb"^read_bytes: (\d+)\nwrite_bytes: (\d+)$", re.MULTILINE)
LOADS = re.compile(r"(\d+\.\d+) \S+ \S+ \d+/(\d+) ", re.ASCII)
HINDRANCE_REFRESH_SECONDS = 60.0


def parse_stat(text: bytes, ticks_per_second: float, page_bytes: int) -> Seen | None:
    """The text of one /proc/PID/stat; None where it is no such text.

    The name may hold anything, brackets and newlines too: it ends at the last bracket.
    """
    left, right = text.find(b"("), text.rfind(b")")
    fields = text[right + 2 :].split(b" ", 22)  # what follows the 22nd is not looked at
    if not 0 < left < right or len(fields) < 22:
        return None
    try:
        return Seen(
            pid=int(text[:left]),
            parent=int(fields[1]),
            started=int(fields[19]) / ticks_per_second,
            name=harmless(text[left + 1 : right].decode("utf-8", "replace")),
            state=fields[0].decode("ascii", "replace"),
            cpu_seconds=(int(fields[11]) + int(fields[12])) / ticks_per_second,
            children_seconds=(int(fields[13]) + int(fields[14])) / ticks_per_second,
            rss_bytes=int(fields[21]) * page_bytes,
            threads=int(fields[17]) or 1,
            is_kernel=bool(int(fields[6]) & KERNEL_THREAD),
            group=int(fields[2]),
        )
    except ValueError:
        return None


def parse_state(text: bytes) -> str:
    """The state in the text of a stat file; "" where there is none."""
    rest = text[text.rfind(b")") + 1 :].split(maxsplit=1)
    return rest[0].decode("ascii", "replace") if rest else ""


def parse_uid(text: str) -> int | None:
    """The effective user in the text of /proc/PID/status."""
    found = re.search(r"^Uid:\s+\d+\s+(\d+)", text, re.ASCII | re.MULTILINE)
    return int(found[1]) if found else None


def parse_counts(text: str, ticks_per_second: float) -> Counts:
    """The text of /proc/stat; busy is user, nice, system and interrupts, guests once."""
    made, machine = STARTED.search(text), parse_machine(text, ticks_per_second)
    started = int(made[1]) if made else None
    if machine is None:
        return Counts(started)
    irq = INTERRUPTS.search(text)
    interrupts = (int(irq[1]) + int(irq[2])) / ticks_per_second if irq else None
    return Counts(started, machine.blocked, machine.total.user + machine.total.system, interrupts)


def parse_io(text: bytes) -> Moved | None:
    """The text of /proc/PID/io: what went to and came from disks, not what the page cache answered; None for none."""
    found = MOVED.search(text)
    return Moved(int(found[1]), int(found[2])) if found else None


def parse_loads(text: str) -> Loads | None:
    """The text of /proc/loadavg ("0.50 0.40 0.30 2/345 6789"); None for what is none."""
    found = LOADS.match(text)
    return Loads(float(found[1]), int(found[2])) if found else None


class LinuxProcesses:
    """The processes of this host; every method survives a process that ends meanwhile. Keeps no descriptors."""

    def __init__(self, with_commands: bool = False, proc: str = PROC, passwd: str = PASSWD) -> None:
        self.with_commands = with_commands
        self._proc = proc
        self._ticks_per_second = float(os.sysconf("SC_CLK_TCK"))
        self._page_bytes = os.sysconf("SC_PAGESIZE")
        self._limits = MemoryLimits()
        self._users = Users(passwd)
        self._hindrance = ""
        self._hindrance_read_at = -HINDRANCE_REFRESH_SECONDS
        self._told: dict[int, tuple[bytes, Seen]] = {}

    def now(self) -> float:
        """Seconds by the clock of Seen: since boot, suspends included."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)

    def pids(self) -> list[int]:
        """Every process that this one can see."""
        found = [int(name) for name in os.listdir(self._proc) if name.isdecimal()]  # noqa: PTH208 a Path for each costs ten times as much
        self._told = {pid: told for pid in found if (told := self._told.get(pid)) is not None}
        return found

    def seen(self, pid: int) -> Seen | None:
        """The process now, the same value as before where nothing of it has changed; None where it has ended."""
        text, told = _read(f"{self._proc}/{pid}/stat", STAT_BYTES), self._told.get(pid)
        if told is not None and told[0] == text:
            return told[1]
        seen = None if text is None else parse_stat(text, self._ticks_per_second, self._page_bytes)
        if text is not None and seen is not None:
            self._told[pid] = text, seen
        return seen

    def tasks(self, seen: Seen, most: int) -> list[tuple[str, str]]:
        """(state, kernel function that it waits in or "") of up to `most` threads; the function only for state D."""
        if seen.threads == 1:
            waits_in = self._waits_in(f"{self._proc}/{seen.pid}") if seen.state == "D" else ""
            return [(seen.state, waits_in)]
        directory = f"{self._proc}/{seen.pid}/task"
        try:
            names = os.listdir(directory)  # noqa: PTH208
        except OSError:
            return []
        states = []
        for name in names[:most]:
            state = parse_state(_read(f"{directory}/{name}/stat", STAT_BYTES) or b"")
            states.append((state, self._waits_in(f"{directory}/{name}") if state == "D" else ""))
        return states

    def details(self, seen: Seen) -> Details:
        """Unit or container, user, and the redacted command line where it is wanted."""
        if seen.is_kernel:
            return Details(user=KERNEL)
        directory = f"{self._proc}/{seen.pid}"
        home = home_of(_text(f"{directory}/cgroup"))
        uid = parse_uid(_text(f"{directory}/status"))
        user = None if uid is None else self._users.name(uid)
        return Details(home.name if home else None, home.kind if home else "", user)

    def words(self, seen: Seen) -> list[str]:
        """The command line as it is; empty where there is none."""
        text = "" if seen.is_kernel else _text(f"{self._proc}/{seen.pid}/cmdline").rstrip("\0")
        return text.split("\0") if text else []

    def command(self, seen: Seen) -> str | None:
        """The command line without its secrets; None where it is not wanted, or there is none."""
        return (redacted(self.words(seen)) or None) if self.with_commands else None

    def private(self, seen: Seen) -> int | None:
        """Resident bytes that are its own; None where it has ended."""
        return parse_private(_text(f"{self._proc}/{seen.pid}/statm", STAT_BYTES), self._page_bytes)

    def moved(self, seen: Seen) -> Moved | None:
        """What it read and wrote of disks; None where that is not told, as to everybody but its user and root."""
        return parse_io(_read(f"{self._proc}/{seen.pid}/io", STAT_BYTES) or b"")

    def slept(self) -> float:
        """Seconds for which the machine was suspended since boot."""
        return time.clock_gettime(time.CLOCK_BOOTTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)

    def memory(self) -> MemoryParts | None:
        """What holds the memory beside processes; None in a container with a limit: the kernel tells it of the machine."""
        text, cache = (
            _text(f"{self._proc}/meminfo"),
            parse_arcstats(_text(f"{self._proc}{ARCSTATS.removeprefix(PROC)}")),
        )
        if within(parse_meminfo(text), self._limits()).reason:
            return None
        return replace(parse_parts(text), zfs=cache.kept if cache else None)

    def counts(self) -> Counts:
        """What /proc/stat counts of the whole machine, whatever hides its processes."""
        return parse_counts(_text(f"{self._proc}/stat", 1 << 20), self._ticks_per_second)

    def loads(self) -> Loads | None:
        """None where /proc/loadavg is not there."""
        return parse_loads(_text(f"{self._proc}/loadavg"))

    def hindrance(self) -> str:
        """What may hide processes from here, "" where nothing is known to; looked up at most once a minute."""
        now = time.monotonic()
        if now - self._hindrance_read_at >= HINDRANCE_REFRESH_SECONDS:
            self._hindrance, self._hindrance_read_at = sight.hindrance(), now
        return self._hindrance

    def _waits_in(self, directory: str) -> str:
        """The kernel function that a task in state D waits in; "" where it is not told, or the wait has just ended."""
        place = (_read(f"{directory}/wchan", 256) or b"").decode("ascii", "replace").strip()
        waits = parse_state(_read(f"{directory}/stat", STAT_BYTES) or b"") == "D"
        return harmless(place) if waits and place not in ("", "0") else ""


def _read(path: str, most: int) -> bytes | None:
    """Up to `most` bytes in one read; None where the file cannot be read."""
    try:
        fd = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        return os.read(fd, most)
    except OSError:
        return None
    finally:
        os.close(fd)


def _text(path: str, most: int = LONG_TEXT_BYTES) -> str:
    return (_read(path, most) or b"").decode("utf-8", "replace")
