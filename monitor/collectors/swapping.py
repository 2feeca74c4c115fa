"""Collector of swap traffic: bytes a second moved between memory and swap on disk, from /proc/vmstat.

The kernel counts what goes to compressed memory (zram) in the same two counters. It stays in memory and is no swap
storm: what the zram devices themselves count is taken off.
"""

import os
import re
from collections.abc import Callable, Iterable, Mapping

from monitor.collectors.domain.counters import Swapped
from monitor.collectors.domain.growth import USUAL_BYTES_PER_SECOND, Growth, up_to
from monitor.collectors.host import LINUX
from monitor.collectors.procfile import ProcFile, understood
from monitor.collectors.registry import register

HIGHEST_BYTES_PER_SECOND = 100e9
"""Swapping goes page by page, 25 million of them a second at this rate; no kernel comes near."""

WANTED = re.compile(r"^pswp(in|out) (\d+)$", re.ASCII | re.MULTILINE)
COUNTER = re.compile(r"^[a-z_0-9]+ \d+$", re.ASCII | re.MULTILINE)
ZRAM = re.compile(r"(?:.*/)?(zram\d+)$", re.ASCII)
SECTOR_BYTES = 512
SYSFS = "/sys/block"
TOTAL = "total"


def parse_vmstat(text: str, page_bytes: int) -> int | None:
    """Bytes swapped in and out since boot, from the text of /proc/vmstat; None unless both counters are there."""
    pages = {direction: int(count) for direction, count in WANTED.findall(text)}
    return sum(pages.values()) * page_bytes if len(pages) == 2 else None


def parse_swaps(text: str) -> tuple[list[str], bool]:
    """The zram devices among the swaps in the text of /proc/swaps, and whether there is any other swap."""
    swaps = [line.split()[0] for line in text.splitlines()[1:] if line.strip()]
    found = [ZRAM.match(swap) for swap in swaps]
    return [each[1] for each in found if each is not None], None in found


def parse_block_stat(text: str) -> int | None:
    """Bytes read and written since boot, from the text of /sys/block/NAME/stat; None for what is no such text."""
    words = text.split()
    return (int(words[2]) + int(words[6])) * SECTOR_BYTES if len(words) >= 11 else None


def compressed(names: Iterable[str], sysfs: str = SYSFS) -> dict[str, float] | None:
    """Bytes since boot of each of these zram devices; None where one does not tell."""
    found: dict[str, float] = {}
    for name in names:
        try:
            with open(f"{sysfs}/{name}/stat", encoding="ascii") as file:
                moved = parse_block_stat(file.read())
        except OSError:
            return None
        if moved is None:
            return None
        found[name] = moved
    return found


def _source() -> Callable[[], Swapped]:
    if not LINUX:
        from monitor.collectors import portable

        return portable.swapped
    vmstat, swaps = ProcFile("/proc/vmstat"), ProcFile("/proc/swaps")
    page_bytes = os.sysconf("SC_PAGESIZE")

    def counted(text: str) -> tuple[int | None] | None:
        """Nothing where it is no such list; a kernel without swap has one without the two counters."""
        return (parse_vmstat(text, page_bytes),) if COUNTER.search(text) else None

    def read() -> Swapped:
        (total,) = understood(vmstat, counted) or (None,)
        names, has_others = parse_swaps(swaps.read() or "")
        is_compressed = bool(names) and not has_others
        return Swapped(total, {} if is_compressed else compressed(names), is_compressed)

    return read


@register
class SwappingCollector:
    """Traffic of swap on disk, both ways together; a full but quiet swap is no trouble, a busy one is."""

    name = "swapping"
    metrics: tuple[str, ...] = ("swap_bytes_per_second",)

    def __init__(self, read: Callable[[], Swapped] | None = None) -> None:
        self._read = read or _source()
        self._growth = Growth(up_to(HIGHEST_BYTES_PER_SECOND), USUAL_BYTES_PER_SECOND)

    def collect(self, elapsed: float | None) -> Mapping[str, float | None]:
        """Bytes per second; None where a part that went to compressed memory is not told."""
        return {"swap_bytes_per_second": self._rate(self._read(), elapsed)}

    def _rate(self, now: Swapped, elapsed: float | None) -> float | None:
        known = {} if now.total is None else {TOTAL: now.total}
        rates = self._growth.rates(known | dict(now.compressed or {}), elapsed)
        total = rates.pop(TOTAL, None)
        if total is None or now.compressed is None:
            return None
        if now.is_compressed_alone:
            return 0.0
        inside = [each for each in rates.values() if each is not None]
        return max(0.0, total - sum(inside)) if len(inside) == len(rates) else None
