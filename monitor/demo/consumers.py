"""Consumers of the made-up machine: for whom its work is done, who holds its memory, who moves what on its disks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from operator import attrgetter

from monitor.demo.rhythm import Load
from monitor.metrics.usage import Consumer, Kind

GIB = 2.0**30
ALWAYS = "always"
"""Stands for 1 where a part of `Load` is named."""

Parts = Mapping[str, float]
"""How much for each of what a part of `Load` counts."""


@dataclass(frozen=True, slots=True)
class Made:
    """One made-up consumer.

    program: how its processes are called; account: whose they are. cpu: cores; memory: GiB; reads, writes: weights among
    all that is read and written; waits: the share of time that it waits for a disk. comings: processes a second.
    """

    consumer: Consumer
    program: str
    processes: int
    cpu: Parts
    memory: Parts
    reads: Parts = field(default_factory=dict)
    writes: Parts = field(default_factory=dict)
    waits: Parts = field(default_factory=dict)
    comings: Parts = field(default_factory=dict)
    account: str = "root"


def _service(name: str) -> Consumer:
    return Consumer(Kind.SERVICE, f"{name}.service")


CONSUMERS: tuple[Made, ...] = (
    Made(
        _service("postgresql"), "postgres", 14,
        cpu={"basic": 0.24, "office": 0.26, "reports": 0.35, "dump": 0.25},
        memory={ALWAYS: 1.6, "wander": 1.3, "dump": 0.3},
        reads={"office": 6e4, "reports": 1e5, "basic": 4e4}, writes={"office": 1.2e5, "basic": 1e5, "reports": 5e4},
        waits={"dump": 0.12, "office": 0.002}, account="postgres",
    ),
    Made(
        Consumer(Kind.CONTAINER, "shop"), "node", 6,
        cpu={"basic": 0.1, "office": 0.34}, memory={ALWAYS: 0.9, "people": 1.0, "wander": 0.5},
        writes={"office": 4e4}, comings={"office": 0.02},
    ),
    Made(
        _service("nginx"), "nginx", 5,
        cpu={"basic": 0.07, "office": 0.11}, memory={ALWAYS: 0.12}, writes={"office": 5e4, "basic": 1e4}, account="www-data",
    ),
    Made(
        _service("search"), "java", 1,
        cpu={"basic": 0.12, "office": 0.06, "grown": 0.06}, memory={ALWAYS: 0.6, "grown": 1.6},
        reads={"office": 2e4}, writes={"basic": 1e4},
    ),
    Made(_service("redis"), "redis-server", 1, cpu={"basic": 0.05, "office": 0.04}, memory={ALWAYS: 0.3}),
    Made(
        _service("prometheus"), "prometheus", 1,
        cpu={"basic": 0.12}, memory={ALWAYS: 0.5}, writes={"basic": 8e4}, reads={"basic": 1e4},
    ),
    Made(
        _service("recorder"), "recorder", 2,
        cpu={"basic": 0.06, "filling": 0.04}, memory={ALWAYS: 0.2}, writes={"filling": 2.2e5},
        waits={"filling": 0.004},
    ),
    Made(
        _service("reports"), "python3", 4,
        cpu={"reports": 0.65}, memory={ALWAYS: 0.1, "reports": 0.05}, reads={"reports": 5e4},
        comings={"reports": 0.1},
    ),
    Made(
        _service("pg-dump"), "pg_dump", 2,
        cpu={"dump": 0.45}, memory={"dump": 0.9}, reads={"dump": 9e7}, writes={"dump": 2e6},
        waits={"dump": 0.3}, comings={"dump": 0.001},
    ),
    Made(
        _service("backup"), "restic", 1,
        cpu={"archive": 2.25}, memory={"archive": 0.9}, reads={"archive": 5e7}, writes={"archive": 2e4},
        waits={"archive": 0.05}, comings={"archive": 0.0004},
    ),
    Made(
        Consumer(Kind.PROGRAM, "python3", "ann"), "python3", 3,
        cpu={"office": 0.12}, memory={"people": 1.5}, reads={"office": 1e4}, writes={"office": 1e4},
        comings={"office": 0.01},
    ),
    Made(
        Consumer(Kind.PROGRAM, "ffmpeg", "ben"), "ffmpeg", 1,
        cpu={"episode": 1.0}, memory={"episode": 0.1}, reads={"episode": 4e4}, writes={"episode": 3e4},
        comings={"episode": 0.001},
    ),
    Made(
        Consumer(Kind.PROGRAM, "code", "ben"), "code", 5,
        cpu={"office": 0.05}, memory={"people": 0.6}, comings={"office": 0.02},
    ),
    Made(
        _service("systemd-journald"), "systemd-journal", 1,
        cpu={"basic": 0.05, "office": 0.01}, memory={ALWAYS: 0.08}, writes={"basic": 3e4, "office": 1e4},
    ),
    Made(
        _service("containerd"), "containerd", 3, cpu={"basic": 0.05}, memory={ALWAYS: 0.1},
    ),
    Made(
        Consumer(Kind.CONTAINER, "mail"), "rspamd", 4,
        cpu={"basic": 0.07, "office": 0.01}, memory={ALWAYS: 0.35}, writes={"basic": 2e4}, comings={"basic": 0.1},
    ),
    Made(_service("fail2ban"), "fail2ban-server", 1, cpu={"basic": 0.04}, memory={ALWAYS: 0.12}),
    Made(
        Consumer(Kind.KERNEL, "kworker"), "kworker/u8:2", 9,
        cpu={"basic": 0.04, "dump": 0.05, "archive": 0.05, "filling": 0.005}, memory={},
    ),
    Made(
        Consumer(Kind.LOADMON, "loadmon"), "loadmon", 4,
        cpu={ALWAYS: 0.0033, "test": 1.0}, memory={ALWAYS: 0.16}, writes={ALWAYS: 1.4e4},
    ),
)  # fmt: skip
OTHERS = Made(
    Consumer(Kind.SERVICE, "others"), "", 40,
    cpu={"basic": 0.1, "office": 0.01}, memory={ALWAYS: 0.2, "wander": 0.2}, reads={"basic": 1e4},
    writes={"basic": 1e4}, comings={ALWAYS: 0.2},
)  # fmt: skip
"""All who use so little that they are not told by name."""
EVERY = (*CONSUMERS, OTHERS)

_fields = attrgetter(*(one.name for one in fields(Load)))
_PLACES = {name: at for at, name in enumerate((ALWAYS, *(one.name for one in fields(Load))))}
_WEIGHTS = {
    quantity: [[(_PLACES[name], weight) for name, weight in getattr(one, quantity).items()] for one in EVERY]
    for quantity in ("cpu", "memory", "reads", "writes", "waits", "comings")
}


def amounts(quantity: str, load: Load) -> list[float]:
    """What each of EVERY has of a field of `Made` while `load` goes on."""
    values = (1.0, *_fields(load))
    return [sum([weight * values[at] for at, weight in weights]) for weights in _WEIGHTS[quantity]]
