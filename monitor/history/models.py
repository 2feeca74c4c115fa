"""Tables of the history: samples, the tiers that they are rolled up into, and the gaps between them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Cast, Coalesce

from monitor.history.domain import steps
from monitor.history.domain.tiers import PARTS
from monitor.hosts.models import Host
from monitor.metrics import catalogue


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
    memory_available_percent = models.FloatField(null=True)
    swap_used_bytes = models.FloatField(null=True)
    swap_bytes_per_second = models.FloatField(null=True)
    disk_fullest_percent = models.FloatField(null=True)
    disk_read_bytes_per_second = models.FloatField(null=True)
    disk_write_bytes_per_second = models.FloatField(null=True)
    network_received_bytes_per_second = models.FloatField(null=True)
    network_sent_bytes_per_second = models.FloatField(null=True)
    self_cpu_percent = models.FloatField(null=True)
    self_rss_bytes = models.FloatField(null=True)

    class Meta:
        abstract = True


class Sample(Statistics):
    """One stored reading of one host."""

    host = models.ForeignKey(Host, on_delete=models.CASCADE, db_index=False)
    taken_at_ms = models.BigIntegerField(help_text="Milliseconds since the epoch, by the host's clock.")
    covered_ms = models.IntegerField(
        help_text="Monotonic milliseconds that its rates speak for; 0 after a gap."
    )

    class Meta:
        constraints = [
            # Read by spans, by alerts.restoring (the tail) and by retention (the oldest).
            models.UniqueConstraint(fields=["host", "taken_at_ms"], name="sample_once"),
        ]

    def __str__(self) -> str:
        return f"{self.host_id}@{self.taken_at_ms}"

    def values(self) -> dict[str, float | None]:
        """Every metric by name."""
        return {name: getattr(self, name) for name in catalogue.NAMES}


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


def column(metric: str, part: str) -> str:
    """The column of one part of a metric's summary."""
    return f"{metric}_{part}"


def weight_of(metric: str) -> Coalesce:
    """The time (ms) that a bucket's value of a metric speaks for; only where its total is not null."""
    return Coalesce(F(column(metric, "weight")), Cast(F("weight"), models.FloatField()))


def mean_of(metric: str) -> models.expressions.CombinedExpression:
    """A bucket's time-weighted mean of a metric as a value, null where nothing is known."""
    return F(column(metric, "total")) / weight_of(metric) / Value(steps.FACTORS[metric])


def extreme_of(metric: str, part: str) -> models.expressions.CombinedExpression:
    """A bucket's "low" or "high" of a metric as a value, null where nothing is known."""
    return F(column(metric, part)) / Value(steps.FACTORS[metric])


class Rollup(models.Model):
    """A bucket of samples; beside these fields four nullable numbers a metric, made below.

    {metric}_total is steps x ms, {metric}_low and {metric}_high are steps (domain/steps.py), null where nothing is known.
    {metric}_weight is null where it is the `weight` of the bucket: most metrics speak for the same time. All are whole;
    the columns are floats because SQLite keeps whole floats as short as integers, and sums of them cannot overflow.
    """

    host = models.ForeignKey(Host, on_delete=models.CASCADE, db_index=False)
    start_ms = models.BigIntegerField()
    weight = models.BigIntegerField(help_text="Milliseconds that most metrics speak for.")

    class Meta:
        abstract = True
        constraints = [
            # Read by history (a span) and by retention (the next tier, the oldest).
            models.UniqueConstraint(fields=["host", "start_ms"], name="%(class)s_one_a_bucket"),
        ]

    def __str__(self) -> str:
        return f"{self.host_id}@{self.start_ms}"


for _metric in catalogue.NAMES:
    for _part in PARTS:
        Rollup.add_to_class(column(_metric, _part), models.FloatField(null=True))


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


class Passing(models.Model):
    """What a sampler saw of passing time, and how much of a host's history may go for it (domain/passing.py).

    host is what it samples, or one that nothing samples any more. Milliseconds throughout; changed in the transaction
    that deletes, so that no restart loses or makes any.
    """

    sampler = models.ForeignKey(Host, on_delete=models.CASCADE, db_index=False, related_name="+")
    host = models.ForeignKey(Host, on_delete=models.CASCADE, related_name="+")
    boot_id = models.CharField(max_length=64, blank=True)
    boottime_ms = models.BigIntegerField()
    wall_ms = models.BigIntegerField()
    calm_ms = models.BigIntegerField(default=0, help_text="For so long time has passed in order.")
    raw_ms = models.BigIntegerField(default=0)
    minute_ms = models.BigIntegerField(default=0)
    quarter_ms = models.BigIntegerField(default=0)
    hour_ms = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sampler", "host"], name="one_passing_per_host")]

    def __str__(self) -> str:
        return f"{self.host} as {self.sampler} saw it"
