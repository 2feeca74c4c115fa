"""Judging of reports by the rules of one host: each one once, as it comes, whatever becomes of storing it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import replace

from monitor.alerts import evidence, restoring
from monitor.hosts.models import Host
from monitor.ingest.backlog import Backlog, Judged, Waiting
from monitor.ingest.timeline import Timeline
from monitor.metrics.parts import PartAccount
from monitor.metrics.report import Report
from monitor.rules import loading
from monitor.rules.domain.evaluator import Evaluator
from monitor.usage.domain.gathering import Gathering


class Judging:
    """Holds the evaluator, which another thread may replace between two reports, and what evidence is made of."""

    def __init__(self, host: Host, backlog: Iterable[Waiting] = ()) -> None:
        """The rules begin where an earlier sampler left them; `backlog`: what it judged and nobody stored yet."""
        self.witness = evidence.Witness()
        self.evaluator = restoring.restore(host, loading.load_rules())
        self._gathering = Gathering()
        self._lock = threading.Lock()
        for item in backlog:
            self.evaluator.replay(item.reading, list(self.evaluator.statuses))

    def take(self, report: Report, timeline: Timeline, backlog: Backlog, is_asking: bool) -> None:
        """Evaluate one report at its place in time, and let what is found wait; asks the database only where allowed."""
        with self._lock:
            placed = timeline.place(report, {item.at_ms for item in backlog}, is_asking)
            backlog.add(self._judged(placed))

    def reload(self, host: Host, backlog: Backlog) -> None:
        """Start from the rules as they are stored now; what stands keeps standing."""
        rules = loading.load_rules()
        new = [rule for rule in rules if rule not in self.evaluator.rules]
        evaluator = restoring.restore(host, rules, new)
        with self._lock:
            for item in backlog:  # not stored yet, so restore() could not see them
                evaluator.replay(item.reading, [rule.id for rule in rules if rule not in new])
            changed = {
                one.rule.id for item in backlog for one in item.outcomes if one.rule in evaluator.rules
            }
            evaluator.adopt(self.evaluator, changed)  # replaying changes nothing, and no row tells of it yet
            self.evaluator = evaluator

    def states(self) -> Judged:
        """Where the rules stand now."""
        with self._lock:
            return _states(self.evaluator)

    def rest(self) -> tuple[PartAccount, ...]:
        """What was gathered of the parts of the machine and belongs to no reading yet: nothing comes any more."""
        with self._lock:
            return self._gathering.rest()

    def forget(self, judged: Judged | None) -> None:
        """Let go of the alerts that a person ended, unless they are others by now."""
        if judged is None or not judged.ended:
            return
        with self._lock:
            now = self.evaluator.statuses
            for rule_id in judged.ended & now.keys():
                if now[rule_id].started_at_ms == judged.statuses[rule_id].started_at_ms:
                    self.evaluator.forget(rule_id)

    def _judged(self, report: Report) -> Waiting:
        reading, evaluator = report.reading, self.evaluator
        if report.snapshot is not None:
            self.witness.see(report.snapshot)
        outcomes = evaluator.evaluate(reading)
        parts = self._gathering.take(reading)
        reading = replace(
            reading, members={}, parts={}
        )  # judged: what is kept for minutes need not hold them
        findings = self.witness.take(reading, evaluator, outcomes)
        if report.snapshot is not None:
            self.witness.look(reading.taken_at_ms)
        return Waiting(
            reading,
            outcomes,
            evaluator.means(),
            list(report.gaps),
            findings,
            _states(evaluator),
            tuple((rule.name, severity) for rule, severity in evaluator.standing()),
            self.witness.busy,
            is_look=report.snapshot is not None,
            since=time.monotonic(),
            account=None if report.snapshot is None else report.snapshot.account,
            parts=parts,
            groups=report.groups,
        )


def _states(evaluator: Evaluator) -> Judged:
    return Judged(evaluator.rules, evaluator.statuses, evaluator.members)
