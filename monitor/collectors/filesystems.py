"""Collector of the fullest local file system, from statvfs; network file systems, which can hang, are left out."""

import os
import re
import time
from collections.abc import Callable, Iterable, Mapping

from monitor.collectors.domain.counters import Mount, Space, local_mounts
from monitor.collectors.host import LINUX
from monitor.collectors.procfile import ProcFile
from monitor.collectors.registry import register
from monitor.metrics import members
from monitor.metrics.snapshot import FileSystem
from monitor.metrics.text import harmless

REFRESH_SECONDS = 20.0
ESCAPE = re.compile(r"\\([0-7]{3})")


def parse_mounts(text: str) -> list[Mount]:
    """The text of /proc/self/mounts in order; lines with too few words are left out."""
    lines = [line.split(" ") for line in text.splitlines()]
    return [Mount(_plain(w[0]), _plain(w[1]), w[2], tuple(w[3].split(","))) for w in lines if len(w) >= 4]


def measured(spaces: Iterable[Space]) -> list[FileSystem]:
    """Each one's share in use of what ordinary users can use, as df counts it; those without a size are left out."""
    return [_measured(one) for one in spaces if one.used + one.available > 0 <= one.used]


def fullest(found: Iterable[FileSystem]) -> FileSystem | None:
    """The one with the highest share in use; None without any."""
    return max(found, key=lambda one: one.percent, default=None)


def space(path: str) -> Space | None:
    """The space of the file system at `path`; None where it cannot be asked."""
    try:
        found = os.statvfs(path)
    except OSError:
        return None
    block = found.f_frsize or found.f_bsize
    return Space((found.f_blocks - found.f_bfree) * block, found.f_bavail * block, path)


def _measured(one: Space) -> FileSystem:
    percent = min(100.0, 100.0 * one.used / (one.used + one.available))
    return FileSystem(harmless(one.path), percent, max(0.0, one.available))


def _plain(word: str) -> str:
    return ESCAPE.sub(lambda found: chr(int(found[1], 8)), word)


def _source() -> Callable[[], list[Space]]:
    if not LINUX:
        from monitor.collectors import portable

        return portable.spaces
    file = ProcFile("/proc/self/mounts")

    def read() -> list[Space]:
        found = [space(mount.path) for mount in local_mounts(parse_mounts(file.read() or ""))]
        return [each for each in found if each is not None]

    return read


class Fullest:
    """Call it: the fullest local file system, looked up at most every 20 s: it fills slowly.

    `measured` holds the percent of each one that was asked in the newest look, by where it is mounted as it is told.
    """

    def __init__(
        self,
        read: Callable[[], list[Space]] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read = read or _source()
        self._clock = clock
        self._read_at: float | None = None
        self._found: FileSystem | None = None
        self.measured: Mapping[str, float] = {}

    def __call__(self) -> FileSystem | None:
        """None where there is none that can be asked."""
        now = self._clock()
        if self._read_at is None or now - self._read_at >= REFRESH_SECONDS:
            found, self._read_at = measured(self._read()), now
            self._found, self.measured = fullest(found), {one.path: one.percent for one in found}
        return self._found


@register
class FilesystemsCollector:
    """How full the fullest local file system is."""

    name = "filesystems"
    metrics: tuple[str, ...] = ("disk_fullest_percent",)

    def __init__(self, fullest: Fullest | None = None) -> None:
        self._fullest = fullest or Fullest()
        self.members: Mapping[str, members.Members] = {}

    def collect(self, elapsed: float | None) -> Mapping[str, float | None]:
        """Percent 0..100; a gauge, on the first call too."""
        found = self._fullest()
        self.members = {"disk_fullest_percent": members.Members(self._fullest.measured)}
        return {"disk_fullest_percent": None if found is None else found.percent}
