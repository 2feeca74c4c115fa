"""Facts about this host that are not metrics: which machine, which boot, since when."""

import hashlib
import hmac
import platform
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from monitor.collectors import procfile
from monitor.runtime.clock import boottime

LINUX = platform.system() == "Linux"

BOOT_ID = "/proc/sys/kernel/random/boot_id"
STAT = "/proc/stat"
MACHINE_IDS = ("/etc/machine-id", "/var/lib/dbus/machine-id")
APPLICATION = bytes.fromhex("5a1f0c86d1f84e5f9e0b7c3d2a964be1")
"""Ours alone: what we keep of a machine id is of no use to anybody else, as machine-id(5) asks for."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells this machine from others, whatever its name.

    machine_id: 32 hexadecimal digits made from the machine's id, from which that cannot be told; "" where the system has
    none, as in most containers. boot_id: the kernel's random name of this boot, which all containers of a machine
    share; "" where there is none (not Linux).
    """

    machine_id: str
    boot_id: str


def identity() -> Identity:
    """Which machine, and which boot of it."""
    found = (application_id(procfile.text(path)) for path in MACHINE_IDS)
    return Identity(next((one for one in found if one), ""), procfile.text(BOOT_ID).strip())


def application_id(text: str) -> str:
    """What stands for the machine id in the text of its file, keyed and hashed as systemd does it
    (sd_id128_get_machine_app_specific); "" where there is none, or it is not made yet."""
    raw = text.strip()
    if not re.fullmatch(r"[0-9a-f]{32}", raw) or not raw.strip("0"):
        return ""
    return hmac.new(bytes.fromhex(raw), APPLICATION, hashlib.sha256).hexdigest()[:32]


def booted_at() -> datetime:
    """When this host booted, in UTC, from btime of /proc/stat; it moves when somebody sets the clock."""
    seconds = parse_btime(procfile.text(STAT)) if LINUX else _boot_time()
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
