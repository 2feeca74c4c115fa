"""Evidence of alerts: taken in memory when a rule changes or a peak is passed, stored with the change it belongs to."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from monitor.alerts.models import Alert, Evidence, EvidenceMoment
from monitor.diagnosis import gathering
from monitor.diagnosis.document import Document
from monitor.diagnosis.reader import read
from monitor.diagnosis.sentence import explain
from monitor.history.domain.age import age
from monitor.hosts.models import Host
from monitor.metrics.reading import Reading
from monitor.metrics.snapshot import Snapshot
from monitor.metrics.times import moment
from monitor.rules.domain.evaluator import Evaluator
from monitor.rules.domain.judge import Outcome
from monitor.rules.domain.spec import RuleSpec
from monitor.rules.domain.states import Change
from monitor.rules.models import Comparison

SHORTEST_SECONDS, LONGEST_SECONDS = 60.0, 120.0
MOMENT_SECONDS = 30.0
"""What a peak and a recovery tell of; the onset tells of its rule's window."""

NOW_SECONDS = 20.0
PEAK_AGAIN_MS = 10_000
LOOK_AGAIN_MS = 2_000
NOTABLY = 0.02
"""Of the threshold: a peak this much worse than the one on record is worth a new record."""

BUSY_VALID_SECONDS = 60.0
KEPT_SECONDS = 150.0
"""Of snapshots: two minutes, and what a slow scan may lack of them."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Evidence that is taken and not stored yet; `outcome` is the change it belongs to, None for a peak."""

    rule_id: int
    outcome: Outcome | None
    moment: EvidenceMoment
    at_ms: int
    value: float
    sentence: str
    document: Document


@dataclass(slots=True)
class _Peak:
    """The worst evidence on record of one standing alert."""

    at_ms: int
    value: float | None


class Witness:
    """Remembers the readings and the snapshots of processes of two minutes, and makes findings of them."""

    def __init__(self) -> None:
        self.busy: Document | None = None
        """What keeps the machine busy now, as of the newest snapshot."""
        self._readings: deque[Reading] = deque()
        self._snapshots: deque[Snapshot] = deque()
        self._peaks: dict[int, _Peak] = {}
        self._looked_at_ms = 0

    def see(self, snapshot: Snapshot) -> None:
        """Take in what a scan of the processes found."""
        if self._snapshots and self._snapshots[-1].at_ms > snapshot.at_ms:  # the clock was set back
            self._snapshots = deque(each for each in self._snapshots if each.at_ms < snapshot.at_ms)
        self._snapshots.append(snapshot)
        while self._snapshots[0].at_ms < snapshot.at_ms - KEPT_SECONDS * 1000:
            self._snapshots.popleft()

    def take(self, reading: Reading, evaluator: Evaluator, outcomes: Iterable[Outcome]) -> list[Finding]:
        """Take in one reading that was evaluated; what is worth storing of it."""
        self._remember(reading)
        found = [self._of_change(outcome) for outcome in outcomes if outcome.change in MOMENTS]
        if abs(reading.taken_at_ms - self._looked_at_ms) >= LOOK_AGAIN_MS:
            self._looked_at_ms = reading.taken_at_ms
            found += self._of_peaks(reading.taken_at_ms, evaluator)
        return found

    def look(self, at_ms: int) -> Document:
        """Renew `busy`: what keeps the machine busy at the moment."""
        self.busy = self.document(at_ms, NOW_SECONDS)
        return self.busy

    def document(self, at_ms: int, seconds: float) -> Document:
        """The evidence on the `seconds` before `at_ms`."""
        return gathering.document(at_ms, self._means(at_ms, seconds), list(self._snapshots), seconds)

    def _of_peaks(self, at_ms: int, evaluator: Evaluator) -> list[Finding]:
        found = []
        statuses = evaluator.statuses
        for rule in evaluator.rules:
            status = statuses[rule.id]
            if not status.is_open:
                self._peaks.pop(rule.id, None)
            elif status.value is not None and self._is_peak(rule, at_ms, status.value):
                self._peaks[rule.id] = _Peak(at_ms, status.value)
                found.append(self._finding(rule, None, EvidenceMoment.PEAK, at_ms, status.value))
        return found

    def _of_change(self, outcome: Outcome) -> Finding:
        return self._finding(outcome.rule, outcome, MOMENTS[outcome.change], outcome.at_ms, outcome.value)

    def _finding(
        self, rule: RuleSpec, outcome: Outcome | None, when: EvidenceMoment, at_ms: int, value: float
    ) -> Finding:
        seconds = MOMENT_SECONDS
        if when is EvidenceMoment.ONSET:
            seconds = min(LONGEST_SECONDS, max(SHORTEST_SECONDS, rule.window_seconds, rule.for_seconds))
        document = self.document(at_ms, seconds)
        sentence = explain(read(document), rule.metric, UNTIL[when])
        return Finding(rule.id, outcome, when, at_ms, value, sentence, document)

    def _is_peak(self, rule: RuleSpec, at_ms: int, value: float) -> bool:
        """Whether `value` is notably worse than what is on record, and the record 10 s old."""
        known = self._peaks.setdefault(rule.id, _Peak(at_ms, None))
        if 0 <= at_ms - known.at_ms < PEAK_AGAIN_MS:
            return False
        if known.value is None:
            return True
        worse = known.value - value if rule.fires_below else value - known.value
        return worse > NOTABLY * abs(rule.threshold)

    def _remember(self, reading: Reading) -> None:
        if self._readings and self._readings[-1].taken_at_ms > reading.taken_at_ms:  # the clock was set back
            self._readings = deque(each for each in self._readings if each.taken_at_ms < reading.taken_at_ms)
        self._readings.append(reading)
        while self._readings[0].taken_at_ms < reading.taken_at_ms - LONGEST_SECONDS * 1000:
            self._readings.popleft()

    def _means(self, at_ms: int, seconds: float) -> dict[str, float | None]:
        """The newest value of each metric; of what goes up and down within seconds the mean over the time."""
        inside = [each for each in self._readings if at_ms - seconds * 1000 < each.taken_at_ms <= at_ms]
        if not inside:
            return {}
        values = dict(inside[-1].values)
        for name in MEANT:
            known = [(each.covered, value) for each in inside if (value := each.values.get(name)) is not None]
            weight = sum(covered for covered, _ in known)
            if weight > 0:
                values[name] = round(sum(covered * value for covered, value in known) / weight, 2)
        return values


UNTIL = {
    EvidenceMoment.ONSET: "before it fired",
    EvidenceMoment.PEAK: "before it was at its worst",
    EvidenceMoment.RECOVERY: "before it ended",
}
MOMENTS = {Change.FIRED: EvidenceMoment.ONSET, Change.RESOLVED: EvidenceMoment.RECOVERY}
MEANT = (
    "cpu_percent", "cpu_user_percent", "cpu_system_percent", "cpu_iowait_percent", "cpu_steal_percent",
    "cpu_busiest_core_percent", "tasks_running", "tasks_blocked", "pressure_cpu_some_percent",
    "pressure_io_some_percent", "pressure_io_full_percent", "pressure_memory_some_percent",
    "pressure_memory_full_percent", "swap_bytes_per_second", "disk_read_bytes_per_second",
    "disk_write_bytes_per_second",
)  # fmt: skip


def store(
    host: Host, findings: Iterable[Finding], outcome: Outcome | None = None, alert: Alert | None = None
) -> None:
    """Store the findings of one change of `alert`, or without a change the peaks; the caller holds the transaction."""
    for finding in findings:
        if finding.outcome is not outcome:
            continue
        of = alert or Alert.objects.filter(host=host, rule_id=finding.rule_id, resolved_at=None).first()
        if of is not None:
            _store(of, finding)


def store_busy(host: Host, document: Document) -> None:
    """Let every process know what keeps `host` busy."""
    Host.objects.filter(pk=host.pk).update(
        busy=document, busy_at=datetime.fromtimestamp(document["at"] / 1000, UTC)
    )


def busy_now(host: Host, now_ms: int) -> Document | None:
    """What keeps `host` busy, command lines included; None where nothing is known to have been told in the last minute."""
    if host.busy is None or host.busy_at is None:
        return None
    seconds = age(host.busy_at, now_ms)
    return host.busy if seconds is not None and seconds <= BUSY_VALID_SECONDS else None


def _store(alert: Alert, finding: Finding) -> None:
    known = Evidence.objects.filter(alert=alert, moment=finding.moment).first()
    below = alert.comparison == Comparison.BELOW
    if known is not None and (finding.value > known.value if below else finding.value < known.value):
        return  # an earlier sampler has seen worse
    Evidence.objects.update_or_create(
        alert=alert,
        moment=finding.moment,
        defaults={
            "at": moment(finding.at_ms),
            "value": finding.value,
            "sentence": finding.sentence,
            "document": finding.document,
        },
    )
    if finding.moment is EvidenceMoment.ONSET:
        Alert.objects.filter(pk=alert.pk).update(explanation=finding.sentence)
        alert.explanation = finding.sentence
