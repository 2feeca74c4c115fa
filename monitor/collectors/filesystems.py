"""Collector of the fullest local file system, from statvfs; those that can hang, as in a network, are left out."""

import errno
import os
import re
import stat
import time
from collections.abc import Callable, Iterable, Mapping

from monitor.collectors.domain import mounts
from monitor.collectors.domain.mounts import Look, Mount, Space, Unasked
from monitor.collectors.host import LINUX
from monitor.collectors.procfile import ProcFile, understood
from monitor.collectors.registry import register
from monitor.metrics import members
from monitor.metrics.parts import Kind, Part, PartNow
from monitor.metrics.snapshot import FileSystem
from monitor.metrics.text import harmless

REFRESH_SECONDS = 20.0
ESCAPE = re.compile(r"\\([0-7]{3})")
OWN = "/proc/self/mountinfo"
MACHINE = "/proc/1/mountinfo"


def parse_mounts(text: str) -> list[Mount]:
    """The text of /proc/PID/mountinfo in order; lines that are cut off are left out."""
    found = (_mount(line.split(" ")) for line in text.splitlines())
    return [mount for mount in found if mount is not None]


def measured(spaces: Iterable[Space]) -> list[FileSystem]:
    """Each one's share in use of what ordinary users can use, as df counts it; those without a size are left out."""
    return [_measured(one) for one in spaces if one.has_size]


def parts(spaces: Iterable[Space]) -> dict[Part, PartNow]:
    """What each one holds, in the same terms; of paths that are cut to the same the fullest counts."""
    found = sorted((one for one in spaces if one.has_size), key=lambda one: _measured(one).percent)
    return {Part(Kind.FILE_SYSTEM, harmless(one.path)): _part(one) for one in found}


def fullest(found: Iterable[FileSystem]) -> FileSystem | None:
    """The one with the highest share in use; None without any."""
    return max(found, key=lambda one: one.percent, default=None)


def ask(places: Iterable[Mount]) -> Space | Unasked:
    """The space of a file system, from the first of its places that tells it; else why the first one does not."""
    answers: list[Space | Unasked] = []
    for mount in places:
        answers.append(_asked(mount))
        if isinstance(answers[-1], Space):
            return answers[-1]
    return answers[0]


def space(found: os.statvfs_result, path: str) -> Space:
    """What the kernel tells of the file system at `path`; no total of inodes means that there is none."""
    block = found.f_frsize or found.f_bsize
    used = found.f_files - found.f_ffree
    are_told = 0 <= found.f_ffree <= found.f_files and used + found.f_favail > 0
    return Space(
        used=(found.f_blocks - found.f_bfree) * block,
        available=found.f_bavail * block,
        path=path,
        inodes_used=used if are_told else None,
        inodes_available=found.f_favail if are_told else None,
    )


def look(own: ProcFile, machine: ProcFile) -> Look:
    """Ask every file system that lies on a disk of this machine; `own` and `machine`: tables of mounts.

    Raises OSError where its own cannot be read; that of the machine may be hidden from this process.
    """
    try:
        known = machine.read() or ""
    except OSError:
        known = ""
    survey = mounts.survey(understood(own, parse_mounts) or [], parse_mounts(known))
    return mounts.looked([ask(places) for places in survey.places], survey.unasked)


def _asked(mount: Mount) -> Space | Unasked:
    try:
        place = os.open(mount.path, os.O_PATH | os.O_CLOEXEC)
    except OSError as error:
        return Unasked(mount.path, _refusal(error))
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            return Unasked(mount.path, mounts.SINGLE_FILES)
        if mount.number and _number(place) not in (None, mount.number):
            return Unasked(mount.path, mounts.HIDDEN)
        found = space(os.fstatvfs(place), mount.path)
    except OSError as error:
        return Unasked(mount.path, _refusal(error))
    finally:
        os.close(place)
    return found if found.has_size else Unasked(mount.path, mounts.NO_SIZE)


def _refusal(error: OSError) -> str:
    denied = error.errno in (errno.EACCES, errno.EPERM)
    return mounts.DENIED if denied else f"the system says: {error.strerror or error}"


def _number(place: int) -> int | None:
    """The number of the mount that an open file lies on; None where the kernel does not tell."""
    for line in (ProcFile(f"/proc/self/fdinfo/{place}").read() or "").splitlines():
        if line.startswith("mnt_id:"):
            return int(line.removeprefix("mnt_id:"))
    return None


def _measured(one: Space) -> FileSystem:
    percent, inodes_percent = 100.0 * one.used / (one.used + one.available), None
    if one.inodes_used is not None and one.inodes_available is not None:
        inodes_percent = 100.0 * one.inodes_used / (one.inodes_used + one.inodes_available)
    return FileSystem(
        path=harmless(one.path),
        percent=min(100.0, max(percent, inodes_percent or 0.0)),
        left_bytes=max(0.0, one.available),
        inodes_percent=inodes_percent,
        inodes_left=one.inodes_available,
    )


def _part(one: Space) -> PartNow:
    inodes_percent = _measured(one).inodes_percent
    return PartNow(
        used_kib=one.used / 1024,
        size_kib=(one.used + max(0.0, one.available)) / 1024,
        inodes_permyriad=None if inodes_percent is None else 100.0 * inodes_percent,
    )


def _mount(words: list[str]) -> Mount | None:
    """The mount of one line of mountinfo; None where it is cut off."""
    if "-" not in words[6:]:
        return None
    kind, source, options = (*words[words.index("-", 6) + 1 :], "", "", "")[:3]
    if not (words[0].isdecimal() and words[1].isdecimal() and kind):
        return None
    return Mount(
        device=words[2],
        path=_plain(words[4]),
        kind=kind,
        options=tuple(options.split(",")),
        source=_plain(source),
        number=int(words[0]),
        parent=int(words[1]),
        root=_plain(words[3]),
    )


def _plain(word: str) -> str:
    return ESCAPE.sub(lambda found: chr(int(found[1], 8)), word)


def source() -> Callable[[], Look]:
    """How this system is asked, again and again."""
    if not LINUX:
        from monitor.collectors import portable

        return portable.look
    own, machine = (ProcFile(path, "surrogateescape") for path in (OWN, MACHINE))  # paths are bytes
    return lambda: look(own, machine)


class Fullest:
    """Call it: the fullest local file system, looked up at most every 20 s: it fills slowly.

    `measured` holds the percent of each one that was asked in the newest look, by where it is mounted as it is told, and
    `parts` what it holds; `unasked` the others: path, reason, and what can be done.
    """

    def __init__(
        self,
        read: Callable[[], Look] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read = read or source()
        self._clock = clock
        self._read_at: float | None = None
        self._found: FileSystem | None = None
        self.measured: Mapping[str, float] = {}
        self.parts: Mapping[Part, PartNow] = {}
        self.unasked: tuple[tuple[str, str, str], ...] = ()

    def __call__(self) -> FileSystem | None:
        """None where there is none that can be asked."""
        now = self._clock()
        if self._read_at is None or now - self._read_at >= REFRESH_SECONDS:
            seen, self._read_at = self._read(), now
            found = measured(seen.spaces)
            self.unasked = tuple(
                (harmless(one.path), harmless(one.reason), one.remedy) for one in seen.unasked
            )
            self._found = fullest(found)
            found.sort(key=lambda one: one.percent)  # of paths that are cut to the same, the fullest counts
            self.measured = {one.path: one.percent for one in found}
            self.parts = parts(seen.spaces)
        return self._found


@register
class FilesystemsCollector:
    """How full the fullest local file system is."""

    name = "filesystems"
    metrics: tuple[str, ...] = ("disk_fullest_percent",)

    def __init__(self, fullest: Fullest | None = None) -> None:
        self._fullest = fullest or Fullest()
        self.members: Mapping[str, members.Members] = {}
        self.parts: Mapping[Part, PartNow] = {}

    def collect(self, elapsed: float | None) -> Mapping[str, float | None]:
        """Percent 0..100; a gauge, on the first call too."""
        found = self._fullest()
        self.members = {"disk_fullest_percent": members.Members(self._fullest.measured)}
        self.parts = self._fullest.parts
        return {"disk_fullest_percent": None if found is None else found.percent}
