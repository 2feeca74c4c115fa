"""Mounts: which file systems lie on a disk of this machine, where to ask each how full it is, and why not the others."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

LOCAL = frozenset({
    "ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "bcachefs", "jfs", "reiserfs", "nilfs2", "ubifs", "jffs2",
    "vfat", "exfat", "ntfs", "ntfs3", "apfs", "hfs", "hfsplus", "ufs", "fat32",
})  # fmt: skip
"""Kinds that lie on a disk of this host, can be written and can fill up."""

MAY_HANG = re.compile(
    r"nfs|cifs|smb|9p$|afs|ceph|gluster|lustre|gfs2|ocfs2|orangefs|fuse|autofs|sshfs|virtiofs"
)

OVERLAY = "overlay"
MEMORY = frozenset({"tmpfs", "ramfs"})
OF_THE_SYSTEM = ("/dev", "/proc", "/run", "/sys", "/var/lib")
"""Below these the system and container engines keep small file systems in memory: they are no news."""

NO_DISK = frozenset({"autofs", "fuse.lxcfs", "fuse.gvfsd-fuse", "fuse.portal", "fuse.snapfuse"})
"""Kinds that hold nothing which could fill up."""

FIXED = frozenset({"squashfs", "iso9660", "erofs", "cramfs", "romfs"})
"""Kinds that are full by nature, and never written."""

CONCEALED = "/systemd/inaccessible/dir"
"""What systemd mounts over what a service must not see."""
UNTOLD = (*OF_THE_SYSTEM, "/lib", "/usr")

READ_ONLY = "read-only, so it cannot fill up"
HIDDEN = "hidden by a later mount"
NOT_IN_SIGHT = "mounted on the machine, but not in sight of this process"
OUT_OF_SIGHT = "hidden from this process, with all that is mounted there"
DENIED = "this user may not look there"
SINGLE_FILES = "only single files of it are in sight"
NO_SIZE = "it tells no size"

TO_SHOW_IT = (
    "Do not hide it from loadmon: under systemd, ProtectHome=read-only and no InaccessiblePaths=; in a container, mount it "
    "there."
)
REMEDIES = {
    NOT_IN_SIGHT: TO_SHOW_IT,
    OUT_OF_SIGHT: TO_SHOW_IT,
    DENIED: "Let the user that loadmon runs as enter the folders above it (x for others, or a group).",
    HIDDEN: "Mount one of the two elsewhere.",
}
"""What can be done where something can be: by reason."""


@dataclass(frozen=True, slots=True)
class Mount:
    """Where a file system is mounted.

    device: the same for all mounts of one file system. options: those of the file system itself, not of this mount:
    it may be read-only for one process alone. number, parent: of the mount, and of the one that it lies on; 0 where
    the system does not tell. root: which part of the file system is mounted.
    """

    device: str
    path: str
    kind: str
    options: tuple[str, ...] = ()
    source: str = ""
    number: int = 0
    parent: int = 0
    root: str = "/"


@dataclass(frozen=True, slots=True)
class Space:
    """Bytes in use, and bytes that ordinary users can still have; `path` is where it is mounted.

    Inodes likewise; None where the file system has no fixed number of them.
    """

    used: float
    available: float
    path: str = ""
    inodes_used: float | None = None
    inodes_available: float | None = None

    @property
    def has_size(self) -> bool:
        """Whether its numbers can be those of something that fills up."""
        return self.used + self.available > 0 <= self.used


@dataclass(frozen=True, slots=True)
class Unasked:
    """A file system that is not measured: where it is mounted, and why, as the end of a sentence."""

    path: str
    reason: str

    @property
    def remedy(self) -> str:
        """What can be done so that it is measured; "" where nothing can."""
        return REMEDIES.get(self.reason, "")


@dataclass(frozen=True, slots=True)
class Look:
    """The space of each file system that could be asked, and those that could not."""

    spaces: Sequence[Space] = ()
    unasked: Sequence[Unasked] = ()


@dataclass(frozen=True, slots=True)
class Survey:
    """For each file system that is worth asking the mounts where that can be tried, best first; and the others."""

    places: tuple[tuple[Mount, ...], ...]
    unasked: tuple[Unasked, ...]


def survey(own: Sequence[Mount], machine: Sequence[Mount] = ()) -> Survey:
    """Where to ask, each file system once, from the mounts that this process has; first what something can be done about.

    machine: those that the first process of the machine has, which may be more; empty where they are not told.
    """
    seen = {*visible(own), *visible(machine)}
    tops = [one.path for one in own if one in seen and one.path != "/" and MAY_HANG.search(one.kind.lower())]
    mine, whole = _by_device(own), _by_device(machine)
    places, unasked = [], [] if machine else _concealed(one for one in own if one in seen)
    for device in dict.fromkeys([*mine, *whole]):
        known = [*whole.get(device, ()), *mine.get(device, ())]
        here = [one for one in mine.get(device, ()) if one in seen]
        told = next(
            (one for one in here if one.path == "/"), None
        )  # a container's root has another name outside
        told = told or next((one for one in known if one in seen), known[0])
        can = [one for one in here if not _below(one.path, tops)]
        reason = _unfit(told, is_root=told.path == "/" and told in seen)
        if reason is None and can:
            places.append(tuple(sorted(can, key=lambda mount: mount.path != "/")))
        elif reason is None:
            unasked.append(Unasked(told.path, _out_of_reach(told, here, tops, told in seen)))
        elif reason and told in seen and (device in whole or not whole or told.kind not in MEMORY):
            unasked.append(Unasked(told.path, reason))  # what is in memory for us alone is of our own sandbox
    return Survey(tuple(places), in_order(unasked))


def looked(answers: Sequence[Space | Unasked], unasked: Iterable[Unasked]) -> Look:
    """A look from what the file systems answered, and those that were `unasked` for what they are."""
    refused = [each for each in answers if isinstance(each, Unasked)]
    return Look([each for each in answers if isinstance(each, Space)], in_order([*refused, *unasked]))


def in_order(unasked: Iterable[Unasked]) -> tuple[Unasked, ...]:
    """First those about which something can be done; of several on one path the first of these."""
    first: dict[str, Unasked] = {}
    for one in sorted(unasked, key=lambda one: not one.remedy):
        first.setdefault(one.path, one)
    return tuple(first.values())


def visible(mounts: Iterable[Mount]) -> list[Mount]:
    """Those whose path leads to them: a later mount on the same path, or on one above it, hides what lies below."""
    mounts = list({one.number or one.path: one for one in mounts}.values())
    if not any(one.number for one in mounts):
        return mounts
    numbers = {one.number for one in mounts}
    upon = {
        (one.parent if one.parent in numbers and one.parent != one.number else 0, one.path): one
        for one in mounts
    }
    return [one for one in mounts if _at(one.path, upon) == one]


def _at(path: str, upon: Mapping[tuple[int, str], Mount]) -> Mount | None:
    """The mount that `path` leads to, as the kernel walks; `upon`: by the mount that each lies on, 0 for none, and path."""
    words = [word for word in path.split("/") if word]
    at: Mount | None = None
    for count in range(len(words) + 1):
        way = "/" + "/".join(words[:count])
        while (on := upon.get((at.number if at else 0, way))) is not None:
            at = on
    return at


def _unfit(one: Mount, is_root: bool) -> str | None:
    """Why a file system is not asked for what it is; "" for what is no disk at all, None for one to be asked."""
    kind = one.kind.lower()
    if kind in LOCAL or (kind == OVERLAY and is_root):
        return READ_ONLY if "ro" in one.options else None
    if kind in MEMORY and (is_root or ("ro" not in one.options and not _below(one.path, OF_THE_SYSTEM))):
        return f"{kind}, which is in memory, not on a disk"
    if kind in NO_DISK:
        return ""
    if "fuse" in kind:
        return f"{kind}, for which a process answers that can hang"
    if MAY_HANG.search(kind):
        return f"{kind}, which is not on a disk of this machine and can hang"
    if is_root or (one.source.startswith("/dev/") and kind not in FIXED and "ro" not in one.options):
        return f"{kind}, a kind that is not measured"
    return ""


def _concealed(own: Iterable[Mount]) -> list[Unasked]:
    """What our own sandbox hides, where nothing else tells what lies there."""
    found = [one for one in own if one.root.endswith(CONCEALED) and not _below(one.path, UNTOLD)]
    return [Unasked(one.path, OUT_OF_SIGHT) for one in found]


def _out_of_reach(told: Mount, here: Sequence[Mount], tops: Sequence[str], is_seen: bool) -> str:
    """Why one that is worth asking has no place where that can be done; `here`: where this process sees it."""
    if here:
        top = next(top for top in tops if _below(here[0].path, [top]))
        return f"it lies below {top}, which can hang"
    return NOT_IN_SIGHT if is_seen else HIDDEN


def _by_device(mounts: Iterable[Mount]) -> dict[str, list[Mount]]:
    found: defaultdict[str, list[Mount]] = defaultdict(list)
    for mount in mounts:
        if not mount.root.endswith(CONCEALED):
            found[mount.device].append(mount)
    return found


def _below(path: str, tops: Iterable[str]) -> bool:
    return any(path == top or path.startswith(top.rstrip("/") + "/") for top in tops)
