"""Login links and the first administrator: how a person gets in without a default password."""

from __future__ import annotations

import struct

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db import models
from django.urls import reverse
from django.utils import timezone
from sesame.backends import ModelBackend
from sesame.tokens import parse_token
from sesame.utils import get_query_string

from monitor.access.domain import is_loopback

ADMINISTRATOR = "admin"
NO_LINK = (
    "No login link can be made at the date of this machine, {:%Y-%m-%d}: set its clock, or give the account a password "
    "with `manage.py changepassword`."
)
BACKEND = "sesame.backends.ModelBackend"
ANY_ADDRESS = ("", "0.0.0.0", "::", "*")  # noqa: S104  (compared with, never bound to)


def ensure_administrator() -> tuple[User, bool]:
    """Return an active superuser and whether it was made just now, with login links instead of a password.

    Two processes may call this at once: the unique user name decides. An ordinary or deactivated account
    that holds the name "admin" is left as it is; the new one is called "admin2" and so on.
    """
    existing = administrators().order_by("pk").first()
    number = 1
    while existing is None:
        user, created = _get_or_create(ADMINISTRATOR + (str(number) if number > 1 else ""))
        if created or (user.is_superuser and user.is_active):
            return user, created
        number += 1
    return existing, False


def login_link(user: User, base_url: str) -> str:
    """A URL under `base_url` that logs `user` in once, within SESAME_MAX_AGE seconds.

    Raises OverflowError, with a sentence, at a date that no link can carry.
    """
    try:
        return f"{base_url.rstrip('/')}{reverse('login_link')}{get_query_string(user)}"
    except struct.error as error:
        raise OverflowError(NO_LINK.format(timezone.now())) from error


def owner(token: str) -> User | None:
    """Whom `token` would log in now; None where it is none, was used, or is too old. Looking does not use it up."""
    found: User | None = parse_token(token, ModelBackend().get_user)
    return found


def spend(token: str) -> User | None:
    """Use `token` up and return whom it logs in; of many who try at once one gets the user, the others None.

    A token is good for one time of the last login, so whoever moves that first has used it up.
    """
    user = owner(token)
    if user is None:
        return None
    standing = get_user_model().objects.filter(
        pk=user.pk, is_active=True, password=user.password, last_login=user.last_login
    )
    if not standing.update(last_login=timezone.now()):
        return None
    user.backend = BACKEND  # as authenticate() would: what login() stores in the session
    return user


def base_url() -> str:
    """Where a browser reaches this site, as far as the settings tell; reverse() adds the sub-path."""
    if settings.LOADMON_TRUSTED_ORIGINS:
        return str(settings.LOADMON_TRUSTED_ORIGINS[0])
    if settings.LOADMON_HTTPS:
        return f"https://{_public_name() or settings.LOADMON_BIND}"
    name = settings.LOADMON_BIND
    if name in ANY_ADDRESS:
        name = _public_name() or "127.0.0.1"
    return f"http://{f'[{name}]' if ':' in name else name}:{settings.LOADMON_PORT}"


def administrators() -> models.QuerySet[User]:
    """Every active superuser."""
    return get_user_model().objects.filter(is_superuser=True, is_active=True)


def _get_or_create(name: str) -> tuple[User, bool]:
    users = get_user_model().objects
    blank = get_user_model()(username=name)
    blank.set_unusable_password()
    defaults = {"is_staff": True, "is_superuser": True, "password": blank.password}
    return users.get_or_create(username=name, defaults=defaults)


def _public_name() -> str | None:
    """The first allowed host name that is neither a pattern nor this machine's loopback."""
    names = (name.strip("[]") for name in settings.ALLOWED_HOSTS if not name.startswith((".", "*")))
    return next((name for name in names if not is_loopback(name)), None)
