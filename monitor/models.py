"""Lists the tables of all rooms for Django, its migrations and `manage.py shell`; code imports from the owner's room."""

from monitor.alerts.models import Alert, Evidence, Transition
from monitor.alerts.sharelinks import ShareLink
from monitor.history.models import Gap, HourRollup, MinuteRollup, QuarterRollup, RollupProgress, Sample
from monitor.hosts.models import Host, Lease
from monitor.loadtests.models import LoadTest
from monitor.notifications.models import Attempt, Flapping, Notification, Notifier, Receiver, Silence
from monitor.rules.models import Rule, metric_choices
from monitor.usage.models import Consumer, Part, PartUsage, Usage, UsageBucket

__all__ = [
    "Alert",
    "Attempt",
    "Consumer",
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
    "Part",
    "PartUsage",
    "QuarterRollup",
    "Receiver",
    "RollupProgress",
    "Rule",
    "Sample",
    "ShareLink",
    "Silence",
    "Transition",
    "Usage",
    "UsageBucket",
    "metric_choices",
]
