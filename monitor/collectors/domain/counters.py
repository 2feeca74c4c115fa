"""Counters and levels of sources as values: CPU times, tasks, memory, disks, traffic, and which file systems are local."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CpuTimes:
    """Seconds since boot.

    `user` holds niced and guest time, `system` interrupts; None: this kernel does not count it.
    """

    user: float
    system: float
    idle: float
    iowait: float | None = None
    steal: float | None = None


@dataclass(frozen=True, slots=True)
class CpuReading:
    """All cores together, each core by its name, and tasks (None where the system does not tell)."""

    total: CpuTimes
    cores: Mapping[str, CpuTimes]
    running: int | None = None
    blocked: int | None = None


LOCAL = frozenset({
    "ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "bcachefs", "jfs", "reiserfs", "nilfs2", "ubifs", "jffs2",
    "vfat", "exfat", "ntfs", "ntfs3", "apfs", "hfs", "hfsplus", "ufs", "fat32",
})  # fmt: skip
"""Kinds that lie on a disk of this host, can be written and can fill up."""

MAY_HANG = re.compile(
    r"nfs|cifs|smb|9p$|afs|ceph|gluster|lustre|gfs2|ocfs2|orangefs|fuse|autofs|sshfs|virtiofs"
)

OVERLAY = "overlay"


@dataclass(frozen=True, slots=True)
class Mount:
    """Where a file system is mounted; `options` as in /proc/self/mounts."""

    device: str
    path: str
    kind: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Space:
    """Bytes in use, and bytes that ordinary users can still have; `path` is where it is mounted."""

    used: float
    available: float
    path: str = ""


def local_mounts(mounts: Iterable[Mount]) -> list[Mount]:
    """Those worth asking: on a local disk and writable, each device once, nothing below a mount that may hang.

    The root of a container (an overlay) is asked where there is nothing else.
    """
    visible = {mount.path: mount for mount in mounts}  # a later mount hides the one below it
    hanging = [path for path, mount in visible.items() if path != "/" and MAY_HANG.search(mount.kind.lower())]
    devices: dict[str, Mount] = {}
    for mount in visible.values():
        if mount.kind.lower() in LOCAL and "ro" not in mount.options and not _below(mount.path, hanging):
            devices.setdefault(mount.device, mount)
    root = visible.get("/")
    if not devices and root is not None and root.kind == OVERLAY:
        return [root]
    return list(devices.values())


def _below(path: str, tops: Iterable[str]) -> bool:
    return any(path == top or path.startswith(top.rstrip("/") + "/") for top in tops)


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes; None for what the system does not tell."""

    used: float | None = None
    available: float | None = None
    swap_used: float | None = None

    @property
    def available_percent(self) -> float | None:
        """Share of all memory that can still be had, 0..100."""
        if self.used is None or self.available is None or self.used + self.available <= 0:
            return None
        return 100.0 * self.available / (self.used + self.available)


@dataclass(frozen=True, slots=True)
class Disks:
    """Bytes since boot, by disk."""

    read: Mapping[str, float] = field(default_factory=dict)
    written: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Traffic:
    """Bytes since boot, by interface."""

    received: Mapping[str, float] = field(default_factory=dict)
    sent: Mapping[str, float] = field(default_factory=dict)
