"""Collector of disk traffic: bytes a second read from and written to the physical disks together, from /proc/diskstats."""

import re
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from pathlib import Path

from monitor.collectors import procfile
from monitor.collectors.domain.counters import Disks
from monitor.collectors.domain.growth import USUAL_BYTES_PER_SECOND, Growth, up_to
from monitor.collectors.domain.rates import longest, summed
from monitor.collectors.host import LINUX
from monitor.collectors.procfile import ProcFile, understood
from monitor.collectors.registry import register
from monitor.metrics import members
from monitor.metrics.parts import Kind, Part, PartNow

SECTOR_BYTES = 512
"""The unit of /proc/diskstats, whatever the sectors of the disk."""

HIGHEST_BYTES_PER_SECOND = 64e9
"""More than the widest slot of a mainboard carries to one device (PCIe 5.0 x16); no disk or array comes near."""

DISKSTATS, SYSFS = "/proc/diskstats", "/sys/block"
VIRTUAL = re.compile(r"(loop|ram|zram|dm-|md|sr|fd|nbd|drbd|bcache|zd)\d")
"""Devices that pass everything on to others, which would count it twice, or that are no disks."""

PARTITION = re.compile(r"(?:(?<=\d)p\d+|(?<=\D)\d+|boot\d+|rpmb)$")


def parse_diskstats(text: str) -> Disks:
    """The text of /proc/diskstats: every device in it.

    Short lines (partitions before Linux 2.6.25) are left out.
    """
    read: dict[str, float] = {}
    written: dict[str, float] = {}
    busy: dict[str, float] = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) >= 14:
            read[words[2]] = int(words[5]) * SECTOR_BYTES
            written[words[2]] = int(words[9]) * SECTOR_BYTES
            busy[words[2]] = int(words[12])
    return Disks(read, written, busy)


def whole_disks(names: Collection[str]) -> frozenset[str]:
    """Those that by their names are whole physical disks: no loop, ram, dm or md, no partition."""
    known = frozenset(names)
    return frozenset(
        name for name in known if not VIRTUAL.match(name) and PARTITION.sub("", name) not in known - {name}
    )


def physical_disks(names: Collection[str], sysfs: str = SYSFS) -> frozenset[str]:
    """The whole disks that have a device behind them in sysfs, which is asked anew where a disk comes or goes.

    By name alone where sysfs knows none of them.
    """
    return _physical(frozenset(names), sysfs)


@lru_cache(2)
def _physical(names: frozenset[str], sysfs: str) -> frozenset[str]:
    return frozenset(name for name in names if _has_device(name, sysfs)) or whole_disks(names)


def own_disks() -> frozenset[str]:
    """The numbers, as "8:0", of the physical disks: what lies upon one, such as dm and md, would count twice."""
    numbers = {
        words[2]: f"{words[0]}:{words[1]}"
        for line in procfile.text(DISKSTATS).splitlines()
        if len(words := line.split()) >= 14
    }
    return frozenset(numbers[name] for name in physical_disks(numbers))


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
    file = ProcFile(DISKSTATS)
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
        self.parts: Mapping[Part, PartNow] = {}
        self._read_growth = Growth(up_to(HIGHEST_BYTES_PER_SECOND), USUAL_BYTES_PER_SECOND)
        self._written_growth = Growth(up_to(HIGHEST_BYTES_PER_SECOND), USUAL_BYTES_PER_SECOND)
        self._busy_growth = Growth(_is_time)

    def collect(self, elapsed: float | None) -> Mapping[str, float | None]:
        """Bytes per second."""
        now = self._only_chosen(self._read())
        read = self._read_growth.all_rates(now.read, elapsed)
        written = self._written_growth.all_rates(now.written, elapsed)
        found = {"disk_read_bytes_per_second": read, "disk_write_bytes_per_second": written}
        self.members = {
            name: members.Members(each, adds_up=True) for name, each in found.items() if each is not None
        }
        self.parts = _parts(read, written, self._busy_growth.rates(now.busy, elapsed))
        return {name: summed(each) for name, each in found.items()}

    def _only_chosen(self, disks: Disks) -> Disks:
        if disks.read.keys() != self._seen:
            self._chosen = self._choose(disks.read.keys())
            self._seen = frozenset(disks.read)
        return Disks(
            {name: disks.read[name] for name in self._chosen},
            {name: disks.written[name] for name in self._chosen},
            {name: disks.busy[name] for name in self._chosen if name in disks.busy},
        )


def _is_time(_name: str, per_second: float, elapsed: float) -> bool:
    """Whether so many milliseconds a second can have been busy ones."""
    return per_second * elapsed <= 1000 * longest(elapsed)


def _parts(
    read: Mapping[str, float] | None, written: Mapping[str, float] | None, busy: Mapping[str, float | None]
) -> dict[Part, PartNow]:
    """Each disk; none in a tick of which not all is known, as their sum is not."""
    if read is None or written is None:
        return {}
    return {
        Part(Kind.DISK, name): PartNow(
            in_per_second=read[name], out_per_second=written[name], busy_permille=_at_most(busy.get(name))
        )
        for name in read.keys() & written.keys()
    }


def _at_most(permille: float | None) -> float | None:
    return None if permille is None else min(1000.0, permille)
