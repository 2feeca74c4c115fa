"""The tools of others that watch this machine, mpstat, vmstat, pidstat and df, as spans by the names of our metrics."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from tests.stages.spans import Span

Found = dict[str, list[Span]]
KIBIBYTE = 1024.0


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool: its command for a process, and what its output says from a time on."""

    name: str
    command: Callable[[int], list[str]]
    parse: Callable[[str, float], Found]


@contextmanager
def watching(pid: int) -> Iterator[Callable[[], dict[str, Found]]]:
    """Start all that are installed; what is given stops them and tells what each of them said."""
    began, running = time.time(), []
    with ExitStack() as stack:
        for tool in TOOLS:
            if shutil.which(tool.name):
                output = stack.enter_context(tempfile.TemporaryFile("w+"))
                child = subprocess.Popen(tool.command(pid), stdout=output, env={**os.environ, "LC_ALL": "C"})
                stack.callback(_end, child)
                running.append((tool, child, output))

        def stop() -> dict[str, Found]:
            found = {}
            for tool, child, output in running:
                if child.poll() is None:
                    child.send_signal(signal.SIGINT)  # upon which they say their last words
                child.wait(timeout=60)
                output.seek(0)
                found[tool.name] = tool.parse(output.read(), began)
            return found

        yield stop


def _end(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    child.wait()


def parse_mpstat(output: str, began: float) -> Found:
    """Of `mpstat -P ALL -o JSON 1`."""
    found: Found = {}
    lines = json.loads(output)["sysstat"]["hosts"][0]["statistics"]
    for line in lines:
        whole, *cores = line["cpu-load"]
        system = whole["sys"] + whole["irq"] + whole["soft"]
        user = whole["usr"] + whole["nice"] + whole["guest"] + whole["gnice"]
        _add(found, _moment(line["timestamp"], began), {
            "cpu_percent": 100 - whole["idle"] - whole["iowait"],
            "cpu_user_percent": user,
            "cpu_system_percent": system,
            "cpu_iowait_percent": whole["iowait"],
            "cpu_steal_percent": whole["steal"],
            "cpu_busiest_core_percent": max(100 - core["idle"] - core["iowait"] for core in cores),
        })  # fmt: skip
    return found


def parse_vmstat(output: str, began: float) -> Found:
    """Of `vmstat -n -t 1`; its first line is of all the time since boot."""
    _, head, _, *lines = output.splitlines()
    found: Found = {}
    for line in lines:
        *numbers, _, at = line.split()
        told = dict(zip(head.split(), map(float, numbers), strict=False))
        _add(found, _moment(at, began), {
            "tasks_running": max(0.0, told["r"] - 1),  # vmstat counts itself, as loadmon would
            "tasks_blocked": told["b"],
            "swap_used_bytes": told["swpd"] * KIBIBYTE,
            "swap_bytes_per_second": (told["si"] + told["so"]) * KIBIBYTE,
            "disk_read_bytes_per_second": told["bi"] * KIBIBYTE,
            "disk_write_bytes_per_second": told["bo"] * KIBIBYTE,
            "cpu_user_percent": told["us"],
            "cpu_system_percent": told["sy"],
            "cpu_iowait_percent": told["wa"],
        })  # fmt: skip
    return found


def parse_pidstat(output: str, began: float) -> Found:
    """Of `pidstat -h -u -r -p PID 1`."""
    found: Found = {}
    names: list[str] = []
    for line in output.splitlines():
        if line.startswith("#"):
            names = line.removeprefix("#").split()
        elif names and (words := line.split()) and words[0][0].isdigit():
            told = dict(zip(names, words, strict=False))
            values = {
                "self_cpu_percent": float(told["%CPU"]),
                "self_rss_bytes": float(told["RSS"]) * KIBIBYTE,
            }
            _add(found, _moment(told["Time"], began), values)
    return found


def parse_df(output: str, began: float) -> Found:
    """Of `df -P -B1`: the fullest of the file systems that lie on a disk."""
    rows = [line.split() for line in output.splitlines()[1:]]
    shares = [
        100 * float(row[2]) / (float(row[2]) + float(row[3])) for row in rows if row[0].startswith("/dev/")
    ]
    return {"disk_fullest_percent": [Span(began, began + 3600.0, max(shares))]} if shares else {}


def _moment(clock: str, began: float) -> float:
    """When it was "18:45:31" after `began`; the tools cut off the fraction of the second, of which half is the mean."""
    hour, minute, second = (int(part) for part in clock.split(":"))
    day = time.localtime(began)
    at = time.mktime((day.tm_year, day.tm_mon, day.tm_mday, hour, minute, second, 0, 0, -1)) + 0.5
    return at if at > began - 3600 else at + 86400


def _add(found: Found, at: float, values: dict[str, float]) -> None:
    """Each line is of the time since the one before."""
    for name, value in values.items():
        spans = found.setdefault(name, [])
        start = spans[-1].end if spans else at - 1
        if at > start:
            spans.append(Span(start, at, value))


LINES = ["stdbuf", "-oL"] if shutil.which("stdbuf") else []
TOOLS = (
    Tool("mpstat", lambda _: ["mpstat", "-P", "ALL", "-o", "JSON", "1"], parse_mpstat),
    Tool("vmstat", lambda _: [*LINES, "vmstat", "-n", "-t", "1"], parse_vmstat),
    Tool("pidstat", lambda pid: [*LINES, "pidstat", "-h", "-u", "-r", "-p", f"{pid}", "1"], parse_pidstat),
    Tool("df", lambda _: ["df", "-P", "-B1"], parse_df),
)
