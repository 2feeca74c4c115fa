"""A made-up machine whose every tick of CPU time is known: processes that come, work, wait for their children and go."""

from dataclasses import dataclass, field

from monitor.collectors.domain.mounts import Look
from monitor.collectors.domain.plots import Plot
from monitor.collectors.filesystems import Fullest
from monitor.collectors.process_source import Counts, Loads, Moved
from monitor.collectors.processes import Scanner
from monitor.metrics.snapshot import Details
from monitor.metrics.usage import Consumer, Kind
from tests.stages.scans import Ticking, seen

TICK = 0.01


@dataclass
class Working:
    """One process; ticks of its own, and of children that it has waited for."""

    pid: int
    parent: int
    started: float
    name: str
    group: str = ""
    own: int = 0
    children: int = 0
    moved: int = 0
    is_hidden: bool = False
    is_gone: bool = False


@dataclass
class Machine:
    """A source of processes, and of plots where `groups` is true: "" is divided, every other one is a service.

    is_root_counted: false where nothing counts the divided one. is_secret: nobody may know what processes read and write.
    is_listed: the groups list all who live in them, and not those alone that are seen from here. tasks_beyond: of others.
    """

    groups: bool = False
    is_root_counted: bool = True
    is_secret: bool = False
    is_listed: bool = True
    tasks_beyond: int = 0
    at: float = 1000.0
    wall_ms: int = 1_800_000_000_000
    busy: int = 0
    interrupts: int = 0
    asleep: float = 0.0
    living: dict = field(default_factory=dict)
    counted: dict = field(default_factory=dict)
    told: dict = field(default_factory=dict)
    lines: dict = field(default_factory=dict)

    def __post_init__(self):
        self.start(1, 0, "init")

    # What happens on it.

    def start(self, pid, parent, name, group="", **fields):
        """A process begins now; a pid that lives is not given again."""
        if pid not in self.living:
            self.living[pid] = Working(pid, parent, round(self.at, 2), name, group, **fields)
        return self.living[pid]

    def work(self, pid, ticks):
        """It uses so much of the CPU, and writes a KiB for each tick."""
        one = self.living[pid]
        one.own += ticks
        one.moved += 1024 * ticks
        self.busy += ticks
        self.counted[one.group] = self.counted.get(one.group, 0) + ticks

    def end(self, pid, waited=True):
        """It ends; the first process adopts its children; its parent is charged with what it used, if it waited."""
        one = self.living.pop(pid)
        for each in self.living.values():
            if each.parent == pid:
                each.parent = 1
        parent = self.living.get(one.parent)
        if waited and parent is not None:
            parent.children += one.own + one.children
            parent.moved += one.moved

    def pass_by(self, seconds, wall=None):
        """Time passes; by the wall clock as much, or `wall`."""
        self.at += seconds
        self.wall_ms += round(1000 * (seconds if wall is None else wall))

    # What a scan asks of it.

    def now(self):
        return self.at

    def slept(self):
        return self.asleep

    def pids(self):
        return [pid for pid, one in self.living.items() if not one.is_hidden]

    def seen(self, pid):
        one = self.living.get(pid)
        if one is None:
            return None
        return seen(pid, one.own * TICK, one.parent, one.started, one.children * TICK, name=one.name)

    def moved(self, found):
        one = self.living.get(found.pid)
        return None if one is None or self.is_secret else Moved(0, one.moved)

    def details(self, found):
        return Details(user="anna")

    def tasks(self, found, most):
        return [(found.state, "")]

    def words(self, found):
        return []

    def command(self, found):
        return None

    def private(self, found):
        return None

    def memory(self):
        return None

    def loads(self):
        return Loads(0.0, len(self.pids()) + self.tasks_beyond)

    def hindrance(self):
        return ""

    def counts(self):
        return Counts(0, 0, (self.busy + self.interrupts) * TICK, self.interrupts * TICK)

    # What the groups tell of it.

    def look(self, at):
        self.told, self._before = dict(self.counted), self.told
        yield None

    def plots(self):
        if not self.groups:
            return None
        groups = {"", *self.counted, *(one.group for one in self.living.values())}
        return tuple(self._plot(group) for group in sorted(groups))

    def _plot(self, group):
        consumer = Consumer(Kind.SERVICE, f"{group}.service") if group else None
        grown = (self.told.get(group, 0) - self._before.get(group, 0)) * TICK
        pids = tuple(pid for pid, one in self.living.items() if one.group == group)
        gone = Consumer(Kind.SESSION, "gone again")
        counted = grown if group or self.is_root_counted else None
        return Plot(
            f"/{group}", consumer, consumer or gone, cpu_seconds=counted, pids=pids, is_listed=self.is_listed
        )


class Watched:
    """A machine, and the accounts of all scans of it."""

    def __init__(self, machine, own_pid=0):
        self.machine, self.accounts = machine, []
        self.scanner = Scanner(
            machine, own_pid=own_pid, throttled=lambda: None, fullest=Fullest(Look), groups=machine
        )

    def scan(self):
        """One whole scan; the account that it made."""
        self.scanner.begin(self.machine.wall_ms)
        snapshot = self.scanner.work(1e9, Ticking())
        if snapshot.account is not None:
            self.accounts.append(snapshot.account)
        return snapshot.account

    def after(self, seconds, wall=None):
        """Time passes, then a scan."""
        self.machine.pass_by(seconds, wall)
        return self.scan()

    def used(self, consumer):
        """What all accounts tell of one consumer's CPU time, in ms."""
        return sum(account.used[consumer].cpu_ms for account in self.accounts if consumer in account.used)


def summed(account):
    """The CPU milliseconds of all that an account names."""
    return sum(used.cpu_ms for used in account.used.values()) + account.others.cpu_ms
