"""Table of share links: under each one alert may be read without logging in."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models

from monitor.alerts.models import Alert


class ShareLink(models.Model):
    """A secret address under which one alert may be read without logging in, until it expires."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="share_links")
    token_hash = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token, in hex.")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.alert}, until {self.expires_at:%Y-%m-%d %H:%M}"

    def has_ended(self, now: datetime) -> bool:
        """Whether it was revoked or has expired."""
        return self.revoked_at is not None or self.expires_at <= now
