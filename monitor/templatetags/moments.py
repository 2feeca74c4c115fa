"""Filters of times: readable, to the second, and exact for scripts."""

from __future__ import annotations

from datetime import UTC, datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def when(moment: datetime | None) -> str | SafeString:
    """A <time> with date and time in the current zone; nothing for no time."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    exact = moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    text = f"{local.day} {local:%b %Y %H:%M:%S}"
    return format_html('<time datetime="{}">{}</time>', exact, text)
