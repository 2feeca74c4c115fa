"""Host lookup: the host that a name stands for, or a sentence that says why there is none."""

from __future__ import annotations

from django.conf import settings

from monitor.hosts.models import Host
from monitor.metrics import times


class UnknownHost(LookupError):
    """No host of that name is stored; the message is a sentence."""


def find_host(name: str | None) -> Host:
    """The host called `name`; without a name this machine's own, or the only one there is."""
    if name:
        found = Host.objects.filter(name=name).first() if "\0" not in name and len(name) <= 100 else None
        if found is None:
            raise UnknownHost(f"There is no host {times.shown(name)}.{_choices()}")
        return found
    own = Host.objects.filter(name=settings.LOADMON_HOST_NAME).first()
    if own is not None:
        return own
    hosts = list(Host.objects.order_by("name")[:2])
    if len(hosts) == 1:
        return hosts[0]
    raise UnknownHost(f"Say which host.{_choices()}" if hosts else "No sampler has stored anything yet.")


def _choices() -> str:
    names = list(Host.objects.order_by("name").values_list("name", flat=True)[:20])
    return f" Hosts: {', '.join(names)}." if names else " None is stored yet."
