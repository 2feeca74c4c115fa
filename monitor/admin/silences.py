"""Silences in the admin: once or every week, by checkboxes, with sentences where something is wrong."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from monitor.admin.readonly import Bounded, Full
from monitor.admin.times import local_time, to_the_second
from monitor.notifications import silences
from monitor.notifications.models import Silence

IDLE = "Holds nothing back now: {}. To end a weekly silence for ever, delete it or give it an end."
DAYS = tuple(enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")))


class Weekdays(forms.MultipleChoiceField):
    """Days as checkboxes, stored as digits: 0 is Monday."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=[(str(number), name) for number, name in DAYS], widget=forms.CheckboxSelectMultiple,
                         **options)  # fmt: skip

    def prepare_value(self, value: Any) -> Any:
        """Digits as a list of them."""
        return list(value) if isinstance(value, str) else value

    def clean(self, value: Any) -> Any:
        """The digits in the order of the week."""
        return "".join(sorted(super().clean(value)))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether other days are ticked than are stored."""
        return sorted(initial or "") != sorted(data or [])


class SilenceForm(forms.ModelForm):  # type: ignore[type-arg]
    """A silence, with weekdays to tick and time zones to choose from."""

    weekdays = Weekdays(
        required=False, help_text="None ticked: a silence for once, from its start to its end."
    )
    time_zone = forms.ChoiceField(
        help_text="In which the times of a weekly one are meant.",
        choices=lambda: [(name, name) for name in sorted(zoneinfo.available_timezones() | {"UTC"})],
    )

    class Meta:
        model = Silence
        fields = (
            "rule",
            "host",
            "starts_at",
            "ends_at",
            "weekdays",
            "from_time",
            "until_time",
            "time_zone",
            "note",
        )


@admin.register(Silence)
class SilenceAdmin(Bounded):
    """When messages are held back."""

    form = SilenceForm
    list_display = (
        "what",
        "standing",
        "week",
        to_the_second("starts_at"),
        to_the_second("ends_at"),
        "created_by",
        "note",
    )
    list_filter = ("maintenance", "rule", "host")
    list_select_related = ("rule", "host", "created_by")
    fieldsets = (
        ("What is held back", {"fields": ("rule", "host", "note")}),
        ("From when until when", {"fields": ("starts_at", "ends_at")}),
        ("Every week", {"fields": ("weekdays", "from_time", "until_time", "time_zone")}),
    )
    actions = ("end_now",)

    @admin.display(description="silence")
    def what(self, row: Silence) -> str:
        """Whose messages."""
        return f"Maintenance: {row}" if row.maintenance else str(row)

    @admin.display(description="now")
    def standing(self, row: Silence) -> str:
        """Whether it holds something back now, and until when."""
        now = timezone.now()
        quiet = silences.as_quiet(row)
        if not quiet.covers(now):
            return "over" if row.ends_at is not None and row.ends_at <= now else "not now"
        end = quiet.end_at(now)
        return f"until {local_time(end)}" if end else "without an end"

    @admin.display(description="every week")
    def week(self, row: Silence) -> str:
        """The days and times of a weekly one."""
        if not row.weekdays or row.from_time is None or row.until_time is None:
            return ""
        days = ", ".join(name[:3] for number, name in DAYS if str(number) in row.weekdays)
        return f"{days} {row.from_time:%H:%M} to {row.until_time:%H:%M}, {row.time_zone}"

    @admin.action(
        description="End the selected silences now (weekly ones: for this time only)", permissions=["change"]
    )
    def end_now(self, request: HttpRequest, queryset: QuerySet[Silence]) -> None:
        """End them; what they held back and still holds true is told then."""
        now = timezone.now()
        idle = [str(row) for row in queryset if not silences.end(row, now) and row.weekdays]
        if idle:
            messages.warning(request, IDLE.format(", ".join(idle)))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """From now on, in the zone of the admin; a dict because Django's admin wants one."""
        return {"starts_at": timezone.now(), "time_zone": timezone.get_current_timezone_name()}

    def save_model(self, request: HttpRequest, obj: Silence, form: Any, change: bool) -> None:
        """With who made it."""
        obj.resumes_at = None  # who stores it wants it to hold
        if not change:
            obj.created_by = request.user  # type: ignore[assignment]
        try:
            silences.store(obj, timezone.now())
        except silences.TooMany as error:
            raise Full(str(error)) from error
