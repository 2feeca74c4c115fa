"""Cells of the calendar of alerts: 365 links, made at once, for a template takes its time with each."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from monitor.web.alerts.calendar import YearCell

register = template.Library()
EMPTY = mark_safe("<td></td>")
CELL = '<td><a href="{}" data-date="{}" data-level="{}"{}{} title="{}"><span class="visually-hidden">{}</span></a></td>'


@register.filter
def year_cells(cells: Iterable[YearCell | None]) -> SafeString:
    """One row of the calendar; None is a day outside the year."""
    return format_html_join("", "{}", ((EMPTY if cell is None else _cell(cell),) for cell in cells))


def _cell(cell: YearCell) -> SafeString:
    severity = format_html(' data-severity="{}"', cell.worst) if cell.worst else ""
    chosen = mark_safe(' aria-current="date"') if cell.is_chosen else ""
    return format_html(CELL, cell.address, cell.date, cell.level, severity, chosen, cell.words, cell.words)
