"""Evidence of alerts: taken in memory when a rule changes or a peak is passed, stored with the change it belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from monitor.alerts.domain import moments
from monitor.alerts.domain.keeping import LONGEST_SECONDS, Looks, Readings
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
from monitor.rules.domain.outcome import Outcome
from monitor.rules.domain.spec import RuleSpec
from monitor.rules.domain.states import Change
from monitor.rules.models import Comparison

LATEST_SECONDS = 5.0
"""What the onset tells of for a rule that judges the latest value, and at once."""

MOMENT_SECONDS = 30.0
"""What a peak and a recovery tell of; the onset tells of what its rule judged."""

NOW_SECONDS = 10.0
PEAK_AGAIN_MS = 10_000
LOOK_AGAIN_MS = 2_000
NOTABLY = 0.02
"""Of the threshold: a peak this much worse than the one on record is worth a new record."""

BUSY_VALID_SECONDS = 60.0


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
    """Remembers the readings and the snapshots of processes of a quarter of an hour, and makes findings of them."""

    def __init__(self) -> None:
        self.busy: Document | None = None
        """What keeps the machine busy now, as of the newest snapshot."""
        self._readings = Readings(MEANT)
        self._looks = Looks()
        self._peaks: dict[int, _Peak] = {}
        self._looked_at_ms = 0

    def see(self, snapshot: Snapshot) -> None:
        """Take in what a scan of the processes found."""
        self._looks.add(snapshot)

    def take(self, reading: Reading, evaluator: Evaluator, outcomes: Iterable[Outcome]) -> list[Finding]:
        """Take in one reading that was evaluated; what is worth storing of it."""
        self._readings.add(reading)
        found = [self._of_change(outcome) for outcome in outcomes if outcome.change in MOMENTS]
        if abs(reading.taken_at_ms - self._looked_at_ms) >= LOOK_AGAIN_MS:
            self._looked_at_ms = reading.taken_at_ms
            found += self._of_peaks(reading.taken_at_ms, evaluator)
        return found

    def look(self, at_ms: int) -> Document:
        """Renew `busy`: what keeps the machine busy at the moment."""
        self.busy = self.document(at_ms, NOW_SECONDS)
        return self.busy

    def document(self, at_ms: int, seconds: float, *, is_strict: bool = False) -> Document:
        """The evidence on the `seconds` before `at_ms`; is_strict: it names nobody by a look that began before."""
        values = self._readings.means(at_ms, seconds)
        return gathering.document(at_ms, values, self._looks.all(), seconds, is_strict=is_strict)

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
        seconds = judged_seconds(rule) if when is EvidenceMoment.ONSET else MOMENT_SECONDS
        document = self.document(at_ms, seconds, is_strict=True)
        sentence = explain(read(document), rule.metric, moments.LED_TO[when])
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


def judged_seconds(rule: RuleSpec) -> float:
    """How many seconds before it fired decided that `rule` fires: its window, and how long it had to hold.

    At most what is kept; of the latest value a few seconds.
    """
    return min(LONGEST_SECONDS, max(LATEST_SECONDS, rule.window_seconds + rule.for_seconds))


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
