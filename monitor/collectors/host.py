"""Facts about this host that are not metrics: which boot, since when, and a clock that counts suspends."""

import platform
import time
from datetime import UTC, datetime

from monitor.runtime.clock import boottime

LINUX = platform.system() == "Linux"

BOOT_ID = "/proc/sys/kernel/random/boot_id"
STAT = "/proc/stat"


def boot_id() -> str | None:
    """The kernel's random name of this boot; None where there is none (not Linux)."""
    return _read(BOOT_ID).strip() or None


def booted_at() -> datetime:
    """When this host booted, in UTC, from btime of /proc/stat; it moves when somebody sets the clock."""
    seconds = parse_btime(_read(STAT)) if LINUX else _boot_time()
    return datetime.fromtimestamp(time.time() - boottime() if seconds is None else seconds, UTC)


def facts() -> dict[str, str]:
    """The platform in words: system, release, machine, python."""
    return {
        "system": platform.system(),
        "release": platform.release(),
        "machine": platform.machine(),
        "python": platform.python_version(),
    }


def parse_btime(text: str) -> float | None:
    """Seconds since the epoch at which the host booted, from the text of /proc/stat.

    None without a sane btime.
    """
    for line in text.splitlines():
        words = line.split()
        if len(words) == 2 and words[0] == "btime" and words[1].isdecimal() and int(words[1]) > 0:
            return float(words[1])
    return None


def _boot_time() -> float | None:

    from monitor.collectors import portable

    return portable.boot_time()


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""
