"""Facts of a message about an alert: values only, gathered from rows by monitor.notifications.composing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from monitor.diagnosis.culprits import Culprit, Waiting
from monitor.metrics.catalogue import JUDGED, Unit
from monitor.metrics.quantities import number, quantity
from monitor.notifications.domain.course import Course


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that a message may tell; all text may come from outside and is cleaned where it is used.

    Times are aware and in the zone in which they are to be read. told_at: when the message was made. changed_at: when
    what it tells of happened. value: the one that the message is about, in the metric's unit. level: of a rule that
    judges the share of time beyond it; value and thresholds are percent of time then. critical_threshold: of the same
    metric, None where there is none. critical_elsewhere: of another, "when Load 5 min is at 8 or above".
    course: of what is judged over the five minutes before, None where it is unknown.
    explained: of which moment explanation, culprits and the rest speak, in words. cause: who is to
    blame, in a few words. reason: why it became worse, a sentence, where its own value does not tell.
    pressure: percent by the names of the evidence document. changes, changed_since, changed_until: of a flapping rule.
    fires_now: whether an alert of the rule stands, this one or a later one. unseen: what it is of and is not measured
    since unseen_since, and what follows. how_ended: of what did not recover, a sentence.
    """

    key: str
    kind: str
    alert_id: int
    host: str
    rule: str
    metric: str
    severity: str
    state: str
    comparison: str
    value: float
    peak: float
    threshold: float
    clear_threshold: float
    critical_threshold: float | None = None
    critical_elsewhere: str = ""
    level: float | None = None
    level_is_low: bool = False
    started_at: datetime
    fired_at: datetime
    told_at: datetime
    changed_at: datetime | None = None
    last_seen_at: datetime | None = None
    resolved_at: datetime | None = None
    end_observed: bool = True
    course: Course | None = None
    cores: float | None = None
    explanation: str = ""
    explained: str = ""
    culprits: tuple[Culprit, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    cause: str = ""
    pressure: Mapping[str, float] = field(default_factory=dict)
    is_drill: bool = False
    acknowledged: bool = False
    note: str = ""
    reason: str = ""
    changes: int = 0
    changed_since: datetime | None = None
    changed_until: datetime | None = None
    fires_now: bool = True
    unseen: str = ""
    unseen_since: datetime | None = None
    how_ended: str = ""
    link: str = ""

    @property
    def label(self) -> str:
        """The metric's label; its name where the catalogue does not know it any more."""
        return JUDGED[self.metric].label if self.metric in JUDGED else self.metric

    @property
    def unit(self) -> Unit | None:
        """The metric's unit, None where the catalogue does not know it any more."""
        return JUDGED[self.metric].unit if self.metric in JUDGED else None

    @property
    def is_over(self) -> bool:
        """Whether the message tells of an end; an alert may stand on when its rule has stopped flapping."""
        return self.kind == "resolved" or (self.kind == "digest" and self.resolved_at is not None)

    def told(self, value: float) -> str:
        """`value` as a person reads it: in the metric's unit, or percent of time."""
        return f"{number(value)} % of the time" if self.level is not None else self.measured(value)

    def measured(self, value: float) -> str:
        """`value` in the metric's unit."""
        return number(value) if self.unit is None else quantity(value, self.unit)

    @property
    def limit(self) -> float:
        """The threshold that counts: the critical one of what is critical, if there is one."""
        critical = self.severity == "critical" and self.critical_threshold is not None
        return self.critical_threshold if critical and self.critical_threshold is not None else self.threshold
