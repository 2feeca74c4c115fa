"""Trees of control groups: which of those that are mounted here counts CPU time, and where memory and disk traffic are."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass

from monitor.collectors import procfile
from monitor.collectors.cgroups import MOUNTS, Place, parse_mounts
from monitor.collectors.sight import has_own_namespace


@dataclass(frozen=True, slots=True)
class Tree:
    """The tree whose groups are looked at.

    top: its directory. generation: 2 or 1. cpu: the file of a group with its CPU time. memory_top, blkio_top: where the
    groups of the same path have memory.stat and blkio.throttle.* of v1, "" where nothing has. lists_all: whether its groups
    name all who live in them, or tell that they do not; those of v1 leave out who is in another process namespace.
    """

    top: str
    generation: int
    memory_top: str = ""
    blkio_top: str = ""
    lists_all: bool = True

    @property
    def cpu(self) -> str:
        """The name of the file with the CPU time of a group."""
        return "cpu.stat" if self.generation == 2 else "cpuacct.usage"


def own_tree() -> Tree | None:
    """The tree of this machine; None where there is none that can be read."""
    return find(procfile.text(MOUNTS))


def find(mountinfo: str) -> Tree | None:
    """The tree to look at, by the text of /proc/self/mountinfo.

    That of v2 where it has groups: it counts CPU time even where v1 has the controllers. Else that of cpuacct. Else v2
    where it is a group's own: the root of the whole machine tells nothing that the machine does not tell.
    """
    unified, accounts = parse_mounts(mountinfo, "cpuacct")
    memory, blkio = (parse_mounts(mountinfo, controller)[1] for controller in ("memory", "blkio"))
    new = None if unified is None else unified[1]
    if unified is not None and new is not None and _has_groups(new):
        return Tree(new, 2, _beside(unified, memory), _beside(unified, blkio))
    if accounts is not None and _is_file(f"{accounts[1]}/cpuacct.usage"):
        is_root = _is_file(f"{accounts[1]}/release_agent")  # which has no other group
        return Tree(
            accounts[1],
            1,
            _beside(accounts, memory),
            _beside(accounts, blkio),
            lists_all=not (is_root and has_own_namespace()),
        )
    if new is not None and not is_machine(new) and _is_file(f"{new}/cpu.stat"):
        return Tree(new, 2)
    return None


def is_machine(top: str) -> bool:
    """Whether the directory of a v2 tree is the root of the whole machine, which has no type."""
    return not _is_file(f"{top}/cgroup.type")


def _beside(tree: Place, other: Place | None) -> str:
    """Where the other tree is mounted, if from the same place on, so that paths in both name the same groups."""
    return other[1] if other is not None and other[0] == tree[0] else ""


def _has_groups(top: str) -> bool:
    return any(_is_file(f"{top}/{name}/cpu.stat") for name in subdirectories(top))


def subdirectories(directory: str) -> Collection[str]:
    """The names of the groups in a group; none where it cannot be read."""
    try:
        with os.scandir(directory) as entries:
            return [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []


def _is_file(path: str) -> bool:
    return os.path.isfile(path)  # noqa: PTH113
