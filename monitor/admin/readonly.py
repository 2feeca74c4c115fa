"""What lists and forms of the admin have in common: bounds, sentences for odd requests, and rows to look at alone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG, SEARCH_VAR, ChangeList, ChangeListSearchForm
from django.core.exceptions import FieldError, ValidationError
from django.db import DataError, NotSupportedError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from monitor.database.alone import only_writer
from monitor.metrics.times import shown
from monitor.web.ids import id_of

LONGEST_SEARCH = 200
INCOMPARABLE = (
    ArithmeticError, DataError, FieldError, LookupError, NotSupportedError, TypeError, ValidationError, ValueError,
)  # fmt: skip
"""What Django and databases raise for a filter that compares what cannot be compared, such as a year of 20 digits."""


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
        if any("\0" in value for value in filters) or any(name.endswith("__range") for name in request.GET):
            raise _unusable(
                request
            )  # Django does not split the ends of a range, but takes a text for its letters
        try:
            super().__init__(request, *args, **kwargs)
        except (*INCOMPARABLE, IncorrectLookupParameters) as error:
            raise _unusable(request) from error

    def get_results(self, request: HttpRequest) -> None:
        """Read the rows at once: what the database refuses is found out here, and not in the midst of the page."""
        super().get_results(request)
        len(self.result_list)


class Unusable(Exception):
    """The request makes no sense; the message is a sentence for whoever sent it."""


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

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The row of an address; None for what is no id of any."""
        return None if id_of(object_id) is None else super().get_object(request, object_id, from_field)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The list; rows that are ticked in it have ids."""
        ticked = request.POST.getlist(ACTION_CHECKBOX_NAME)
        odd = next((text for text in ticked if id_of(text) is None), None)
        if odd is not None:
            return self._refused(request, f"No row of the list has the id {shown(odd)}.")
        try:
            return super().changelist_view(request, extra_context)
        except Unusable as error:
            return self._refused(request, str(error))

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
        if "_saveasnew" in request.POST and not self.save_as:
            return self._refused(request, "Nothing is saved as new here: add it instead.")
        try:
            return super().changeform_view(request, *args, **kwargs)
        except (OverflowError, DataError):
            return self._refused(request, "The form holds a number or a text that no database can keep.")
        except Full as full:
            messages.error(request, str(full))
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def _refused(self, request: HttpRequest, sentence: str) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "title": "Not understood", "sentence": sentence}
        return render(request, "admin/refused.html", context, status=400)


def _unusable(request: HttpRequest) -> Exception:
    """Django leads back to the whole list once; who was led there already is told."""
    if ERROR_FLAG in request.GET:
        return Unusable("These filters are not understood.")
    return IncorrectLookupParameters()


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
