"""Collector of disk traffic: bytes a second read from and written to the physical disks together, from /proc/diskstats."""

import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from monitor.collectors.domain.counters import Disks
from monitor.collectors.domain.growth import USUAL_BYTES_PER_SECOND, Growth, up_to
from monitor.collectors.domain.rates import summed
from monitor.collectors.host import LINUX
from monitor.collectors.procfile import ProcFile, understood
from monitor.collectors.registry import register
from monitor.metrics import members

SECTOR_BYTES = 512
"""The unit of /proc/diskstats, whatever the sectors of the disk."""

HIGHEST_BYTES_PER_SECOND = 64e9
"""More than the widest slot of a mainboard carries to one device (PCIe 5.0 x16); no disk or array comes near."""

SYSFS = "/sys/block"
VIRTUAL = re.compile(r"(loop|ram|zram|dm-|md|sr|fd|nbd|drbd|bcache|zd)\d")
"""Devices that pass everything on to others, which would count it twice, or that are no disks."""

PARTITION = re.compile(r"(?:(?<=\d)p\d+|(?<=\D)\d+|boot\d+|rpmb)$")


def parse_diskstats(text: str) -> Disks:
    """The text of /proc/diskstats: every device in it.

    Short lines (partitions before Linux 2.6.25) are left out.
    """
    read: dict[str, float] = {}
    written: dict[str, float] = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) >= 14:
            read[words[2]] = int(words[5]) * SECTOR_BYTES
            written[words[2]] = int(words[9]) * SECTOR_BYTES
    return Disks(read, written)


def whole_disks(names: Collection[str]) -> frozenset[str]:
    """Those that by their names are whole physical disks: no loop, ram, dm or md, no partition."""
    known = frozenset(names)
    return frozenset(
        name for name in known if not VIRTUAL.match(name) and PARTITION.sub("", name) not in known - {name}
    )


def physical_disks(names: Collection[str], sysfs: str = SYSFS) -> frozenset[str]:
    """The whole disks that have a device behind them in sysfs.

    By name alone where sysfs knows none of them.
    """
    return frozenset(name for name in names if _has_device(name, sysfs)) or whole_disks(names)


def _has_device(name: str, sysfs: str) -> bool:
    directory = f"{sysfs}/{name.replace('/', '!')}"
    return Path(f"{directory}/device").exists() and not _is_hidden(directory)


def _is_hidden(directory: str) -> bool:
    """True for one path of several to the same NVMe disk, which the disk itself counts already."""
    try:
        with open(f"{directory}/hidden", encoding="ascii") as file:
            return file.read().strip() == "1"
    except OSError:
        return False


def _source() -> Callable[[], Disks]:
    if not LINUX:
        from monitor.collectors import portable

        return portable.disks
    file = ProcFile("/proc/diskstats")
    return lambda: understood(file, _known) or Disks({}, {})


def _known(text: str) -> Disks | None:
    """Nothing where it is no such list; one without a line is that of a machine without disks."""
    disks = parse_diskstats(text)
    return disks if disks.read or not text.strip() else None


@register
class DiskCollector:
    """Whole physical disks, summed; None for the tick in which a disk comes, goes, or counts anew or again."""

    name = "disk"
    metrics: tuple[str, ...] = ("disk_read_bytes_per_second", "disk_write_bytes_per_second")

    def __init__(
        self,
        read: Callable[[], Disks] | None = None,
        choose: Callable[[Collection[str]], frozenset[str]] = physical_disks,
    ) -> None:
        self._read = read or _source()
        self._choose = choose
        self._seen: frozenset[str] = frozenset()
        self._chosen: frozenset[str] = frozenset()
        self.members: Mapping[str, members.Members] = {}
        self._read_growth = Growth(up_to(HIGHEST_BYTES_PER_SECOND), USUAL_BYTES_PER_SECOND)
        self._written_growth = Growth(up_to(HIGHEST_BYTES_PER_SECOND), USUAL_BYTES_PER_SECOND)

    def collect(self, elapsed: float | None) -> Mapping[str, float | None]:
        """Bytes per second."""
        now = self._only_chosen(self._read())
        found = {
            "disk_read_bytes_per_second": self._read_growth.all_rates(now.read, elapsed),
            "disk_write_bytes_per_second": self._written_growth.all_rates(now.written, elapsed),
        }
        self.members = {
            name: members.Members(each, adds_up=True) for name, each in found.items() if each is not None
        }
        return {name: summed(each) for name, each in found.items()}

    def _only_chosen(self, disks: Disks) -> Disks:
        if disks.read.keys() != self._seen:
            self._chosen = self._choose(disks.read.keys())
            self._seen = frozenset(disks.read)
        return Disks(
            {name: disks.read[name] for name in self._chosen},
            {name: disks.written[name] for name in self._chosen},
        )
