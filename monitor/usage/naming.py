"""Naming of consumers: who is meant by a name, and whose name is like it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from monitor.hosts.models import Host
from monitor.metrics.times import shown
from monitor.usage.models import Consumer

MOST_NEAR = 3


class UnknownConsumer(LookupError):
    """Nothing is kept of a consumer of that name; the message is a sentence. The API answers 404."""


def named(keys: Iterable[int]) -> dict[int, Consumer]:
    """The consumers of these keys, by key."""
    return Consumer.objects.in_bulk(list(keys))


def find(host: Host, name: str, kind: str | None = None, user: str | None = None) -> list[Consumer]:
    """The consumers of a host by that name, of any kind and any user unless told; raises UnknownConsumer."""
    told = {key: value for key, value in (("kind", kind), ("user", user)) if value is not None}
    found = list(Consumer.objects.filter(host=host, name=name, **told).order_by("pk"))
    if not found:
        raise UnknownConsumer(_sentence(host, name, told))
    return found


def _sentence(host: Host, name: str, told: dict[str, str]) -> str:
    """That there is none, and whom one may have meant."""
    more = "".join(f" of {key} {shown(value)}" for key, value in told.items())
    namesakes = Consumer.objects.filter(host=host, name=name).order_by("pk")[:MOST_NEAR]
    near = [_in_full(one) for one in namesakes] or [shown(one) for one in _near(name, _known(host))]
    hint = f" There is {', '.join(near)}." if near else ""
    return f"Nothing is kept of a consumer {shown(name)}{more} on {host.name}.{hint}"


def _in_full(one: Consumer) -> str:
    """A consumer with what tells it from others of its name."""
    user = f" and user {shown(one.user)}" if one.user else ""
    return f"{shown(one.name)} of kind {shown(one.kind)}{user}"


def _known(host: Host) -> set[str]:
    return set(Consumer.objects.filter(host=host).values_list("name", flat=True))


def _near(name: str, known: set[str]) -> list[str]:
    """The names that hold it, else those that are written alike."""
    wanted = name.casefold()
    holding = sorted(
        (one for one in known if wanted and wanted in one.casefold()), key=lambda one: (len(one), one)
    )
    return (holding or get_close_matches(name, sorted(known), MOST_NEAR))[:MOST_NEAR]
