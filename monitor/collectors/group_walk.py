"""Walk of a tree of control groups, from the top on, bounded in width, depth and number: which plots it is made of."""

from __future__ import annotations

import errno
import os
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from monitor.collectors.cgroups import MOST_LEVELS
from monitor.collectors.domain.cgroups import Home, home_at
from monitor.collectors.domain.group_names import here_consumer, home_consumer, rest_consumer, user_id
from monitor.collectors.group_trees import Tree, subdirectories
from monitor.metrics.usage import Consumer, Kind

MOST_GROUPS = 2_000
MOST_IN_ONE = 1_000
"""Of the groups in one group; a slice with thousands of scopes leaves room for others."""

LEAF = 2
"""Links of a directory without directories, where a file system counts them."""

CHUNK_BYTES = 65536
OUT_OF_SIGHT = 0
"""How v2 lists who is in another process namespace."""

Who = tuple[Consumer | None, Consumer, Consumer]


@dataclass(slots=True)
class Area:
    """A part of the tree as it was found: its group with those below that are no areas of their own.

    inode: tells two groups of one path apart. above: the area that it lies in. is_whole: all groups in it were seen.
    is_listed: `pids` are all who live in it.
    consumer, rest: as of a Plot. here: what to call all of it without the areas in it.
    """

    path: str
    inode: int
    above: Area | None
    home: Home | None
    consumer: Consumer | None
    rest: Consumer
    here: Consumer
    pids: list[int] = field(default_factory=list)
    is_whole: bool = True
    is_listed: bool = True


class Walk:
    """Walks a tree again and again; what it knows of names it keeps. For one thread only.

    A container is named again at the second look: the first one may have come while its engine was still starting it.
    container_name: what to call a container by its engine, its id and `pids`, who live in it. user: a user's name, by id.
    """

    def __init__(self, container_name: Callable[..., str], user: Callable[[int], str]) -> None:
        self._container_name, self._user = container_name, user
        self._known: dict[tuple[str, int], Who] = {}
        self._starting: set[tuple[str, int]] = set()
        self._named_before: set[tuple[str, int]] = set()
        self.areas: list[Area] = []
        """Of the last walk that ended, each behind the one that it lies in; none where the tree cannot be read."""

    def go(self, tree: Tree) -> Iterator[None]:
        """Walk the tree once; yields after each group."""
        areas: list[Area] = []
        seen: set[int] = set()
        queue: deque[tuple[str, int, Area | None]] = deque([("/", 0, None)])
        room = MOST_GROUPS
        self._named_before, self._starting = self._starting, set()
        while queue:
            path, depth, above = queue.popleft()
            directory = tree.top if path == "/" else tree.top + path
            pids = processes(directory)
            try:
                told = os.stat(directory)  # noqa: PTH116
            except OSError:
                continue  # it has gone
            room -= 1
            area = self._area(path, told.st_ino, above, pids, areas)
            area.is_listed = area.is_listed and tree.lists_all and OUT_OF_SIGHT not in (pids or ())
            mine = [pid for pid in pids or () if pid not in seen and pid != OUT_OF_SIGHT]
            seen.update(mine)
            area.pids += mine
            names = [] if told.st_nlink == LEAF else list(subdirectories(directory))
            chosen = names[: max(0, min(MOST_IN_ONE, room - len(queue)))] if depth < MOST_LEVELS else []
            area.is_whole = area.is_whole and len(chosen) == len(names)
            queue.extend((f"{path.rstrip('/')}/{name}", depth + 1, area) for name in chosen)
            yield None
        self.areas = areas
        known = {(area.path, area.inode) for area in areas}
        self._known = {key: who for key, who in self._known.items() if key in known}

    def _area(
        self, path: str, inode: int, above: Area | None, pids: list[int] | None, areas: list[Area]
    ) -> Area:
        """The area that the group makes, or belongs to."""
        home = None if above is None else home_at(path)
        if above is not None and (pids is None or (home is not None and home == above.home)):
            return above
        areas.append(
            Area(
                path,
                inode,
                above,
                home,
                *self._who(path, inode, [pid for pid in pids or () if pid != OUT_OF_SIGHT]),
            )
        )
        return areas[-1]

    def _who(self, path: str, inode: int, pids: list[int]) -> Who:
        key = path, inode
        known = self._known.get(key)
        is_new = known is None
        if known is None or key in self._named_before:
            uid = user_id(path)
            user = "" if uid is None else self._user(uid)
            name = partial(self._container_name, pids=pids)
            consumer = None if path == "/" else home_consumer(path, user, name)
            known = consumer, consumer or rest_consumer(path, user), consumer or here_consumer(path, user)
            self._known[key] = known
            if is_new and consumer is not None and consumer.kind is Kind.CONTAINER:
                self._starting.add(key)
        return known


def processes(directory: str) -> list[int] | None:
    """Who lives in the group itself, OUT_OF_SIGHT for each who cannot be seen from here; None for a threaded one, which
    has threads only.
    """
    try:
        descriptor = os.open(f"{directory}/cgroup.procs", os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        return None if error.errno == errno.EOPNOTSUPP else []
    parts = []
    try:
        while part := os.read(descriptor, CHUNK_BYTES):
            parts.append(part)
    except OSError as error:
        return None if error.errno == errno.EOPNOTSUPP else []
    finally:
        os.close(descriptor)
    return [int(word) for word in b"".join(parts).split() if word.isdigit()]
