"""Outcome of judging as a value: what has changed of one rule on one host, and where it stands then."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.rules.domain.membership import Document
from monitor.rules.domain.spec import RuleSpec
from monitor.rules.domain.states import Change, Condition, Status


@dataclass(frozen=True, slots=True)
class Outcome:
    """A recorded change of one rule: what, when, at which value and absolute thresholds; status is the one after it.

    before is the status that preceded it: its started_at_ms, peak and seen_at_ms describe the alert that ends.
    severity: the alert's after the change. critical: its critical condition, critical_value: what that judged.
    members: what the alert is of, where it judges a set. names: of those that became unseen, or are seen again.
    """

    rule: RuleSpec
    change: Change
    at_ms: int
    value: float
    condition: Condition
    before: Status
    status: Status
    severity: str
    critical: Condition | None = None
    critical_value: float | None = None
    members: tuple[Document, ...] = ()
    names: tuple[str, ...] = ()
