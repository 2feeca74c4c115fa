"""Host lookup: the host that a name stands for, or a sentence that says why there is none."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Q

from monitor.hosts.models import Host
from monitor.metrics import times
from monitor.metrics.text import is_storable

LONGEST_NAME = 100


class UnknownHost(LookupError):
    """No host of that name is stored; the message is a sentence."""


def named(name: str) -> Host | None:
    """The host called `name`, which may be any text, else the one that was called so before; None where there is none."""
    if not 0 < len(name) <= LONGEST_NAME or not is_storable(
        name
    ):  # a database refuses even a question for it
        return None
    found = Host.objects.filter(Q(name=name) | Q(renamed_from=name)).order_by("-renamed_at")
    return max(found, key=lambda host: host.name == name, default=None)


def own() -> Host | None:
    """The host that this machine is stored as; None while it has not been sampled."""
    return named(settings.LOADMON_HOST_NAME)


def find_host(name: str | None) -> Host:
    """The host called `name`; without a name this machine's own, or the only one there is. Raises UnknownHost."""
    if name:
        found = named(name)
        if found is None:
            raise UnknownHost(f"There is no host {times.shown(name)}.{_choices()}")
        return found
    if (found := own()) is not None:
        return found
    hosts = list(Host.objects.order_by("name")[:2])
    if len(hosts) == 1:
        return hosts[0]
    raise UnknownHost(f"Say which host.{_choices()}" if hosts else "No sampler has stored anything yet.")


def _choices() -> str:
    names = list(Host.objects.order_by("name").values_list("name", flat=True)[:20])
    return f" Hosts: {', '.join(names)}." if names else " None is stored yet."
