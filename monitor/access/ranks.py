"""Ranks: what a person may give to others, and over whom; nobody gives what he has not, or rules over one who has more."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, Group, Permission, User
from django.db.models import Q, QuerySet

Person = AbstractBaseUser | AnonymousUser


def is_highest(actor: Person) -> bool:
    """Whether `actor` has every right there is: an active superuser."""
    return bool(actor.is_active and getattr(actor, "is_superuser", False))


def permissions(actor: Person) -> QuerySet[Permission]:
    """The permissions that `actor` has and so may give."""
    every = Permission.objects.all()
    if is_highest(actor):
        return every
    if actor.pk is None:  # a stranger: "of nobody" would be the permissions that nobody has
        return every.none()
    own = Permission.objects.filter(Q(user=actor.pk) | Q(group__user=actor.pk))
    return every.filter(pk__in=own.values("pk"))


def groups(actor: Person) -> QuerySet[Group]:
    """The groups that hold no permission which `actor` lacks: those he may change, delete and put others into."""
    every = Group.objects.all()
    return every if is_highest(actor) else every.exclude(permissions__in=_lacking(actor))


def users(actor: Person) -> QuerySet[User]:
    """The accounts that have no more rights than `actor`, active or not: those he may change and delete."""
    every = User.objects.all()
    if is_highest(actor):
        return every
    lacking = _lacking(actor)
    above = Q(is_superuser=True) | Q(user_permissions__in=lacking) | Q(groups__permissions__in=lacking)
    return every.exclude(pk__in=User.objects.filter(above).values("pk"))


def _lacking(actor: Person) -> QuerySet[Permission]:
    return Permission.objects.exclude(pk__in=permissions(actor).values("pk"))
