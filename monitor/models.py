"""What the database holds: fields, constraints, and the querysets that more than one reader needs."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from monitor.domain import metrics
from monitor.domain.metrics import CATALOGUE


def metric_choices() -> list[tuple[str, str]]:
    """Every metric as a choice; a callable, so that a new metric needs no migration."""
    return [(metric.name, metric.label) for metric in CATALOGUE.values()]


class Host(models.Model):
    """One monitored machine, with the facts that its sampler told last."""

    name = models.CharField(max_length=100, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    boot_id = models.CharField(max_length=64, blank=True)
    booted_at = models.DateTimeField(null=True, blank=True)
    effective_cores = models.FloatField(null=True, blank=True)
    cores_reason = models.CharField(max_length=200, blank=True)
    interval = models.FloatField(default=1.0, help_text="Seconds between samples.")
    sampler_started_at = models.DateTimeField(null=True, blank=True)
    sampler_stopped_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Statistics(models.Model):
    """One nullable column a metric, named as in the catalogue; null is unknown, never zero."""

    cpu_percent = models.FloatField(null=True)
    cpu_user_percent = models.FloatField(null=True)
    cpu_system_percent = models.FloatField(null=True)
    cpu_iowait_percent = models.FloatField(null=True)
    cpu_steal_percent = models.FloatField(null=True)
    cpu_busiest_core_percent = models.FloatField(null=True)
    load1 = models.FloatField(null=True)
    load5 = models.FloatField(null=True)
    load15 = models.FloatField(null=True)
    tasks_running = models.FloatField(null=True)
    tasks_blocked = models.FloatField(null=True)
    cpu_effective_cores = models.FloatField(null=True)
    pressure_cpu_some_percent = models.FloatField(null=True)
    pressure_io_some_percent = models.FloatField(null=True)
    pressure_io_full_percent = models.FloatField(null=True)
    pressure_memory_some_percent = models.FloatField(null=True)
    pressure_memory_full_percent = models.FloatField(null=True)
    memory_used_bytes = models.FloatField(null=True)
    memory_available_bytes = models.FloatField(null=True)
    swap_used_bytes = models.FloatField(null=True)
    disk_read_bytes_per_second = models.FloatField(null=True)
    disk_write_bytes_per_second = models.FloatField(null=True)
    network_received_bytes_per_second = models.FloatField(null=True)
    network_sent_bytes_per_second = models.FloatField(null=True)
    self_cpu_percent = models.FloatField(null=True)
    self_rss_bytes = models.FloatField(null=True)

    class Meta:
        abstract = True


class SampleQuerySet(models.QuerySet["Sample"]):
    """What more than one reader asks of the samples."""

    def as_stored(self, host: Host) -> SampleQuerySet:
        """The samples of `host` to be ordered or cut by id: in the order of storing, which no clock can change.

        host + 0 hides the column from SQLite's planner, which would walk and sort the index of all the host's
        samples to find the few newest ones.
        """
        return self.annotate(of=F("host_id") + 0).filter(of=host.pk)


class Sample(Statistics):
    """One stored reading of one host."""

    host = models.ForeignKey(Host, on_delete=models.CASCADE, db_index=False)
    taken_at_ms = models.BigIntegerField(help_text="Milliseconds since the epoch, by the host's clock.")
    covered_ms = models.IntegerField(
        help_text="Monotonic milliseconds that its rates speak for; 0 after a gap."
    )

    class Meta:
        constraints = [
            # Read by history (a span), alerts.resume (the tail) and retention (the oldest).
            models.UniqueConstraint(fields=["host", "taken_at_ms"], name="sample_once"),
        ]

    def __str__(self) -> str:
        return f"{self.host_id}@{self.taken_at_ms}"

    objects = SampleQuerySet.as_manager()

    def values(self) -> dict[str, float | None]:
        """Every metric by name."""
        return {name: getattr(self, name) for name in metrics.NAMES}


class Statistic(models.IntegerChoices):
    """What one row of a rollup holds for every metric; total is value x ms, weight is ms."""

    TOTAL = 0
    WEIGHT = 1
    LOW = 2
    HIGH = 3


class Rollup(Statistics):
    """A bucket of samples: four rows, one a statistic. A table a tier keeps neighbours in time neighbours on disk."""

    host = models.ForeignKey(Host, on_delete=models.CASCADE, db_index=False)
    start_ms = models.BigIntegerField()
    statistic = models.SmallIntegerField(choices=Statistic.choices)

    class Meta:
        abstract = True
        constraints = [
            # Read by history (a span) and by retention (the next tier, the oldest).
            models.UniqueConstraint(fields=["host", "start_ms", "statistic"], name="%(class)s_once"),
        ]

    def __str__(self) -> str:
        return f"{self.host_id}@{self.start_ms} {Statistic(self.statistic).label}"


class MinuteRollup(Rollup):
    """Buckets of one minute."""


class QuarterRollup(Rollup):
    """Buckets of 15 minutes."""


class HourRollup(Rollup):
    """Buckets of one hour."""


class RollupProgress(models.Model):
    """How far one tier of one host has come; changed in the transaction that stores its buckets."""

    host = models.ForeignKey(Host, on_delete=models.CASCADE, db_index=False)
    resolution = models.PositiveIntegerField(help_text="Seconds.")
    seen_id = models.BigIntegerField(
        default=0, help_text="The newest sample that was considered (first tier only)."
    )
    pending_from_ms = models.BigIntegerField(help_text="Every bucket before this is done.")
    pruned_until_ms = models.BigIntegerField(default=0, help_text="The tier's source is gone before this.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["host", "resolution"], name="one_progress_per_tier")]

    def __str__(self) -> str:
        return f"{self.resolution} s of {self.host}"


class GapKind(models.TextChoices):
    """Why there are no samples."""

    SAMPLER_DOWN = "sampler_down", "the sampler was down"
    SUSPENDED = "suspended", "the machine was suspended"
    REBOOTED = "rebooted", "the machine rebooted"
    CLOCK_STEPPED = "clock_stepped", "the clock was set"
    STORAGE_FAILING = "storage_failing", "samples could not be stored"


class Gap(models.Model):
    """A time without samples, and why; start and end are the samples around it, by the host's clock."""

    host = models.ForeignKey(Host, on_delete=models.CASCADE, db_index=False)
    start_ms = models.BigIntegerField()
    end_ms = models.BigIntegerField(help_text="Not before the start: a clock set back is an instant.")
    kind = models.CharField(max_length=20, choices=GapKind.choices)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-start_ms"]
        constraints = [
            models.UniqueConstraint(
                fields=["host", "start_ms", "kind"], name="gap_once"
            ),  # and history's index
            models.CheckConstraint(condition=Q(end_ms__gte=F("start_ms")), name="gap_runs_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.host}"


class Severity(models.TextChoices):
    """How bad an alert is."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class Rule(models.Model):
    """When an alert fires and when it clears; editable in the admin."""

    name = models.CharField(max_length=80, unique=True)
    metric = models.CharField(max_length=60, choices=metric_choices)
    severity = models.CharField(max_length=10, choices=Severity.choices, default=Severity.WARNING)
    window_seconds = models.PositiveIntegerField(
        default=0, help_text="Judge the mean of this many seconds; 0 judges the latest value."
    )
    threshold = models.FloatField(help_text="Fires at this value or above.")
    clear_threshold = models.FloatField(
        help_text="Clears below this value; it must not lie above the threshold."
    )
    per_core = models.BooleanField(
        default=False, help_text="Multiply both thresholds by the effective cores."
    )
    for_seconds = models.PositiveIntegerField(
        default=0, help_text="Fires only after this long at or above it."
    )
    hold_seconds = models.PositiveIntegerField(default=60, help_text="Clears only after this long below.")
    enabled = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(clear_threshold__lte=F("threshold")), name="rule_clears_below"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse numbers that no alert could live with, each with a sentence."""
        errors: dict[str, str] = {}
        for field in ("threshold", "clear_threshold"):
            value = getattr(self, field)
            if value is not None and not abs(value) < 1e15:
                errors[field] = f"{value} is not a usable number."
        if (
            not errors
            and None not in (self.threshold, self.clear_threshold)
            and self.clear_threshold > self.threshold
        ):
            errors["clear_threshold"] = (
                f"The alert could never clear: {self.clear_threshold:g} lies above the threshold {self.threshold:g}."
            )
        for field, limit in (("window_seconds", 3600), ("for_seconds", 3600), ("hold_seconds", 86400)):
            if (getattr(self, field) or 0) > limit:
                errors[field] = f"Give at most {limit} seconds."
        if errors:
            raise ValidationError(errors)


class AlertState(models.TextChoices):
    """Where a stored alert stands; what never fired is not stored."""

    FIRING = "firing"
    RECOVERING = "recovering"
    RESOLVED = "resolved"


class Alert(models.Model):
    """One episode of one rule on one host, kept for ever with the numbers that it fired on."""

    host = models.ForeignKey(Host, on_delete=models.CASCADE)
    rule = models.ForeignKey(Rule, on_delete=models.SET_NULL, null=True)
    rule_name = models.CharField("rule", max_length=80)
    metric = models.CharField(max_length=60)
    severity = models.CharField(max_length=10, choices=Severity.choices)
    state = models.CharField(max_length=10, choices=AlertState.choices, default=AlertState.FIRING)
    started_at = models.DateTimeField(help_text="When the condition first held.")
    fired_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(help_text="When the value was last known.")
    threshold = models.FloatField(help_text="Absolute: already multiplied by the effective cores.")
    clear_threshold = models.FloatField()
    value = models.FloatField(help_text="The latest value, or the one at which it resolved.")
    peak = models.FloatField()
    is_test = models.BooleanField("test", default=False, help_text="A load test was running.")
    end_observed = models.BooleanField(default=True, help_text="False: it ended while nobody looked.")
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-fired_at", "-id"]
        constraints = [
            # Also the index by which the sampler finds the open alerts.
            models.UniqueConstraint(
                fields=["host", "rule"], condition=Q(resolved_at__isnull=True), name="one_open_alert_per_rule"
            ),
        ]
        indexes = [models.Index(fields=["host", "-fired_at"], name="alert_by_host")]  # the page, the API

    def __str__(self) -> str:
        return f"{self.rule_name} on {self.host}, {self.fired_at:%Y-%m-%d %H:%M:%S}"


class Transition(models.Model):
    """One change of one alert, stored in the transaction of the sample that caused it."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="transitions")
    at = models.DateTimeField(help_text="The sample's time.")
    stored_at = models.DateTimeField(auto_now_add=True)
    change = models.CharField(max_length=20)
    value = models.FloatField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.change} at {self.at:%H:%M:%S}"


class LoadTestState(models.TextChoices):
    """Where a load test stands."""

    REQUESTED = "requested"
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"


UNFINISHED = (LoadTestState.REQUESTED, LoadTestState.RUNNING)


class LoadTest(models.Model):
    """One bounded load test of one host: who asked, what ran, and what it proved."""

    host = models.ForeignKey(Host, on_delete=models.CASCADE)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )
    requested_at = models.DateTimeField(auto_now_add=True)
    seconds = models.PositiveIntegerField()
    workers = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=LoadTestState.choices, default=LoadTestState.REQUESTED)
    cancel_requested = models.BooleanField(default=False)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    report = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            # Also the index by which the sampler finds work.
            models.UniqueConstraint(
                fields=["host"],
                condition=Q(state__in=["requested", "running"]),
                name="one_load_test_per_host",
            ),
        ]
        permissions = [("run_loadtest", "Can start and cancel load tests")]

    def __str__(self) -> str:
        return f"Load test {self.pk} on {self.host}"
