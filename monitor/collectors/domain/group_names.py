"""Names of control groups: who the consumer of one is, by its path, and to whom belongs what is left of a divided one."""

from __future__ import annotations

import re
from collections.abc import Callable

from monitor.collectors.domain.cgroups import container_at, unit_at
from monitor.collectors.domain.stable import stable
from monitor.metrics.usage import Consumer, Kind

USER = re.compile(r"/user-(\d{1,10})\.slice(?:/|$)")
MACHINE = re.compile(r"^(?:qemu|lxc)-\d+-")
"""libvirt counts the starts of a machine in front of its name."""

SHORT_LIVED = "short-lived tasks"
NAMED_BY_THEMSELVES = frozenset({"lxc", "machine"})
ContainerName = Callable[[str, str], str]
"""What to call a container, by its engine and its id."""


def user_id(path: str) -> int | None:
    """Whose session the control group belongs to; None for those of nobody."""
    found = USER.search(path)
    return int(found[1]) if found else None


def home_consumer(path: str, user: str, container_name: ContainerName) -> Consumer | None:
    """To whom all of a control group belongs: a service of systemd or a container; None for what is divided.

    user: whose session it is in, "" for nobody's.
    """
    container = container_at(path)
    if container is not None:
        engine, told = container
        own = stable(MACHINE.sub("", told)) if engine in NAMED_BY_THEMSELVES else container_name(engine, told)
        return Consumer(Kind.CONTAINER, own)
    unit = unit_at(path)
    return None if unit is None else Consumer(Kind.SERVICE, stable(unit), user)


def rest_consumer(path: str, user: str) -> Consumer:
    """To whom, of a divided control group, belongs what nobody who lives in it used: whoever came and went."""
    if path == "/":
        return Consumer(Kind.PROGRAM, SHORT_LIVED)
    if user_id(path) is not None:
        return Consumer(Kind.SESSION, SHORT_LIVED, user)
    return Consumer(Kind.SERVICE, stable(f"short-lived in {path.rsplit('/', 1)[-1]}"))


def here_consumer(path: str, user: str) -> Consumer:
    """What to call a divided control group as a whole, with all who live in it."""
    if user_id(path) is not None:
        return Consumer(Kind.SESSION, "session", user)
    return Consumer(Kind.SERVICE, stable(path.rsplit("/", 1)[-1] or "/"))
