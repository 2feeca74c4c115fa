"""Load tests: who asked, what ran, and what it proved."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from monitor.alerts.models import Alert
from monitor.hosts.models import Host
from monitor.notifications.models import Receiver
from monitor.rules.models import Rule


class LoadTestState(models.TextChoices):
    """Where a load test stands."""

    REQUESTED = "requested"
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"


class LoadTestKind(models.TextChoices):
    """What a load test keeps busy."""

    CPU = "cpu", "CPU"
    IO = "io", "disk"


UNFINISHED = (LoadTestState.REQUESTED, LoadTestState.RUNNING)


class LoadTest(models.Model):
    """One bounded load test of one host: who asked, what ran, and what it proved."""

    host = models.ForeignKey(Host, on_delete=models.CASCADE)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )
    requested_at = models.DateTimeField(auto_now_add=True)
    kind = models.CharField(max_length=3, choices=LoadTestKind.choices, default=LoadTestKind.CPU)
    seconds = models.PositiveIntegerField()
    workers = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=LoadTestState.choices, default=LoadTestState.REQUESTED)
    cancel_requested = models.BooleanField(default=False)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    expects_alert = models.BooleanField(default=False, help_text="A drill: it fails unless an alert arrives.")
    rule = models.ForeignKey(
        Rule,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        help_text="Of a drill: the one that must fire.",
    )
    promised_seconds = models.FloatField(
        null=True, blank=True, help_text="Of a drill: how soon the rule's numbers let it fire."
    )
    alert = models.ForeignKey(
        Alert, on_delete=models.SET_NULL, null=True, blank=True, help_text="Of a drill: the one that fired."
    )
    receivers = models.ManyToManyField(
        Receiver, blank=True, help_text="Of a drill: each must get the message."
    )
    seen_in_browser_at = models.DateTimeField(
        null=True, blank=True, help_text="When a browser first said that it showed the alert."
    )
    passed = models.BooleanField(null=True, help_text="Of a drill that has ended.")
    report = models.CharField(max_length=2000, blank=True)

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
