"""Tables of alerts, their transitions and evidence; kept for ever."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, When

from monitor.alerts.domain import moments, unseen
from monitor.diagnosis.reader import read
from monitor.hosts.models import Host
from monitor.metrics.catalogue import JUDGED, Unit
from monitor.metrics.quantities import number, quantity
from monitor.metrics.times import moment
from monitor.rules.domain import states
from monitor.rules.models import Comparison, Rule, Severity, WindowStatistic


class AlertState(models.TextChoices):
    """Where a stored alert stands; what never fired is not stored."""

    FIRING = states.State.FIRING.value
    RECOVERING = states.State.RECOVERING.value
    RESOLVED = "resolved"


class Alert(models.Model):
    """One episode of one rule on one host, kept for ever with the numbers that it fired on."""

    host = models.ForeignKey(Host, on_delete=models.CASCADE)
    rule = models.ForeignKey(Rule, on_delete=models.SET_NULL, null=True)
    rule_name = models.CharField("rule", max_length=80)
    metric = models.CharField(max_length=60)
    severity = models.CharField(
        max_length=10, choices=Severity.choices, help_text="The present one, or the last."
    )
    worst_severity = models.CharField(max_length=10, choices=Severity.choices, default=Severity.WARNING)
    comparison = models.CharField(max_length=5, choices=Comparison.choices, default=Comparison.ABOVE)
    statistic = models.CharField(max_length=5, choices=WindowStatistic.choices, default=WindowStatistic.MEAN)
    window_seconds = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=AlertState.choices, default=AlertState.FIRING)
    started_at = models.DateTimeField(help_text="When the condition first held.")
    fired_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(help_text="When the value was last known.")
    threshold = models.FloatField(help_text="Absolute: already multiplied by the effective cores.")
    clear_threshold = models.FloatField()
    critical_threshold = models.FloatField(null=True, blank=True)
    critical_metric = models.CharField(
        max_length=60,
        blank=True,
        default="",
        help_text="What makes it critical, where that is another metric.",
    )
    critical_metric_threshold = models.FloatField(
        null=True, blank=True, help_text="Absolute, and of that other metric."
    )
    value = models.FloatField(help_text="The latest value, or the one at which it resolved.")
    peak = models.FloatField(help_text="The worst value: the highest, or the lowest where it fires below.")
    is_test = models.BooleanField("test", default=False, help_text="A load test was running.")
    end_observed = models.BooleanField(default=True, help_text="False: it ended while nobody looked.")
    note = models.CharField(max_length=200, blank=True)
    explanation = models.CharField(
        max_length=500, blank=True, help_text="What kept the machine busy, in a sentence."
    )
    members = models.JSONField(
        default=list,
        blank=True,
        help_text="What it is of, where it judges a set: which disk, core or interface. Empty: not known.",
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    KNOWN_END = Case(When(end_observed=False, then=F("last_seen_at")), default=F("resolved_at"))
    """Where `stood` ends, for the database; NULL of an open one."""

    class Meta:
        ordering = ["-fired_at", "-id"]
        constraints = [
            # Also the index by which the sampler finds the open alerts.
            models.UniqueConstraint(
                fields=["host", "rule"], condition=Q(resolved_at__isnull=True), name="one_open_alert_per_rule"
            ),
        ]
        indexes = [
            models.Index(fields=["host", "-fired_at"], name="alert_by_host"),  # the page, the API
            models.Index(fields=["-fired_at", "-id"], name="alert_by_time"),  # the list of all, the calendar
            models.Index(fields=["rule_name", "-fired_at"], name="alert_by_rule"),  # the list of one rule
        ]
        permissions = [("acknowledge_alert", "Can acknowledge and annotate alerts, and share them")]

    @property
    def shown_severity(self) -> str:
        """The severity to show: the present one while it is open, the worst one of all when it is over."""
        return self.severity if self.resolved_at is None else self.worst_severity

    def stood(self, now: datetime) -> tuple[datetime, datetime]:
        """From when until when it fired, as far as is known: an end that nobody saw counts from the last value before."""
        if self.resolved_at is None:
            return self.fired_at, now
        return self.fired_at, self.resolved_at if self.end_observed else self.last_seen_at

    @property
    def critical_words(self) -> str:
        """ "critical at 95 % or above", "critical when Load 5 min is at 8 or above"; "" where nothing makes it critical.

        Of a share of time the side on which another metric is bad is not stored.
        """
        side = "below" if self.comparison == Comparison.BELOW else "above"
        if not self.critical_metric or self.critical_metric_threshold is None:
            level = _amount(self.critical_threshold, self.unit)
            return f"critical at {level} or {side}" if level else ""
        known = JUDGED.get(self.critical_metric)
        level = _amount(self.critical_metric_threshold, known.unit if known else None)
        side = "beyond" if self.statistic == WindowStatistic.SHARE else side
        return f"critical when {known.label if known else self.critical_metric} is at {level} or {side}"

    @property
    def unseen(self) -> str:
        """What it is of and is not measured any more, in a sentence; "" where all is, and once it is over."""
        if self.resolved_at is not None:
            return ""
        return unseen.unseen(self.members, self.metric, self.unit, self.window_seconds)

    @property
    def unseen_since(self) -> datetime | None:
        """Since when something that it is of is not measured any more; None where all is, and once it is over."""
        since = unseen.since_ms(self.members) if self.resolved_at is None else None
        return None if since is None else moment(since)

    @property
    def unit(self) -> Unit | None:
        """What value, peak and thresholds count; None of a metric that is no longer known."""
        if self.statistic == WindowStatistic.SHARE:
            return Unit.PERCENT
        return JUDGED[self.metric].unit if self.metric in JUDGED else None

    def __str__(self) -> str:
        return f"{self.rule_name} on {self.host}, {self.fired_at:%Y-%m-%d %H:%M:%S}"


def _amount(value: float | None, unit: Unit | None) -> str:
    if value is None:
        return ""
    return number(value) if unit is None else quantity(value, unit)


class Change(models.TextChoices):
    """What can happen to an alert: by the state machine, whose words come first, by the end of what made it, by people."""

    FIRED = states.Change.FIRED.value, "Fired"
    RECOVERING = states.Change.RECOVERING.value, "Calming down"
    RELAPSED = states.Change.RELAPSED.value, "Came back"
    RESOLVED = states.Change.RESOLVED.value, "Recovered"
    ENDED_UNSEEN = states.Change.ENDED_UNSEEN.value, "Found to be over: it ended while nobody looked"
    ESCALATED = states.Change.ESCALATED.value, "Became worse"
    STEPPED_DOWN = states.Change.STEPPED_DOWN.value, "Stepped down"
    UNSEEN = states.Change.UNSEEN.value, "No longer measured"
    SEEN_AGAIN = states.Change.SEEN_AGAIN.value, "Measured again"
    RULE_GONE = "rule_gone", "Ended: its rule was switched off or deleted"
    ENDED = "ended", "Ended by hand"
    OUTLASTED = "outlasted", "Went on after the load test: no test any more"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    NOTE = "note", "Note"


class Transition(models.Model):
    """One change of one alert, stored in the transaction of the sample that caused it."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="transitions")
    at = models.DateTimeField(help_text="The sample's time.")
    stored_at = models.DateTimeField(auto_now_add=True)
    change = models.CharField(max_length=20)  # a Change; as choices they would be part of the schema
    value = models.FloatField(null=True, help_text="Empty for what people did.")
    severity = models.CharField(max_length=10, blank=True, help_text="The one after the change.")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            # Read by the search: what people wrote, among a hundred times as many changes by the machine.
            models.Index(fields=["alert"], condition=Q(value__isnull=True), name="transition_by_people"),
        ]

    def __str__(self) -> str:
        return f"{self.change} at {self.at:%H:%M:%S}"


class EvidenceMoment(models.TextChoices):
    """When in an alert's life evidence was taken."""

    ONSET = "onset", "before it fired"
    PEAK = "peak", "at its peak"
    RECOVERY = "recovery", "at its recovery"


class Evidence(models.Model):
    """Who kept the machine busy at one moment of an alert; the document's shape is that of diagnosis.evidence."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="evidence")
    moment = models.CharField(max_length=8, choices=EvidenceMoment.choices)
    at = models.DateTimeField()
    value = models.FloatField(help_text="Of the alert's metric, at this moment.")
    sentence = models.CharField(max_length=500)
    document = models.JSONField()

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "evidence"
        constraints = [models.UniqueConstraint(fields=["alert", "moment"], name="evidence_once_a_moment")]

    def __str__(self) -> str:
        return f"{self.title}: {self.sentence}"

    @property
    def title(self) -> str:
        """What the moment is called, wherever its sentence stands."""
        return moments.TITLES.get(self.moment, self.moment)

    @property
    def told_of(self) -> str:
        """Which time it tells of, and how much of that processes were looked at in; "" where its sentence says so."""
        if moments.LED_TO.get(self.moment, "") in self.sentence:
            return ""
        found = read(self.document)
        return moments.told_of(self.moment, found.judged_seconds, found.seconds)
