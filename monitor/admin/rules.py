"""Alert rules in the admin: edited with validation, read as sentences."""

from __future__ import annotations

from django.contrib import admin

from monitor.admin.readonly import Bounded
from monitor.domain.sentences import rule_sentence
from monitor.models import Rule


@admin.register(Rule)
class RuleAdmin(Bounded):
    """The rules; the sampler follows a change at its next tick."""

    list_display = ("name", "sentence", "severity", "enabled")
    list_filter = ("enabled", "severity")
    readonly_fields = ("sentence",)
    fieldsets = (
        (None, {"fields": ("name", "enabled", "severity", "sentence")}),
        ("Value", {"fields": ("metric", "window_seconds", "per_core")}),
        ("Fires", {"fields": ("threshold", "for_seconds")}),
        ("Clears", {"fields": ("clear_threshold", "hold_seconds")}),
    )

    @admin.display(description="in words")
    def sentence(self, row: Rule) -> str:
        """The stored rule in one sentence."""
        return rule_sentence(row) if row.pk else "Save the rule to read it as a sentence."
