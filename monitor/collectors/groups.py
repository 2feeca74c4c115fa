"""Control groups of this machine as a source: what each service, container and session used, by the kernel's own counters.

They hold what already ended, and cost one read for a whole service. The walk of the tree finds them, bounded and in slices;
between two walks `shares` reads the CPU time of those that are kept open.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence

from monitor.collectors.container_names import container_name
from monitor.collectors.disk import own_disks
from monitor.collectors.domain.group_counters import (
    parse_blkio,
    parse_cpu_stat,
    parse_cpuacct,
    parse_io_stat,
    parse_memory_stat,
)
from monitor.collectors.domain.group_plots import Counted, Group, Plotting
from monitor.collectors.domain.group_shares import Shares, Standing
from monitor.collectors.domain.plots import Plot
from monitor.collectors.group_files import GroupFiles
from monitor.collectors.group_trees import Tree, is_machine, own_tree
from monitor.collectors.group_walk import Area, Walk
from monitor.collectors.pressure import parse_pressure
from monitor.collectors.users import Users
from monitor.metrics.usage import GroupShare

logger = logging.getLogger(__name__)

MEMORY_SECONDS = 60.0
"""How old what an idle group holds may be: the kernel takes long to tell it."""

SHARES_SECONDS = 0.9
"""Shares are not looked at more often."""


class Groups:
    """Looks at the control groups again and again. For one thread only.

    tree: finds the tree to look at. name: what to call a container, see Walk. disks: finds the physical disks, as "8:0".
    """

    def __init__(
        self,
        tree: Callable[[], Tree | None] = own_tree,
        *,
        name: Callable[..., str] = container_name,
        disks: Callable[[], frozenset[str]] | None = None,
        files: GroupFiles | None = None,
    ) -> None:
        self._find, self._disks = tree, disks or own_disks
        self._files = GroupFiles() if files is None else files
        self._name = name
        self._users = Users()
        self._tree: Tree | None = None
        self._is_told = False
        self._plots: tuple[Plot, ...] | None = None
        self._heaviest: tuple[GroupShare, ...] | None = None
        self._shared_at = float("-inf")
        self._moved: dict[int, float | None] = {}
        self._inodes: dict[str, int] = {}
        self._memory: dict[int, tuple[float, int | None]] = {}
        self._cpu_paths: list[str] = []
        self._begin(None)

    def look(self, at: float) -> Iterator[None]:
        """Look once, `at` by a clock that nobody sets; yields after each small piece of work. Then `plots` tells."""
        tree = self._find()
        if tree != self._tree:
            self._begin(tree)
        if tree is None:
            self._plots = None
            self._say(
                "loadmon sees no control groups with CPU time: who used the machine is told by processes alone"
            )
            return
        yield from self._walk.go(tree)
        areas = self._walk.areas
        self._forget_gone(tree, areas)
        cpu = self._cpu(tree, areas)
        yield None
        moved = [
            area.inode not in self._moved or self._moved[area.inode] != used
            for area, used in zip(areas, cpu, strict=True)
        ]
        self._moved = {area.inode: used for area, used in zip(areas, cpu, strict=True)}
        counted = []
        disks = self._disks()
        for area, used, is_moved in zip(areas, cpu, moved, strict=True):
            counted.append(self._counted(tree, area, used, disks, is_moved, at))
            yield None
        self._plots = self._plotting.plots(_groups(areas, counted)) if areas else None
        self._settle(tree, areas, moved)

    def plots(self) -> tuple[Plot, ...] | None:
        """The plots of the last look; None where there are no control groups that can be used."""
        return self._plots

    def shares(self, now: float | None = None) -> tuple[GroupShare, ...] | None:
        """Who among the groups is at work, heaviest first, by the last seconds until `now`; None where nobody knows."""
        at = time.monotonic() if now is None else now
        if self._tree is None or self._plots is None:
            return None
        if at - self._shared_at >= SHARES_SECONDS:
            self._shared_at = at
            self._heaviest = self._shares.add(at, self._files.peek(self._cpu_paths), _parser(self._tree))
        return self._heaviest

    def close(self) -> None:
        """Give all descriptors back."""
        self._files.close()

    def _begin(self, tree: Tree | None) -> None:
        """Begin anew: what another tree counted says nothing of this one."""
        self._tree = tree
        self._plots, self._heaviest = None, None
        self._walk = Walk(self._name, self._users.name)
        self._plotting, self._shares = Plotting(), Shares()
        self._shared_at = float("-inf")
        self._moved, self._inodes, self._memory = {}, {}, {}
        self._cpu_paths = []
        self._files.close()

    def _forget_gone(self, tree: Tree, areas: Sequence[Area]) -> None:
        """Let go of the files of groups that were made anew under their old path."""
        for area in areas:
            if self._inodes.get(area.path, area.inode) != area.inode:
                for top in (tree.top, tree.memory_top, tree.blkio_top):
                    self._files.forget(_directory(top, area))
        self._inodes = {area.path: area.inode for area in areas}

    def _cpu(self, tree: Tree, areas: Sequence[Area]) -> list[float | None]:
        """CPU time of all, at one go, those inside first, so that nothing is in them that is not in what they lie in."""
        parse, found = _parser(tree), []
        for area in reversed(areas):
            is_told = area.above is not None or tree.generation == 1 or not is_machine(tree.top)
            text = self._files.read(f"{_directory(tree.top, area)}/{tree.cpu}") if is_told else None
            found.append(None if text is None else parse(text))
        return found[::-1]

    def _counted(
        self, tree: Tree, area: Area, cpu: float | None, disks: frozenset[str], is_moved: bool, at: float
    ) -> Counted:
        read, written = self._traffic(tree, area, disks)
        if area.consumer is None:
            return Counted(cpu, read, written)
        waiting = None
        if tree.generation == 2 and (told := self._files.read(f"{_directory(tree.top, area)}/io.pressure")):
            waiting = parse_pressure(told.decode("ascii", "replace")).get("some")
        looked_at, held = self._memory.get(area.inode, (float("-inf"), None))
        if is_moved or not 0 <= at - looked_at < MEMORY_SECONDS:
            held = self._held(tree, area)
            self._memory[area.inode] = at, held
        return Counted(cpu, read, written, waiting, held)

    def _traffic(self, tree: Tree, area: Area, disks: frozenset[str]) -> tuple[int | None, int | None]:
        if tree.generation == 2 and (text := self._read(tree.top, area, "io.stat")) is not None:
            return parse_io_stat(text, disks)
        if not tree.blkio_top:
            return None, None
        text = self._read(tree.blkio_top, area, "blkio.throttle.io_service_bytes_recursive")
        return (None if text is None else parse_blkio(text, disks)) or (None, None)

    def _held(self, tree: Tree, area: Area) -> int | None:
        if tree.generation == 2 and (text := self._read(tree.top, area, "memory.stat")) is not None:
            return parse_memory_stat(text, 2)
        text = self._read(tree.memory_top, area, "memory.stat") if tree.memory_top else None
        return None if text is None else parse_memory_stat(text, 1)

    def _read(self, top: str, area: Area, name: str) -> str | None:
        text = self._files.read(f"{_directory(top, area)}/{name}")
        return None if text is None else text.decode("ascii", "replace")

    def _settle(self, tree: Tree, areas: Sequence[Area], moved: Sequence[bool]) -> None:
        """Keep open what moves, let go of what went, and learn whose shares are looked at until the next look."""
        directories = [_directory(tree.top, area) for area in areas]
        self._files.settle(
            [
                *directories,
                *(_directory(top, area) for top in (tree.memory_top, tree.blkio_top) for area in areas),
            ]
        )
        inodes = {area.inode for area in areas}
        self._memory = {inode: held for inode, held in self._memory.items() if inode in inodes}
        self._cpu_paths = [f"{directory}/{tree.cpu}" for directory in directories]
        busy = [path for path, is_moved in zip(self._cpu_paths, moved, strict=True) if is_moved]
        pressures = [
            f"{directory}/io.pressure"
            for directory, area, is_moved in zip(directories, areas, moved, strict=True)
            if is_moved and area.consumer is not None and tree.generation == 2
        ]
        self._files.keep([*busy, *self._cpu_paths, *pressures])
        places = {id(area): place for place, area in enumerate(areas)}
        self._shares.stand(
            [
                Standing(area.inode, None if area.above is None else places[id(area.above)], area.here)
                for area in areas
            ]
        )

    def _say(self, sentence: str) -> None:
        if not self._is_told:
            logger.info("%s", sentence)
        self._is_told = True


def _groups(areas: Sequence[Area], counted: Sequence[Counted]) -> list[Group]:
    places = {id(area): place for place, area in enumerate(areas)}
    return [
        Group(
            area.path,
            area.inode,
            None if area.above is None else places[id(area.above)],
            area.consumer,
            area.rest,
            told,
            tuple(area.pids),
            area.is_whole,
            area.is_listed,
        )
        for area, told in zip(areas, counted, strict=True)
    ]


def _directory(top: str, area: Area) -> str:
    return top if area.path == "/" else top + area.path


def _parser(tree: Tree) -> Callable[[bytes], float | None]:
    return parse_cpu_stat if tree.generation == 2 else parse_cpuacct
