"""Control groups: to which container or systemd unit a process belongs, told by the path of its group."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from monitor.metrics.text import harmless

ID = r"(?P<whole>(?P<id>[0-9a-f]{12})[0-9a-f]{52})"
WHOLE_ID = re.compile(r"[0-9a-f]{64}")
CONTAINERS = (
    (re.compile(rf"(?P<engine>docker|libpod|crio|cri-containerd)-{ID}\.scope"), ""),
    (re.compile(rf"/(?P<engine>docker|libpod|podman|containerd)/(?:[^/]+/)*{ID}(?:/|$)"), ""),
    (re.compile(rf"/kubepods[./](?:[^/]+/)*(?:cri-containerd-|docker-|crio-)?{ID}"), "kubernetes"),
    (re.compile(r"/lxc(?:\.payload\.|\.payload/|/)(?P<id>[^/]+)"), "lxc"),
    (re.compile(r"/machine-(?P<id>[^/]+)\.scope"), "machine"),
    (re.compile(r"/systemd-nspawn@(?P<id>[^/]+)\.service"), "machine"),
)
ENGINES = {"libpod": "podman", "cri-containerd": "kubernetes", "crio": "kubernetes"}
UNIT = re.compile(r"\.(service|scope|socket|mount|swap)$")
SESSION = re.compile(r"^(session-[^/]*\.scope|user@\d+\.service|init\.scope)$")
SYSTEMD = re.compile(r"[^/]\.(slice|scope|service)(?:/|$)")
ESCAPED = re.compile(r"\\x([0-9a-f]{2})")


@dataclass(frozen=True, slots=True)
class Home:
    """A container ("docker 0123456789ab") or a systemd unit ("nginx.service")."""

    name: str
    kind: str


def home_of(text: str) -> Home | None:
    """The text of /proc/PID/cgroup; None for a process that belongs to a login session or to nothing."""
    paths = [line.split(":", 2)[2] for line in text.splitlines() if line.count(":") >= 2]
    for path in paths:
        container = _container(path)
        if container is not None:
            return container
    units = (unit for path in paths if (unit := _unit(path)) is not None)
    return next(units, None)


@lru_cache(8192)
def home_at(path: str) -> Home | None:
    """The same of one path of a control group."""
    return _container(path) or _unit(path)


def unit_at(path: str) -> str | None:
    """The innermost unit of the path as it is named, which may hold anything; a login session is none."""
    parts = (part for part in reversed(path.split("/")) if UNIT.search(part) and not SESSION.match(part))
    return next((_unescaped(part) for part in parts), None)


def container_at(path: str) -> tuple[str, str] | None:
    """Of which engine the container of the path is, and its whole id or its name, which may hold anything."""
    for pattern, engine in CONTAINERS:
        found = pattern.search(path)
        if found is not None:
            named = engine or found["engine"]
            told = found.groupdict().get("whole") or found["id"]
            return ENGINES.get(named, named), _unescaped(told)
    return None


def limits_the_machine(path: str) -> str:
    """The part of the path of a control group whose limits are those of the machine: a container's, and what is above it.

    A systemd unit, session or slice at its end is left out, outside of a container and inside of one.
    """
    found = next((found for pattern, _ in CONTAINERS if (found := pattern.search(path)) is not None), None)
    end = 0 if found is None else path.find("/", found.end() - (found[0][-1:] == "/"))
    if end < 0:
        return path
    unit = SYSTEMD.search(path, end)
    return path if unit is None else path[: max(end, path.rfind("/", 0, unit.start() + 1))] or "/"


def _container(path: str) -> Home | None:
    found = container_at(path)
    if found is None:
        return None
    engine, told = found
    return Home(harmless(f"{engine} {told[:12] if WHOLE_ID.fullmatch(told) else told}"), "container")


def _unit(path: str) -> Home | None:
    unit = unit_at(path)
    return None if unit is None else Home(harmless(unit), "unit")


def _unescaped(name: str) -> str:
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), name)
