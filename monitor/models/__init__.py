"""What the database holds: fields, constraints, and the querysets that more than one reader needs."""

from monitor.models.alerts import Alert, AlertState, Evidence, EvidenceMoment, ShareLink, Transition
from monitor.models.hosts import SYNTHETIC, Host
from monitor.models.loadtests import UNFINISHED, LoadTest, LoadTestKind, LoadTestState
from monitor.models.receivers import (
    OWN_REASONS,
    UNSETTLED,
    Attempt,
    Flapping,
    Notification,
    NotificationKind,
    NotificationState,
    Notifier,
    Receiver,
    ReceiverKind,
)
from monitor.models.rollups import HourRollup, MinuteRollup, QuarterRollup, Rollup, RollupProgress
from monitor.models.rules import Comparison, Rule, Severity, Silence, WindowStatistic, metric_choices
from monitor.models.samples import Gap, GapKind, Sample, SampleQuerySet, Statistics

__all__ = [
    "OWN_REASONS",
    "SYNTHETIC",
    "UNFINISHED",
    "UNSETTLED",
    "Alert",
    "AlertState",
    "Attempt",
    "Comparison",
    "Evidence",
    "EvidenceMoment",
    "Flapping",
    "Gap",
    "GapKind",
    "Host",
    "HourRollup",
    "LoadTest",
    "LoadTestKind",
    "LoadTestState",
    "MinuteRollup",
    "Notification",
    "NotificationKind",
    "NotificationState",
    "Notifier",
    "QuarterRollup",
    "Receiver",
    "ReceiverKind",
    "Rollup",
    "RollupProgress",
    "Rule",
    "Sample",
    "SampleQuerySet",
    "Severity",
    "ShareLink",
    "Silence",
    "Statistics",
    "Transition",
    "WindowStatistic",
    "metric_choices",
]
