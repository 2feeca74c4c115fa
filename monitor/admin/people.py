"""Users and groups in the admin: Django's own, with lists that no query string can make expensive."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User

from monitor.admin.readonly import Bounded

admin.site.unregister([User, Group])


@admin.register(User)
class BoundedUsers(Bounded, UserAdmin):  # type: ignore[type-arg]
    """Who may log in."""


@admin.register(Group)
class BoundedGroups(Bounded, GroupAdmin):
    """Permissions given together."""
