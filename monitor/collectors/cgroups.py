"""Control groups of this process: where their files lie, of both generations, and which of them limit the machine.

A container is the machine that is watched, and its limits are those of the machine. A systemd unit, session or slice that
the sampler runs in is none: its limits are the monitor's own.
"""

from __future__ import annotations

from functools import lru_cache

from monitor.collectors import procfile
from monitor.collectors.domain.cgroups import limits_the_machine

CGROUP = "/proc/self/cgroup"
MOUNTS = "/proc/self/mountinfo"
MOST_LEVELS = 32
KEPT = 8
"""Answers that are remembered: one for each controller that is asked for, as mounts seldom change."""


Place = tuple[str, str]
"""(root, directory): which part of a tree of control groups is mounted, and where."""


def limiting(controller: str) -> tuple[list[str], list[str]]:
    """The directories whose limits are those of the machine, innermost first: in the v2 tree, and in the v1 tree."""
    paths = parse_cgroup(procfile.text(CGROUP), controller)
    mounts = parse_mounts(procfile.text(MOUNTS), controller)
    unified, old = (
        directories(None if path is None else limits_the_machine(path), mount)
        for path, mount in zip(paths, mounts, strict=True)
    )
    return unified, old


def parse_cgroup(told: str, controller: str) -> tuple[str | None, str | None]:
    """The paths in /proc/self/cgroup: in the v2 tree, and in the v1 tree with that controller."""
    unified = old = None
    for line in told.splitlines():
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if number == "0" and not controllers:
            unified = path
        elif controller in controllers.split(","):
            old = path
    return unified, old


@lru_cache(KEPT)
def parse_mounts(told: str, controller: str) -> tuple[Place | None, Place | None]:
    """Where the v2 tree and the v1 tree of the controller are mounted, from /proc/self/mountinfo."""
    unified = old = None
    for line in told.splitlines():
        left, dash, right = line.partition(" - ")
        where, what = left.split(" "), right.split(" ")
        if not dash or len(where) < 5 or len(what) < 3:
            continue
        if what[0] == "cgroup2":
            unified = unified or (where[3], where[4])
        elif what[0] == "cgroup" and controller in what[2].split(","):
            old = old or (where[3], where[4])
    return unified, old


def directories(path: str | None, mount: Place | None) -> list[str]:
    """The directories of a cgroup and of all above it, up to where its tree is mounted."""
    if path is None or mount is None:
        return []
    root, top = mount
    # Without a cgroup namespace a container sees the host's path, yet only its own part of the tree is
    # mounted.
    inside = (
        path.removeprefix(root.rstrip("/")) if path == root or path.startswith(root.rstrip("/") + "/") else ""
    )
    parts = [part for part in inside.split("/") if part not in ("", ".", "..")][:MOST_LEVELS]
    return ["/".join([top.rstrip("/"), *parts[:depth]]) for depth in range(len(parts), -1, -1)]
