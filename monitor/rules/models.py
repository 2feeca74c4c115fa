"""Rules as rows: when an alert fires and when it clears, as edited in the admin."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from monitor.metrics.catalogue import JUDGED
from monitor.metrics.text import NOTHING_SEEN, visible
from monitor.rules.domain import severity
from monitor.rules.domain.spec import FIELDS, RuleSpec
from monitor.rules.domain.validation import complaints


def metric_choices() -> list[tuple[str, str]]:
    """Everything that a rule can judge as a choice; a callable, so that a new metric needs no migration."""
    return [(metric.name, metric.label) for metric in JUDGED.values()]


class Severity(models.TextChoices):
    """How bad an alert is."""

    INFO = severity.INFO
    WARNING = severity.WARNING
    CRITICAL = severity.CRITICAL


class Comparison(models.TextChoices):
    """On which side of the threshold an alert fires."""

    ABOVE = "above", "at or above"
    BELOW = "below", "at or below"


class WindowStatistic(models.TextChoices):
    """What of a window is judged."""

    MEAN = "mean", "the mean"
    MAX = "max", "the extreme: the highest value, or the lowest where the rule fires below"
    SHARE = "share", "the share of time beyond a level, in percent"


class Rules(models.QuerySet["Rule"]):
    """Rules, deleted without widening what their receivers hear of."""

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete them; a receiver of these rules alone hears of nothing then."""
        for rule in self:
            rule.limit_receivers()
        return super().delete()

    delete.queryset_only = True  # type: ignore[attr-defined]  # as in Django: not on the manager
    delete.alters_data = True  # type: ignore[attr-defined]


class Rule(models.Model):
    """When an alert fires and when it clears; editable in the admin."""

    name = models.CharField(max_length=80, unique=True)
    metric = models.CharField(max_length=60, choices=metric_choices)
    severity = models.CharField(max_length=10, choices=Severity.choices, default=Severity.WARNING)
    comparison = models.CharField(max_length=5, choices=Comparison.choices, default=Comparison.ABOVE)
    window_seconds = models.PositiveIntegerField(
        default=0, help_text="Judge this many seconds; 0 judges the latest value."
    )
    statistic = models.CharField(
        max_length=5,
        choices=WindowStatistic.choices,
        default=WindowStatistic.MEAN,
        help_text="What of the window is judged; without a window it has no meaning.",
    )
    level = models.FloatField(
        null=True,
        blank=True,
        help_text="For the share of time: the value that counts as beyond. The thresholds are then percent of time.",
    )
    threshold = models.FloatField(help_text="Fires at this value or beyond.")
    clear_threshold = models.FloatField(
        help_text="Clears once the value has come back past this one; it must lie on the calm side of the threshold."
    )
    critical_threshold = models.FloatField(
        null=True,
        blank=True,
        help_text="An alert that stands becomes critical at this value or beyond; empty: never.",
    )
    critical_clear_threshold = models.FloatField(
        null=True, blank=True, help_text="It steps down once the value has come back past this one."
    )
    critical_metric = models.CharField(
        max_length=60,
        blank=True,
        choices=metric_choices,
        help_text="What the critical thresholds judge, by its latest value; empty: the same as the others.",
    )
    per_core = models.BooleanField(
        default=False,
        help_text="Multiply the thresholds by the effective cores; of a share of time, the level.",
    )
    for_seconds = models.PositiveIntegerField(
        default=0, help_text="Fires only after this long at it or beyond; becomes critical likewise."
    )
    hold_seconds = models.PositiveIntegerField(
        default=60, help_text="Clears only after this long on the calm side; steps down likewise."
    )
    unless_metric = models.CharField(
        max_length=60,
        blank=True,
        choices=metric_choices,
        help_text="Does not fire while this metric, judged the same way, is at or above the value below; empty: always.",
    )
    unless_value = models.FloatField(null=True, blank=True)
    enabled = models.BooleanField(default=True)

    objects = Rules.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                # Much of a bad time is bad: a share of time fires upwards whichever side of the level counts.
                condition=(Q(comparison="above") | Q(statistic="share"))
                & Q(clear_threshold__lte=F("threshold"))
                | Q(comparison="below") & ~Q(statistic="share") & Q(clear_threshold__gte=F("threshold")),
                name="rule_clears_on_the_calm_side",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def spec(self) -> RuleSpec:
        """This row, stored or not, as values."""
        values = {field: getattr(self, field) for field in ("name", "severity", *FIELDS)}
        return RuleSpec(id=self.pk or 0, **values)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete it; a receiver of this rule alone hears of nothing then."""
        self.limit_receivers()
        return super().delete(*args, **kwargs)

    def limit_receivers(self) -> None:
        """Keep the receivers of this rule limited, whoever chose their rules and however."""
        self.receiver_set.update(only_chosen_rules=True)

    def clean(self) -> None:
        """Refuse numbers that no alert could live with and a name that nobody can read, each with a sentence."""
        errors = complaints(self.spec())
        if self.name and not visible(self.name):
            errors["name"] = NOTHING_SEEN
        self.name = visible(self.name)
        if errors:
            raise ValidationError(errors)
