"""Names of containers, as their engines keep them: a random id becomes what people call it, or what runs in it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from monitor.collectors import procfile
from monitor.collectors.domain.stable import stable

DOCKER = "var/lib/docker/containers"
PODMAN = "var/lib/containers/storage/overlay-containers"
KUBERNETES = "var/log/containers"
LOG = re.compile(r"(?P<pod>[^_]+)_(?P<space>[^_]+)_(?P<name>.+)-(?P<id>[0-9a-f]{64})\.log")
MADE_UP = re.compile(r"[a-z]+_[a-z]+\d?")
"""What engines call a container to which nobody gave a name: "quirky_noether", another one each time."""

STARTERS = re.compile(r"(tini|dumb-init|docker-init|catatonit|s6-svscan|conmon|runc|crun|\(sd-)")
"""They start what a container is for, and wait."""

MOST_LEADS = 3
MOST_BYTES = 4_000_000


def container_name(engine: str, told: str, pids: list[int], root: str = "/") -> str:
    """What to call a container, by its engine and its id: its name, else its engine with its image or its lead program."""
    find = ENGINES.get(engine)
    named = find(Path(root), told) if find is not None and re.fullmatch(r"[0-9a-f]{64}", told) else None
    if named is not None:
        return stable(named)
    lead = _lead(Path(root), pids)
    return stable(f"{engine}: {lead}" if lead else f"{engine} container")


def _docker(root: Path, told: str) -> str | None:
    config = _object(root / DOCKER / told / "config.v2.json")
    name = _text(config.get("Name")).lstrip("/")
    inner = config.get("Config")
    image = inner.get("Image") if isinstance(inner, dict) else None
    host = _object(root / DOCKER / told / "hostconfig.json") if MADE_UP.fullmatch(name) else {}
    return f"docker: {_base(image)}" if host.get("AutoRemove") is True and image else name or None


def _podman(root: Path, told: str) -> str | None:
    known = _json(root / PODMAN / "containers.json")
    every = known if isinstance(known, list) else []
    mine = next((each for each in every if isinstance(each, dict) and each.get("id") == told), {})
    names = mine.get("names")
    name = _text(names[0]) if isinstance(names, list) and names else ""
    if MADE_UP.fullmatch(name):
        try:
            image = json.loads(mine.get("metadata") or "{}").get("image-name")
        except (ValueError, TypeError, AttributeError):
            image = None
        return f"podman: {_base(image)}" if image else name
    return name or None


def _kubernetes(root: Path, told: str) -> str | None:
    """By the links that the node agent makes for its logs, which everybody may read."""
    try:
        names = [path.name for path in (root / KUBERNETES).iterdir()]
    except OSError:
        return None
    found = next(
        (found for name in names if name.endswith(f"-{told}.log") and (found := LOG.fullmatch(name))), None
    )
    return f"{found['space']}/{found['name']}" if found else None


ENGINES: dict[str, Callable[[Path, str], str | None]] = {
    "docker": _docker, "podman": _podman, "kubernetes": _kubernetes, "containerd": _kubernetes,
}  # fmt: skip


def _lead(root: Path, pids: list[int]) -> str:
    """What the first process that is no mere starter calls itself; "" where nobody may be asked."""
    names = [procfile.text(root / f"proc/{pid}/comm").strip() for pid in sorted(pids)[:MOST_LEADS]]
    return next((name for name in names if name and not STARTERS.match(name)), next(filter(None, names), ""))


def _base(image: object) -> str:
    """The name of an image without its registry, version and digest; of one that is known by its digest alone "image"."""
    base = str(image).partition("@")[0].rstrip("/").rsplit("/", 1)[-1].partition(":")[0]
    return base if base and base != "sha256" else "image"


def _json(path: Path) -> object:
    """What a file of JSON holds; None where it cannot be read or is none."""
    try:
        return None if path.stat().st_size > MOST_BYTES else json.loads(procfile.text(path))
    except (OSError, ValueError, RecursionError):
        return None


def _object(path: Path) -> Mapping[str, object]:
    found = _json(path)
    return found if isinstance(found, dict) else {}


def _text(told: object) -> str:
    return told if isinstance(told, str) else ""
