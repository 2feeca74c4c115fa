"""Users and groups in the admin: Django's own, with bounded lists, in which nobody gives more rights than he has."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from monitor.access import ranks
from monitor.admin.readonly import Bounded
from monitor.metrics.text import visible

admin.site.unregister([User, Group])

ONLY_A_SUPERUSER = "Only a superuser makes somebody a superuser."


class Ranked(Bounded):
    """Accounts and groups: those with more rights than whoever asks are his to look at, no more."""

    def within_reach(self, request: HttpRequest) -> QuerySet[Any]:
        """Those that `request` may change and delete."""
        raise NotImplementedError

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Not for one that has a right which whoever asks has not."""
        return super().has_change_permission(request, obj) and self._reaches(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Not for one that has a right which whoever asks has not."""
        return super().has_delete_permission(request, obj) and self._reaches(request, obj)

    def formfield_for_dbfield(self, *args: Any, **kwargs: Any) -> Any:
        """Names that read as they are: nothing hides in them or turns them around."""
        field: Any = super().formfield_for_dbfield(*args, **kwargs)
        if isinstance(field, forms.CharField):
            field.validators.append(_reads_as_it_is)
        return field

    def formfield_for_manytomany(self, db_field: Any, request: Any = None, **kwargs: Any) -> Any:
        """Groups and permissions to choose from: those that whoever asks has himself."""
        choices = {
            "groups": ranks.groups,
            "permissions": ranks.permissions,
            "user_permissions": ranks.permissions,
        }
        if db_field.name in choices:
            kwargs["queryset"] = choices[db_field.name](request.user)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def _reaches(self, request: HttpRequest, obj: Model | None) -> bool:
        return obj is None or self.within_reach(request).filter(pk=obj.pk).exists()


@admin.register(User)
class BoundedUsers(Ranked, UserAdmin):  # type: ignore[type-arg]
    """Who may log in."""

    def within_reach(self, request: HttpRequest) -> QuerySet[User]:
        """The accounts that have no more rights."""
        return ranks.users(request.user)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """When somebody came is nobody's to say: login links go by it. Only a superuser makes another."""
        times = ("last_login", "date_joined")
        return times if ranks.is_highest(request.user) else (*times, "is_superuser")

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The form; whoever asks for more than it offers is told."""
        if "is_superuser" in request.POST and not ranks.is_highest(request.user):
            raise PermissionDenied(ONLY_A_SUPERUSER)
        return super().changeform_view(request, *args, **kwargs)


@admin.register(Group)
class BoundedGroups(Ranked, GroupAdmin):
    """Permissions given together."""

    def within_reach(self, request: HttpRequest) -> QuerySet[Group]:
        """The groups that hold no permission which whoever asks lacks."""
        return ranks.groups(request.user)


def _reads_as_it_is(text: str) -> None:
    if visible(text) != " ".join(text.split()):
        raise ValidationError("It holds characters that are not seen, or turn the text around: type it anew.")
