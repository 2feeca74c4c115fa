"""Checks of the machine and of what is set up on it: database settings, files, disk, live events, limits."""

from __future__ import annotations

import re
import resource
import shutil
import zoneinfo
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, register

from monitor.access.domain import is_loopback
from monitor.checks.messages import TAG, error, warning
from monitor.collectors.cores import effective_cores
from monitor.database import file

Messages = list[CheckMessage]

LEAST_FREE_BYTES = 200_000_000
MOST_VIEWERS = 2000  # as in monitor.live.hub
SPARE_FILES = 200
MOUNTS = Path("/proc/self/mountinfo")
REMOTE_FILE_SYSTEMS = re.compile(
    r"nfs\d?|cifs|smb\d?|smbfs|afs|ceph|glusterfs|lustre|fuse\.(?!fuse-overlayfs$).*"
)


@register(TAG)
def sqlite_writes_begin_at_once(**kwargs: Any) -> Messages:
    """E013: reads that turn into writes fail under load; requests in transactions starve the sampler."""
    database = settings.DATABASES["default"]
    hint = "Leave DATABASES as loadmon_site/settings.py makes it."
    if not is_sqlite():
        return []
    if database.get("OPTIONS", {}).get("transaction_mode") != "IMMEDIATE":
        return error(
            13, "SQLite is used without transaction_mode IMMEDIATE: writers would fail under load.", hint
        )
    if database.get("ATOMIC_REQUESTS"):
        return error(13, "ATOMIC_REQUESTS is on: every page view would lock the sampler out.", hint)
    return []


@register(TAG)
def sqlite_survives_a_power_cut(**kwargs: Any) -> Messages:
    """W015: without a sync at all a power cut may break the file, not only lose its last seconds."""
    pragmas = str(settings.DATABASES["default"].get("OPTIONS", {}).get("init_command", ""))
    if not is_sqlite() or re.search(r"synchronous\s*=\s*(NORMAL|FULL|EXTRA|[123])", pragmas, re.IGNORECASE):
        return []
    return warning(
        15,
        "SQLite's synchronous mode is neither NORMAL nor FULL: a power cut may break the database.",
        "Leave DATABASES as loadmon_site/settings.py makes it, and set LOADMON_SQLITE_SYNCHRONOUS.",
    )


@register(TAG)
def the_data_is_private(**kwargs: Any) -> Messages:
    """W017: the database holds session keys and password hashes."""
    for path in (Path(settings.LOADMON_DATA_DIR), database_file()):
        if path and path.exists() and path.stat().st_mode & 0o077:
            mode = f"{path.stat().st_mode & 0o777:04o}"
            good = 700 if path.is_dir() else 600
            return warning(17, f"{path} can be read by others (mode {mode}).", f"chmod {good} {path}")
    return []


@register(TAG)
def there_is_room_to_grow(**kwargs: Any) -> Messages:
    """W021: a full disk stops everything that writes."""
    database, folder = database_file(), data_folder()
    size = database.stat().st_size if database and database.exists() else 0
    needed, free = max(LEAST_FREE_BYTES, 2 * size), shutil.disk_usage(folder).free
    if free >= needed:
        return []
    return warning(
        21,
        f"{free / 1e6:.0f} MB are free in {folder}; {needed / 1e6:.0f} MB are wanted.",
        "Free some space, or point LOADMON_DATA_DIR to a larger disk.",
    )


@register(TAG)
def the_database_lies_on_this_machine(**kwargs: Any) -> Messages:
    """E022: locks of network file systems do not hold; SQLite would break."""
    folder = data_folder()
    kind = file_system(folder)
    if not is_sqlite() or not REMOTE_FILE_SYSTEMS.fullmatch(kind):
        return []
    return error(
        22,
        f"{folder} lies on {kind}, whose locks do not hold: SQLite would break there.",
        "Point LOADMON_DATA_DIR to a local disk, or set DATABASE_URL to a PostgreSQL server.",
    )


@register(TAG)
def live_events_cross_processes(**kwargs: Any) -> Messages:
    """E023: the sampler and the web server are two processes; a layer in memory would stay silent."""
    if "InMemoryChannelLayer" not in _layer().get("BACKEND", ""):
        return []
    return error(
        23,
        "InMemoryChannelLayer does not leave its process: the dashboard would never see a sample.",
        "Leave CHANNEL_LAYERS as loadmon_site/settings.py makes it.",
    )


@register(TAG)
def times_are_utc(**kwargs: Any) -> Messages:
    """E025: a naive time is wrong twice a year."""
    if not settings.USE_TZ:
        return error(25, "USE_TZ is off: stored times would be ambiguous.", "Set USE_TZ to True.")
    try:
        zoneinfo.ZoneInfo(settings.TIME_ZONE)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        return error(
            25, f"LOADMON_TIME_ZONE {settings.TIME_ZONE!r} is not known.", "Name one such as Europe/Berlin."
        )
    return []


@register(TAG)
def there_are_files_for_every_viewer(**kwargs: Any) -> Messages:
    """W026: each open dashboard is an open file; the launcher can raise the soft limit, not the hard one."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_VIEWERS + SPARE_FILES
    if hard == resource.RLIM_INFINITY or hard >= wanted:
        return []
    return warning(
        26,
        f"At most {hard} files may be open, which is too few for {MOST_VIEWERS} dashboards.",
        f"Raise the limit to {wanted}: LimitNOFILE= under systemd, `ulimit -Hn` in a shell.",
    )


@register(TAG)
def redis_keeps_idle_sockets(**kwargs: Any) -> Messages:
    """E031: redis-py 8 ends a connection that is silent for 5 s; channels_redis up to 4.3.0 dies of it."""
    if "channels_redis" not in _layer().get("BACKEND", "") or _waits_for_ever():
        return []
    if _release("channels-redis") > (4, 3, 0) or _release("redis") < (8,):
        return []
    return error(
        31,
        "This pair of channels_redis and redis-py ends the live view after five silent seconds.",
        "pip install 'redis<8'",
    )


@register(TAG)
def redis_is_locked(**kwargs: Any) -> Messages:
    """W032: whoever reaches Redis can read and forge live events."""
    for url in _redis_urls():
        parts = urlsplit(url)
        if parts.scheme != "unix" and not is_loopback(parts.hostname or "") and not parts.password:
            return warning(
                32,
                f"Redis on {parts.hostname} is used without a password.",
                "Set requirepass and put it in REDIS_URL.",
            )
    return []


def is_sqlite() -> bool:
    """Whether the database is a file of ours."""
    return str(settings.DATABASES["default"]["ENGINE"]).endswith("sqlite3")


def database_file() -> Path | None:
    """The SQLite file, wherever DATABASE_URL puts it; None for any other database."""
    return file.path_of(settings.DATABASES["default"]["NAME"]) if is_sqlite() else None


def data_folder() -> Path:
    """The directory that grows: that of the database, else the data directory."""
    file = database_file()
    return file.parent if file and file.parent.is_dir() else Path(settings.LOADMON_DATA_DIR)


@register(TAG)
def cores_are_those_of_the_machine(**kwargs: Any) -> Messages:
    """W034: the kernel tells CPU and load of the whole machine, whatever share of it a container may use."""
    cores = effective_cores()
    if not cores.reason.startswith("container"):
        return []
    return warning(
        34,
        f"A quota limits this to a part of the CPU ({cores.reason}), but CPU and load average are those of the whole "
        "machine: rules per core fire for what others do.",
        "Run the sampler outside of the container, or set the thresholds of rules per core to the machine's cores.",
    )


def file_system(path: Path) -> str:
    """The type of the file system that holds `path`, from /proc/self/mountinfo; "" where that is unknown."""
    try:
        lines = MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    best, found = -1, ""
    for line in lines:
        fields, _, rest = line.partition(" - ")
        mount = Path(fields.split()[4].replace("\\040", " "))
        if path.resolve().is_relative_to(mount) and len(mount.parts) >= best:
            best, found = len(mount.parts), rest.split()[0]
    return found


def _layer() -> dict[str, Any]:
    """The default channel layer; a dict because CHANNEL_LAYERS holds any options of any backend."""
    layer: dict[str, Any] = settings.CHANNEL_LAYERS.get("default", {})
    return layer


def _redis_urls() -> list[str]:
    if "channels_redis" not in _layer().get("BACKEND", ""):
        return []
    hosts = _layer().get("CONFIG", {}).get("hosts", [])
    return [host if isinstance(host, str) else str(host.get("address", "")) for host in hosts]


def _waits_for_ever() -> bool:
    hosts = _layer().get("CONFIG", {}).get("hosts", [])
    return bool(hosts) and all(
        isinstance(host, dict) and "socket_timeout" in host and host["socket_timeout"] is None
        for host in hosts
    )


def _release(package: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in version(package).split(".")[:3] if part.isdecimal())
    except PackageNotFoundError:
        return ()
