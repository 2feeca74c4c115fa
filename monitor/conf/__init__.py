"""Settings: every environment variable that loadmon reads, its name, default, meaning, and how a wrong value is refused."""

from __future__ import annotations

import importlib.util
import math
import re
import socket
import unicodedata
import zoneinfo
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from monitor.conf import databaseurl, newfile
from monitor.conf.mailurl import parse as _mail_server
from monitor.conf.private import private_directory, secret_key

__all__ = [
    "BASE_DIR",
    "WrongSetting",
    "data_directory",
    "database",
    "load",
    "needs_redis",
    "newfile",
    "parse",
    "private_directory",
    "secret_key",
]

BASE_DIR = Path(__file__).resolve().parents[2]
LONGEST_NAME = 100
LOOPBACK_NAMES = "localhost,127.0.0.1,[::1]"


class WrongSetting(ValueError):
    """An environment variable holds a value that cannot be used; the message names both."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One variable: `parse` turns its text into the value that the code uses, or raises ValueError."""

    name: str
    default: str
    help: str
    parse: Callable[[str], Any]


def _number(low: float, high: float) -> Callable[[str], float]:
    def parse(text: str) -> float:
        value = float(text) if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text, re.ASCII) else math.nan
        if not low <= value <= high:
            raise ValueError(f"give a number between {low:g} and {high:g}")
        return value

    return parse


def _integer(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) or not low <= int(text) <= high:
            raise ValueError(f"give a whole number between {low} and {high}")
        return int(text)

    return parse


def _flag(text: str) -> bool:
    words = {
        "1": True,
        "yes": True,
        "true": True,
        "on": True,
        "0": False,
        "no": False,
        "false": False,
        "off": False,
    }
    if text.lower() not in words:
        raise ValueError("give yes or no")
    return words[text.lower()]


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.lower() not in words:
            raise ValueError(f"give one of {', '.join(words)}")
        return text.lower()

    return parse


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _directory(text: str) -> Path:
    return (BASE_DIR / text).resolve()


def _host_name(text: str) -> str:
    name = unicodedata.normalize("NFC", text or socket.gethostname())
    if not text:  # nobody has set it, so nothing is refused: a machine may be called anything
        name = "".join(one if _is_of_names(one) else "-" for one in name)[:LONGEST_NAME] or "localhost"
    if not 0 < len(name) <= LONGEST_NAME or not all(map(_is_of_names, name)):
        raise ValueError("give 1 to 100 letters, digits, dots, dashes or underscores")
    return name


def _is_of_names(character: str) -> bool:
    """Whether a host's name may hold it: a letter with its marks or a digit, of any script, a dot, a dash, an underscore."""
    return character in "._-" or unicodedata.category(character)[0] in "LMN"


def _sub_path(text: str) -> str:
    if text and not re.fullmatch(r"(/[A-Za-z0-9._~-]+)+", text):
        raise ValueError("give a path such as /loadmon, without a slash at its end")
    return text


def _time_zone(text: str) -> str:
    try:
        return zoneinfo.ZoneInfo(text).key
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("give a name such as Europe/Berlin") from error


def _url(*schemes: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text and not re.fullmatch(rf"({'|'.join(schemes)})://\S+", text):
            raise ValueError(
                f"give a URL that begins with {' or '.join(f'{scheme}://' for scheme in schemes)}"
            )
        return text

    return parse


def _site(text: str) -> str:
    if text and not re.fullmatch(r"https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._~-]+)*/?", text):
        raise ValueError("give a URL such as https://load.example.org")
    return text.rstrip("/")


def _sender(text: str) -> str:
    if text and not re.fullmatch(r"[^<>@\r\n]*<[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+", text):
        raise ValueError("give an address such as loadmon@example.org or Load <loadmon@example.org>")
    return text


SETTINGS = (
    Setting("LOADMON_DATA_DIR", "var", "Directory (0700) for the database, the secret key and the sockets.", _directory),
    Setting("LOADMON_INTERVAL", "1", "Seconds between samples, 0.2 to 60.", _number(0.2, 60)),
    Setting("LOADMON_HOST_NAME", "", "Name that this machine is stored under; empty: its own host name.", _host_name),
    Setting("LOADMON_ALLOWED_HOSTS", LOOPBACK_NAMES, "Host names that the web server answers to, by comma.", _names),
    Setting("LOADMON_PUBLIC", "auto", "Who may look without logging in: auto (this machine only), yes, no.",
            _one_of("auto", "yes", "no")),
    Setting("LOADMON_BIND", "127.0.0.1", "Address that `serve` listens on.", str),
    Setting("PORT", "8000", "TCP port that `serve` listens on.", _integer(1, 65535)),
    Setting("LOADMON_HTTPS", "no", "yes when a proxy serves loadmon over HTTPS: secure cookies, HSTS.", _flag),
    Setting("LOADMON_TRUSTED_ORIGINS", "", "Origins such as https://load.example.org, by comma, when a proxy changes Host.",
            _names),
    Setting("LOADMON_BASE_PATH", "", "Sub-path such as /loadmon that a proxy serves loadmon under.", _sub_path),
    Setting("LOADMON_RAW_HOURS", "48", "Hours that every single sample is kept, 1 to 720.", _number(1, 720)),
    Setting("LOADMON_MINUTE_DAYS", "30", "Days that 1-minute history is kept, 1 to 3650.", _number(1, 3650)),
    Setting("LOADMON_QUARTER_DAYS", "400", "Days that 15-minute history is kept, 1 to 3650.", _number(1, 3650)),
    Setting("LOADMON_HOUR_DAYS", "1826", "Days that 1-hour history is kept, 1 to 36500.", _number(1, 36500)),
    Setting("LOADMON_MAX_DATABASE_SIZE", "500", "Megabytes that history may take (SQLite only), 20 to 1000000; over it the "
            "oldest and finest goes first.", _number(20, 1_000_000)),
    Setting("LOADMON_LOADTEST", "auto", "Whether load tests may be started: auto (when bound to loopback), yes, no.",
            _one_of("auto", "yes", "no")),
    Setting("LOADMON_HEARTBEAT_URL", "", "URL that is fetched while all is well: a dead man's switch; empty: none.",
            _url("http", "https")),
    Setting("LOADMON_HEARTBEAT_SECONDS", "60", "Seconds between two heartbeats, 5 to 3600.", _number(5, 3600)),
    Setting("LOADMON_SQLITE_SYNCHRONOUS", "NORMAL", "NORMAL, or FULL: every second survives a power cut, one fsync each.",
            _one_of("normal", "full")),
    Setting("LOADMON_COMMAND_LINES", "no", "yes keeps the command lines of culprits, secrets hidden as far as they can "
            "be told, for staff alone.", _flag),
    Setting("LOADMON_TIME_ZONE", "UTC", "Time zone of the admin and of messages; the dashboard uses the browser's.",
            _time_zone),
    Setting("LOADMON_URL", "", "Address of this site in messages, such as https://load.example.org; empty: worked out from "
            "the settings above.", _site),
    Setting("EMAIL_URL", "", "Mail server, such as smtp://user:secret@mail.example.org:587/?tls=yes; empty: no e-mail.",
            _mail_server),
    Setting("LOADMON_MAIL_FROM", "", "Sender of e-mail, such as loadmon@example.org; needed with EMAIL_URL.", _sender),
    Setting("LOADMON_PRIVATE_RECEIVERS", "no", "yes lets webhooks and Apprise reach private addresses; e-mail always may.",
            _flag),
    Setting("LOADMON_DEBUG", "no", "yes shows tracebacks in the browser; never on a machine that others reach.", _flag),
    Setting("DATABASE_URL", "", "Another database, such as postgres://user:secret@db/loadmon; empty: SQLite.",
            _url("postgres", "postgresql", "sqlite")),
    Setting("REDIS_URL", "", "Redis that carries live events; empty: Unix sockets in the data directory.",
            _url("redis", "rediss", "unix")),
)  # fmt: skip


def parse(name: str, text: str, called: str | None = None) -> Any:
    """Return the value of setting `name` given as `text`; raise WrongSetting, naming it as `called`."""
    setting = next(setting for setting in SETTINGS if setting.name == name)
    try:
        return setting.parse(text)
    except ValueError as error:
        raise WrongSetting(f"{called or name} is {_without_password(text)!r}: {error}.") from error


def _without_password(text: str) -> str:
    return re.sub(r"(://[^/@]*?:).*@", r"\1***@", text)


def needs_redis(url: str) -> None:
    """Raise WrongSetting where REDIS_URL is set and its library is not installed."""
    if url and importlib.util.find_spec("channels_redis") is None:
        raise WrongSetting("REDIS_URL needs channels_redis: pip install 'channels_redis>=4.3' 'redis<8'.")


def load(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return every setting by name, read from `environ`; an empty variable means the default.

    A dict because each setting has its own type, and Django takes them by name.
    """
    return {
        setting.name: parse(setting.name, environ.get(setting.name) or setting.default)
        for setting in SETTINGS
    }


def data_directory(path: Path) -> Path:
    """The data directory, made where it is missing; raise WrongSetting where it cannot be."""
    try:
        return private_directory(path)
    except OSError as error:
        raise WrongSetting(
            f"LOADMON_DATA_DIR is {str(path)!r}: {error.strerror}; give a directory of your own."
        ) from error


def database(url: str, file: Path) -> dict[str, Any]:
    """Django's database settings for DATABASE_URL; SQLite in `file` where it is empty. A dict because Django wants one."""
    try:
        return dict(databaseurl.parse(url or f"sqlite:///{quote(str(file))}"))
    except ValueError as error:
        raise WrongSetting(str(error)) from error
