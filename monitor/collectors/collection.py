"""The collection of all collectors: runs them one after the other, and isolates those that fail.

Call a Collection from one thread only: collectors keep the counters of the previous call.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module

from monitor.collectors.domain.rates import finite
from monitor.collectors.failures import FailureLog
from monitor.collectors.procfile import NoNumbers
from monitor.collectors.registry import REGISTRY, Collector
from monitor.collectors.silence import Silence
from monitor.metrics import members
from monitor.metrics.catalogue import CATALOGUE, NAMES
from monitor.metrics.parts import Part, PartNow

LONGEST_REASON = 200


class Collection:
    """All collectors of one sampler; a failing one leaves its own metrics None and never stops the rest."""

    def __init__(
        self, collectors: Iterable[Collector] | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.collectors: tuple[Collector, ...] = tuple(
            [make() for make in REGISTRY.values()] if collectors is None else collectors
        )
        self.failing: dict[str, str] = {}
        """Collector name -> a sentence, for each whose last collect failed, or that gives no numbers any more."""
        self.seconds: dict[str, float] = {}
        """Collector name -> seconds that its last collect took."""
        self.members: dict[str, members.Members] = {}
        """Metric -> what its last value is made of, for those over a set."""
        self.parts: dict[Part, PartNow] = {}
        """Each file system, disk and interface that was measured."""
        self.reasons: dict[str, str] = {}
        """Collector name -> why its last values are bounded, for those that are."""
        self._clock = clock
        self._raised: set[str] = set()
        self._never_told: set[str] = set()
        self._silences = {collector.name: Silence(collector.name) for collector in self.collectors}
        self._log = FailureLog()

    def collect(self, elapsed: float | None) -> dict[str, float | None]:
        """One value for every name in the catalogue, finite or None; `elapsed` as for a Collector.

        Never raises.
        """
        values: dict[str, float | None] = dict.fromkeys(NAMES)
        self.members, self.parts, self.reasons = {}, {}, {}
        for collector in self.collectors:
            start = time.perf_counter()
            values.update(self._collect_from(collector, elapsed))
            self.seconds[collector.name] = time.perf_counter() - start
        return values

    def _collect_from(self, collector: Collector, elapsed: float | None) -> dict[str, float | None]:
        name = collector.name
        failed_before = name in self._raised
        try:
            values = collector.collect(None if failed_before else elapsed)
            clean = {metric: finite(values.get(metric)) for metric in collector.metrics}
        except (NoNumbers, OverflowError) as error:
            self._raised.add(name)
            self.failing[name] = f"The {name} collector failed: {error}"
            self._log.told(name, self.failing[name], self._clock())
            return {}
        except Exception as error:
            self._raised.add(name)
            reason = f"{type(error).__name__}: {error}"[:LONGEST_REASON]
            self.failing[name] = f"The {name} collector failed: {reason}"
            self._log.failed(name, reason, self._clock())
            return {}
        self._raised.discard(name)
        self._listen(name, clean, failed_before)
        self.members.update(_members(collector))
        self.parts.update(_parts(collector))
        if bounded := getattr(collector, "reason", ""):
            self.reasons[name] = bounded
        return clean

    def _listen(self, name: str, values: Mapping[str, float | None], failed_before: bool) -> None:
        """Take note of what a collector that did not fail does not tell."""
        silence, now = self._silences[name], self._clock()
        was_silent = bool(silence.stopped)
        silence.hear(values, now)
        if silence.stopped:
            self.failing[name] = silence.stopped
            self._log.told(name, silence.stopped, now)
        elif failed_before or was_silent:
            self.failing.pop(name, None)
            self._log.recovered(name, now)
        if silence.never and name not in self._never_told:
            self._never_told.add(name)
            self._log.not_offered(name, silence.never, now)


def _members(collector: Collector) -> Mapping[str, members.Members]:
    """What the collector's last values are made of; most have none to tell of."""
    found: Mapping[str, members.Members] = getattr(collector, "members", {})
    return found


def _parts(collector: Collector) -> Mapping[Part, PartNow]:
    """The parts of the machine that it measured; most measure none."""
    found: Mapping[Part, PartNow] = getattr(collector, "parts", {})
    return found


for _name in sorted({metric.collector for metric in CATALOGUE.values()}):
    import_module(f"monitor.collectors.{_name}")
