"""Samples rolled up: a table a tier, one row a bucket, and how far each tier has come."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Cast, Coalesce

from monitor.domain import metrics, steps
from monitor.domain.packing import PARTS
from monitor.models.hosts import Host


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

    {metric}_total is steps x ms, {metric}_low and {metric}_high are steps (domain.steps), null where nothing is known.
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


for _metric in metrics.NAMES:
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
