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
    failing = models.JSONField(
        null=True,
        blank=True,
        editable=False,
        help_text="Collectors that fail, by name, each with a sentence.",
    )
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


class Lease(models.Model):
    """Who samples a host: one sampler at a time, wherever it runs; `turns` rises while it lives."""

    host = models.OneToOneField(Host, on_delete=models.CASCADE, primary_key=True, related_name="+")
    holder = models.CharField(
        max_length=32, blank=True, help_text="Of one sampler process; empty once it went."
    )
    boot_id = models.CharField(max_length=64, blank=True)
    namespace = models.CharField(max_length=64, blank=True, help_text="That its process id counts in.")
    pid = models.PositiveIntegerField()
    machine = models.CharField(max_length=100, help_text="What its machine calls itself.")
    directory = models.CharField(max_length=300, help_text="Its data directory.")
    place = models.CharField(max_length=64, blank=True, help_text="Device and number of that directory.")
    turns = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f'process {self.pid} on "{self.machine}", with the data directory {self.directory}'
