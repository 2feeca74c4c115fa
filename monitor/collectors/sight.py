"""Sight of the processes: what may hide some of them from this one, told by its mounts, its namespace and its marks."""

from __future__ import annotations

import re
from pathlib import Path

from monitor.collectors import procfile
from monitor.collectors.domain.cgroups import home_of

HIDEPID = "hidepid, or ProtectProc= of the service"
NAMESPACE = "a process namespace of its own"
CONTAINER = "a container"
INITIAL_NAMESPACE = "pid:[4026531836]"
"""Of the kernel itself: PROC_PID_INIT_INO, the same on every machine."""

HIDING = re.compile(r"(?:^|,)hidepid=(?!0\b|off\b)\w+")
MARKS = (".dockerenv", "run/.containerenv")


def hindrance(root: str = "/") -> str:
    """What hides processes from this one, as a phrase behind "cannot be seen from here"; "" where nothing is known to.

    It says what there is, not whether anything is hidden: root sees through hidepid, and a container may share the
    processes of its host.
    """
    top = Path(root)
    if hides(procfile.text(top / "proc/self/mountinfo")):
        return HIDEPID
    if not has_own_namespace(root):
        return ""
    return CONTAINER if _is_container(top) else NAMESPACE


def hides(mountinfo: str) -> bool:
    """Whether /proc, in the text of /proc/self/mountinfo, is mounted with hidepid; the last mount there counts."""
    found = False
    for line in mountinfo.splitlines():
        left, _, right = line.partition(" - ")
        where, what = left.split(" "), right.split(" ")
        if len(where) > 4 and where[4] == "/proc" and what[0] == "proc":
            found = any(HIDING.search(options) for options in (what[-1], *where[5:6]))
    return found


def has_own_namespace(root: str = "/") -> bool:
    """Whether this process sees a part of the machine's processes alone, with pids of their own."""
    try:
        return str((Path(root) / "proc/self/ns/pid").readlink()) != INITIAL_NAMESPACE
    except OSError:
        return False


def _is_container(top: Path) -> bool:
    """By the files that engines leave, the word that systemd knows them by, or the name of the control group."""
    if any((top / mark).exists() for mark in MARKS) or procfile.text(top / "run/systemd/container"):
        return True
    if re.search(r"(?:^|\0)container=[^\0]", procfile.text(top / "proc/1/environ")):
        return True
    home = home_of(procfile.text(top / "proc/self/cgroup"))
    return home is not None and home.kind == "container"
