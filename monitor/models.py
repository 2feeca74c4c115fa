"""Lists the tables of all rooms for Django, its migrations and `manage.py shell`; code imports from the owner's room."""

from monitor.alerts.models import Alert, Evidence, ShareLink, Transition
from monitor.history.models import Gap, HourRollup, MinuteRollup, QuarterRollup, RollupProgress, Sample
from monitor.hosts.models import Host, Lease
from monitor.loadtests.models import LoadTest
from monitor.notifications.models import Attempt, Flapping, Notification, Notifier, Receiver, Silence
from monitor.rules.models import Rule, metric_choices

__all__ = [
    "Alert",
    "Attempt",
    "Evidence",
    "Flapping",
    "Gap",
    "Host",
    "HourRollup",
    "Lease",
    "LoadTest",
    "MinuteRollup",
    "Notification",
    "Notifier",
    "QuarterRollup",
    "Receiver",
    "RollupProgress",
    "Rule",
    "Sample",
    "ShareLink",
    "Silence",
    "Transition",
    "metric_choices",
]
