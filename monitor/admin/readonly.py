"""Read-only rows in the admin: to be looked at, searched and filtered, never edited."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList, ChangeListSearchForm
from django.db.models import Model
from django.http import HttpRequest
from django.shortcuts import redirect

from monitor.database.alone import only_writer

LONGEST_SEARCH = 200


class SearchForm(ChangeListSearchForm):
    """Refuses a search that is too long to be one, with a message above the list."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[SEARCH_VAR] = forms.CharField(required=False, strip=False, max_length=LONGEST_SEARCH)


class BoundedList(ChangeList):
    """A list with a bounded search; what no database can compare sends one back to the whole list."""

    search_form_class = SearchForm

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        filters = (value for name, values in request.GET.lists() if name != SEARCH_VAR for value in values)
        if any("\0" in value for value in filters):
            raise IncorrectLookupParameters
        try:
            super().__init__(request, *args, **kwargs)
        except (OverflowError, ValueError) as error:  # a year of 20 digits
            raise IncorrectLookupParameters(error) from error


class Full(Exception):
    """There is no room for another row; the message is a sentence."""


class Bounded(admin.ModelAdmin):  # type: ignore[type-arg]
    """A list that no query string can make expensive or bring down, and of which there are no more rows than `most`."""

    list_per_page = 50
    show_full_result_count = False
    most: int | None = None

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Our list."""
        return BoundedList

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Any of Django's own, except patterns, which can be made to run for hours."""
        return not lookup.endswith("regex") and super().lookup_allowed(lookup, value, request)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Store it; a new one only where there is room, counted so that of many who try at once none is too many."""
        if change or self.most is None:
            super().save_model(request, obj, form, change)
            return
        with only_writer(self.model):
            if self.model._default_manager.count() >= self.most:
                raise Full(
                    f"There are {self.most} {self.opts.verbose_name_plural} already: delete one first."
                )
            super().save_model(request, obj, form, change)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The form; where there is no room for what it holds, the list with the reason above it."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Full as full:
            messages.error(request, str(full))
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")


class ReadOnly(Bounded):
    """Rows that only loadmon itself writes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody may."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody may."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody may."""
        return False
