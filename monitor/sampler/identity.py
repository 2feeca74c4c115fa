"""Identity of this machine: which stored host it is, whatever it is called now.

A name is a label: machines are renamed, and a container comes back under a new one. What stays is the machine's own id,
and until the next boot that of the boot.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError
from django.utils import timezone

from monitor.collectors.host import identity
from monitor.database import file
from monitor.history import freshness
from monitor.hosts import lease
from monitor.hosts.models import Host, Lease
from monitor.metrics.reading import longest_step
from monitor.runtime import clock, lock

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.25
RENAMED = 'The host "{}" is now called "{}": it is the same machine, and goes on with its history.'
APART = 'This machine was stored as "{}" before, and is "{}" now, which has a history of its own: they are kept apart.'
UNCLEAR = (
    'This machine was stored as {} before, and is "{}" now: nobody can tell which of these histories goes on, so it is a '
    "new one."
)
COPIED = (
    "The machine id of this host is that of {} too, which was alive as this sampler began, and had booted by itself: one "
    "is a copy of the other. They are kept as two hosts. On the copy: rm /etc/machine-id, then systemd-machine-id-setup."
)
LEASE_SECONDS = 30.0
"""So long the holder of a lease may be silent until it counts as dead."""

TAKEN = (
    'Another machine samples as "{}" into the same database just now{}. '
    "Give this one a name of its own by LOADMON_HOST_NAME."
)


@dataclass(frozen=True, slots=True)
class Settled:
    """The host that this machine is; `note` is a sentence that is true while this sampler runs, "" where there is none."""

    host: Host
    note: str = ""
    claim: lease.Claim | None = None


@dataclass(frozen=True, slots=True)
class Relatives:
    """Other hosts that may be this machine: `before` is what it was called, `copies` are other machines of the same id.

    unclear: hosts that it may have been, where nobody can tell which.
    """

    before: Host | None
    copies: tuple[Host, ...]
    unclear: tuple[Host, ...]


def relatives(
    machine_id: str, boot_id: str, hosts: list[Host], is_alive: Callable[[Host], bool]
) -> Relatives:
    """What `hosts` of other names are to the machine of these ids; asks only for those of one id whether they live.

    A boot id tells less than a machine id, for all containers of one machine share it: it counts where only one host has it.
    """
    by_machine = [one for one in hosts if machine_id and one.machine_id == machine_id]
    by_boot = [
        one for one in hosts if boot_id and one.boot_id == boot_id and not (machine_id and one.machine_id)
    ]
    alive = {one.pk for one in [*by_machine, *by_boot] if is_alive(one)}
    dead = [one for one in by_machine if one.pk not in alive]
    if not dead and len(by_boot) == 1:
        dead = [one for one in by_boot if one.pk not in alive]
    copies = tuple(one for one in by_machine if one.pk in alive and one.boot_id != boot_id)
    before = dead[0] if len(dead) == 1 else None
    return Relatives(before, copies, tuple(dead) if before is None else ())


def settle(name: str, stop: threading.Event) -> Settled:
    """The stored host that this machine is, called `name` from now on; the caller holds the lock of that name.

    Raises AlreadyRunning where another sampler is at work under the name. May wait to see whether a host is alive.
    """
    claim = lease.Claim(Path(settings.LOADMON_DATA_DIR), identity().boot_id)
    own = Host.objects.filter(name=name).first()
    if own is not None and (taken := _taken(own, claim, stop)):
        raise lock.AlreadyRunning(taken)
    return replace(_settle(name, own, stop), claim=claim)


def _taken(own: Host, claim: lease.Claim, stop: threading.Event) -> str:
    """Why this machine may not sample as `own`, a sentence; "" where nobody else does."""
    me, held = identity(), Lease.objects.filter(host=own).first()
    if held is None:
        is_other = own.boot_id not in ("", me.boot_id) and _delivers(own, stop)
        return TAKEN.format(own.name, "") if is_other else ""
    if claim.is_gone(held) or _is_ours_alone():
        return ""
    rebooted = bool(me.machine_id) and own.machine_id == me.machine_id and held.boot_id != me.boot_id
    is_alive = _delivers(own, stop) if rebooted else _lives(own, LEASE_SECONDS, stop)
    return TAKEN.format(own.name, f" ({held})") if is_alive else ""


def _settle(name: str, own: Host | None, stop: threading.Event) -> Settled:
    me = identity()
    others = [host for host in Host.objects.exclude(name=name) if not host.is_synthetic]
    found = relatives(me.machine_id, me.boot_id, others, lambda host: _is_alive(host, stop))
    note = COPIED.format(_names(found.copies)) if found.copies else ""
    if own is None and found.before is not None and _rename(found.before, name):
        logger.warning(RENAMED.format(found.before.name, name))
        return Settled(Host.objects.get(pk=found.before.pk), note)
    if own is None and found.unclear:
        logger.warning(UNCLEAR.format(_names(found.unclear), name))
    if (
        own is not None and found.before is not None and own.machine_id != me.machine_id
    ):  # its row will bear the id
        logger.warning(APART.format(found.before.name, name))
    return Settled(own or Host.objects.get_or_create(name=name)[0], note)


def _rename(host: Host, name: str) -> bool:
    """Give `host` the new name; False where another process was faster."""
    rows = Host.objects.filter(pk=host.pk, name=host.name)
    try:
        return bool(rows.update(name=name, renamed_from=host.name, renamed_at=timezone.now()))
    except IntegrityError:
        return False


def _is_alive(host: Host, stop: threading.Event) -> bool:
    """Whether a sampler of `host` runs, on this machine or another."""
    return lock.is_held(lock.path_for(Path(settings.LOADMON_DATA_DIR), host.name)) or _delivers(host, stop)


def _delivers(host: Host, stop: threading.Event) -> bool:
    """Whether samples of `host` arrive from elsewhere; waits for the next one where the newest is so young that it may
    come. Nobody reaches a file in our own data directory without the locks that lie beside it."""
    newest = freshness.newest(host)
    if newest is None or host.sampler_stopped_at is not None or _is_ours_alone():
        return False
    known = newest.age(clock.now_ms())
    return _lives(host, longest_step(host.interval) - (known or 0.0), stop)


def _lives(host: Host, seconds: float, stop: threading.Event) -> bool:
    """Whether samples of `host` arrive, or its lease is renewed, within `seconds` by the clock of this process."""
    before = _signs(host)
    while seconds > 0 and not stop.wait(POLL_SECONDS):
        seconds -= POLL_SECONDS
        if _signs(host) != before:
            return True
    return False


def _signs(host: Host) -> tuple[object, ...]:
    newest = freshness.newest(host)
    turns = Lease.objects.filter(host=host).values_list("holder", "turns").first()
    return (newest.id if newest else None, turns)


def _is_ours_alone() -> bool:
    """Whether the database is a file in the data directory."""
    return file.inode() != 0 and file.path().parent == Path(settings.LOADMON_DATA_DIR)


def _names(hosts: tuple[Host, ...]) -> str:
    return ", ".join(f'"{host.name}"' for host in hosts[:5])
