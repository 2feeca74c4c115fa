"""Examination of the machine: cores, pressure, open files, and whose rights are used."""

from __future__ import annotations

import os
import resource
import time
from pathlib import Path

from monitor.checks.host import MOST_VIEWERS, SPARE_FILES, there_are_files_for_every_viewer
from monitor.collectors.collection import Collection
from monitor.collectors.cores import effective_cores
from monitor.collectors.host import LINUX
from monitor.collectors.processes import own_scanner
from monitor.doctor.finding import Examination, Finding, from_checks, ok, warning
from monitor.metrics.catalogue import Unit
from monitor.metrics.quantities import number, quantity
from monitor.metrics.snapshot import Snapshot

PRESSURE = Path("/proc/pressure/cpu")
LONGEST_SCAN_SECONDS = 10.0


def cores_are_known() -> list[Finding]:
    """How many cores count, and why."""
    cores = effective_cores()
    return [ok("cores", f"{number(cores.count)} effective ({cores.reason}).")]


def memory_is_known() -> list[Finding]:
    """How much memory counts, and why."""
    collection = Collection()
    values = collection.collect(None)
    used, available = values["memory_used_bytes"], values["memory_available_bytes"]
    if used is None or available is None:
        text = "This system does not tell its memory: the page shows none, and its rules stay silent."
        return [warning("memory", text, "See that /proc/meminfo can be read.")]
    reason = collection.reasons.get("memory", "all of this machine")
    return [ok("memory", f"{quantity(used + available, Unit.BYTES)} ({reason}).")]


def pressure_is_told() -> list[Finding]:
    """PSI, which says how long tasks had to wait."""
    try:
        PRESSURE.read_text()
    except OSError:
        text = "This kernel does not tell pressure (PSI): the page shows none, and its rules stay silent."
        remedy = "Boot with psi=1 (kernel 4.20 or later)." if LINUX else "Only Linux has it."
        return [warning("pressure", text, remedy)]
    return [ok("pressure", "The kernel tells how long tasks wait (PSI).")]


def files_can_be_opened() -> list[Finding]:
    """Enough for every dashboard that may be open."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    fine = f"Up to {soft} may be open"
    if soft != resource.RLIM_INFINITY and soft < MOST_VIEWERS + SPARE_FILES:
        fine = f"{fine}, enough for about {max(0, soft - SPARE_FILES)} dashboards"
    return from_checks("open files", there_are_files_for_every_viewer(), f"{fine}.")


def scanned() -> Snapshot | None:
    """What this command sees of the machine; None where the look takes too long."""
    scanner = own_scanner(with_commands=False)
    scanner.begin(0)
    return scanner.work(LONGEST_SCAN_SECONDS, time.perf_counter)


def rights_are_few() -> list[Finding]:
    """Nothing here needs root."""
    if os.geteuid() == 0:
        return [
            warning(
                "user", "This runs as root, which nothing here needs.", "Run loadmon as a user of its own."
            )
        ]
    return [ok("user", f"This runs as user {os.geteuid()}.")]


EXAMINATIONS = (
    Examination("cores", cores_are_known),
    Examination("memory", memory_is_known),
    Examination("pressure", pressure_is_told),
    Examination("open files", files_can_be_opened),
    Examination("user", rights_are_few),
)
