"""The table of hosts: the monitored machines."""

from __future__ import annotations

from django.db import models

SYNTHETIC = "synthetic demo data"


class Host(models.Model):
    """One monitored machine, with the facts that its sampler told last."""

    name = models.CharField(max_length=100, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    renamed_from = models.CharField(
        max_length=100, blank=True, default="", db_default="", help_text="What it was called before."
    )
    renamed_at = models.DateTimeField(null=True, blank=True)
    machine_id = models.CharField(
        max_length=32,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="Made from the machine's own id, which cannot be told from it; empty where it has none.",
    )
    boot_id = models.CharField(max_length=64, blank=True)
    booted_at = models.DateTimeField(null=True, blank=True)
    effective_cores = models.FloatField(null=True, blank=True)
    cores_reason = models.CharField(max_length=200, blank=True)
    memory_reason = models.CharField(max_length=200, blank=True, default="")
    interval = models.FloatField(default=1.0, help_text="Seconds between samples.")
    sampler_started_at = models.DateTimeField(null=True, blank=True)
    sampler_stopped_at = models.DateTimeField(null=True, blank=True)
    busy = models.JSONField(
        null=True,
        blank=True,
        editable=False,
        help_text="What kept it busy at the last scan of its processes.",
    )
    busy_at = models.DateTimeField(null=True, blank=True, editable=False)

    def __str__(self) -> str:
        return self.name

    @property
    def is_synthetic(self) -> bool:
        """Whether seeddemo made it up: nobody is told of its alerts."""
        return self.cores_reason == SYNTHETIC
