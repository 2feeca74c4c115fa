"""Scans of made-up processes on clocks that the test moves."""

from monitor.collectors.domain.mounts import Look
from monitor.collectors.domain.scanning import Pace
from monitor.collectors.domain.usage import Seen
from monitor.collectors.filesystems import Fullest
from monitor.collectors.process_source import Counts
from monitor.collectors.processes import Scanner
from monitor.collectors.scans import Scans
from monitor.metrics.reading import Reading
from monitor.metrics.snapshot import Details


def seen(pid, cpu=0.0, parent=1, started=1.0, children=0.0, **fields):
    """A process as it was seen, which has used `cpu` seconds since it started."""
    values = {"name": "x", "state": "S", "rss_bytes": 0, "threads": 1, "is_kernel": False}
    return Seen(
        pid=pid,
        parent=parent,
        started=started,
        cpu_seconds=cpu,
        children_seconds=children,
        **(values | fields),
    )


class Made:
    """A source of made-up processes; `cpu` is what each of them has used so far."""

    def __init__(self, *processes):
        self.processes = {one.pid: one for one in processes}
        self.at = 100.0
        self.threads = {}
        self.made = 50
        self.waiting = self.busy = self.load = None
        self.reason = ""
        self.looked_up = []
        self.asked = []
        self.parts = None
        self.lines = {}
        self.read = []
        self.moves = {}
        self.asleep = 0.0
        self.interrupts = None

    def now(self):
        return self.at

    def pids(self):
        return list(self.processes)

    def seen(self, pid):
        return self.processes.get(pid)

    def tasks(self, one, most):
        return self.threads.get(one.pid, [(one.state, "")])[:most]

    def details(self, one):
        self.looked_up.append(one.pid)
        return Details(f"{one.name}.service", "unit", "anna")

    def words(self, one):
        self.read.append(one.pid)
        return self.lines.get(one.pid, "").split()

    def command(self, one):
        return None

    def private(self, one):
        self.asked.append(one.pid)
        return one.rss_bytes // 2

    def moved(self, one):
        return self.moves.get(one.pid)

    def slept(self):
        return self.asleep

    def memory(self):
        return self.parts

    def counts(self):
        return Counts(self.made, self.waiting, self.busy, self.interrupts)

    def loads(self):
        return self.load

    def hindrance(self):
        return self.reason


class Ticking:
    """A clock on which each look takes a millisecond."""

    def __init__(self):
        self.at = 0.0

    def __call__(self):
        self.at += 0.001
        return self.at


def scan(one, at_ms=0):
    """The snapshot of one whole scan."""
    one.begin(at_ms)
    return one.work(1e9, Ticking())


class Stage:
    """Scans with a clock that the test moves, over made-up processes.

    off_ms: by how much the wall clock is off; None where it stands still.
    """

    def __init__(self, processes=1, interval=1.0, cost=0.0):
        self.now = 0.0
        self.off_ms = 0
        self.cost = 0.0
        self.each = cost
        self.source = Made(*(seen(pid) for pid in range(processes)))
        self.scans = Scans(
            Scanner(self.source, own_pid=1, throttled=lambda: None, fullest=Fullest(Look)),
            interval,
            clock=lambda: self.now,
            work_clock=Ticking(),
            cost_clock=self.spent,
        )

    def spent(self):
        self.cost += self.each
        return self.cost

    def run(self, seconds, pace=Pace.CALM, cpu_percent=38.0):
        """The times of the snapshots that so many ticks of a second complete, each with a reading behind it."""
        times = []
        for _ in range(seconds):
            self.now += 1.0
            self.source.at = 100.0 + self.now
            at_ms = 0 if self.off_ms is None else round(self.now * 1000) + self.off_ms
            found = self.scans.tick(at_ms, pace)
            found = self.scans.follow(Reading(at_ms, 1.0, 0.0, {"cpu_percent": cpu_percent})) or found
            if found is not None:
                times.append(self.now)
        return times
