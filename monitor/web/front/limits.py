"""The bounds of the front door: their numbers, and what is decided by them. No clock, no socket, no setting."""

from __future__ import annotations

import enum
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, bytes and counts; docs/security.md tells them."""

    header_seconds: float = 15.0
    body_seconds: float = 30.0
    idle_seconds: float = 60.0
    stalled_seconds: float = 30.0
    linger_seconds: float = 3.0
    linger_bytes: int = 8_000_000

    url_bytes: int = 8192
    header_bytes: int = 16_384
    headers: int = 100
    body_bytes: int = 1_000_000  # as DATA_UPLOAD_MAX_MEMORY_SIZE of Django, which counts the same
    bodies_bytes: int = 16_000_000

    connections: int = 3000
    for_an_address: int = 200
    newcomers: int = 512
    newcomer_seconds: float = 5.0
    turned_away: int = 64
    spare_files: int = 200

    in_work: int = 3
    waiting: int = 100
    patience_seconds: float = 5.0
    retry_seconds: int = 5

    large_answer_bytes: int = 65_536
    answers: int = 64
    answers_bytes: int = 16_000_000
    yielding_seconds: float = 5.0
    yielding_age_seconds: float = 60.0
    larger_times: int = 4

    message_bytes: int = 65_536
    frames: int = 100
    frames_seconds: float = 10.0
    unsent_bytes: int = 1_000_000
    all_unsent_bytes: int = 32_000_000


class Stage(enum.Enum):
    """What a connection is about."""

    HEADER = "header"
    BODY = "body"
    WORK = "work"
    IDLE = "idle"
    SOCKET = "socket"
    LEAVING = "leaving"


QUIET = frozenset({Stage.HEADER, Stage.IDLE})
"""Stages in which a connection can be let go without anybody losing an answer."""


class Late(enum.Enum):
    """Why a connection is cut off, in the words of the log."""

    HEADER = "sent no whole header in time"
    BODY = "sent no whole body in time"
    IDLE = "said nothing for too long"
    STALLED = "did not read what it asked for"
    HOARDED = "let too much wait unread"
    LINGERED = "did not go when told"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A large answer that is being sent: its bytes, the seconds since its reader took any, and since it began."""

    size: int
    stalled: float
    age: float = 0.0


def address_key(host: str | None) -> str:
    """By what connections are counted: LOCAL for this machine, the /64 of IPv6, else the address itself."""
    if host is None:  # a Unix socket
        return LOCAL
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.is_loopback:
        return LOCAL
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def most_connections(limits: Limits, files: int) -> int:
    """How many connections there may be where the process may have `files` files open."""
    return max(16, min(limits.connections, files - limits.spare_files))


def is_too_many(limits: Limits, address: str, of_address: int, free: float) -> bool:
    """Whether `address` has its share while less than half of all connections are `free`, as a share of 1.

    This machine has no share, for a proxy on it speaks for many; one elsewhere, or a container's, may have more than
    its share while there is plenty.
    """
    return address != LOCAL and of_address >= limits.for_an_address and free < 0.5


def late(limits: Limits, stage: Stage, age: float, unsent: int, stalled: float) -> Late | None:
    """Whether a connection, `age` seconds in its stage, is to be cut off, and why."""
    if stage is Stage.LEAVING and age > limits.linger_seconds and not unsent:
        return Late.LINGERED
    if unsent and stalled > limits.stalled_seconds:
        return Late.STALLED
    if stage is Stage.SOCKET and unsent > limits.unsent_bytes:
        return Late.HOARDED
    if stage is Stage.HEADER and age > limits.header_seconds:
        return Late.HEADER
    if stage is Stage.BODY and age > limits.body_seconds:
        return Late.BODY
    if stage is Stage.IDLE and age > limits.idle_seconds:
        return Late.IDLE
    return None


def yielding(limits: Limits, answers: Sequence[Waiting], size: int) -> tuple[int, ...] | None:
    """Which of `answers` must go for another one of `size` bytes; None where the new one must.

    Those go whose readers took nothing for a while, or not all of it for long, the largest first; else one that is many
    times larger.
    """
    left = dict(enumerate(answers))
    gone: list[int] = []
    while len(left) >= limits.answers or sum(one.size for one in left.values()) + size > limits.answers_bytes:
        stuck = [number for number, one in left.items() if _is_stuck(limits, one)]
        larger = [number for number, one in left.items() if one.size > limits.larger_times * size]
        if not (stuck or larger):
            return None if left else tuple(gone)  # alone it may be as large as it is
        victim = max(stuck or larger, key=lambda number: left[number].size)
        gone.append(victim)
        del left[victim]
    return tuple(gone)


def _is_stuck(limits: Limits, answer: Waiting) -> bool:
    return answer.stalled > limits.yielding_seconds or answer.age > limits.yielding_age_seconds
