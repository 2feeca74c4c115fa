"""Alert rules in the admin: edited with validation, read as sentences, tried on the past while they are typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from monitor.admin.readonly import Bounded
from monitor.rules.domain.sentences import rule_sentence
from monitor.rules.domain.spec import PARTS
from monitor.rules.models import Rule
from monitor.runtime import clock
from monitor.web.rules.panel import panel

FOLDED = {
    "Critical level": "The same alert becomes critical, and steps down again, by these numbers. "
    "They wait and hold as long as those of the rule.",
    "Exception": "No alert begins while another metric is high; one that stands takes no notice. "
    "It is judged by its mean over the same window, or by its latest value.",
}
"""The parts of a rule that most have no need of, with what they are for."""


def _fieldset(part: str) -> tuple[str, Any]:
    folded = {"classes": ("collapse",), "description": FOLDED[part]} if part in FOLDED else {}
    return part, {"fields": PARTS[part], **folded}


@admin.register(Rule)
class RuleAdmin(Bounded):
    """The rules; the sampler follows a change at its next tick."""

    most = 200
    list_display = ("name", "sentence", "severity", "enabled")
    list_filter = ("enabled", "severity")
    search_fields = ("name", "metric")
    search_help_text = "Words of the rule's name or of its metric's."
    fieldsets = (
        (None, {"fields": ("name", "enabled", "severity")}),
        *map(_fieldset, PARTS),
    )

    @property
    def media(self) -> forms.Media:
        """Chart.js and the panel's module, with the colours of the charts."""
        return super().media + forms.Media(
            css={
                "all": ["monitor/css/theme.css", "monitor/css/backtest.css", "monitor/css/admin/backtest.css"]
            },
            js=[
                forms.Script("vendor/chart.umd.min.js", defer=True),  # type: ignore[list-item]
                forms.Script("monitor/js/rules/backtest/admin.js", type="module"),  # type: ignore[list-item]
            ],
        )

    @admin.display(description="in words")
    def sentence(self, row: Rule) -> str:
        """The stored rule in one sentence."""
        return rule_sentence(row.spec())

    def view_on_site(self, row: Rule) -> str:
        """The rule's own page, for those who may not edit it."""
        return reverse("rule", args=[row.pk])

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The form with the panel below it."""
        stored: Rule | None = kwargs.get("obj")
        saved = Rule.objects.filter(pk=stored.pk).first() if stored else None  # obj may hold refused numbers
        context["backtest"] = panel(saved, None, clock.now_ms())
        return super().render_change_form(request, context, *args, **kwargs)
