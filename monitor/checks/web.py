"""Checks of what faces the network: debug mode, key, host names, who may look, cookies, middleware."""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, register

from monitor.access.domain import is_loopback
from monitor.access.permissions import is_exposed
from monitor.checks.host import database_file
from monitor.checks.messages import TAG, error, warning

Messages = list[CheckMessage]

SHORTEST_KEY = 50
FIRST_SAFE_DAPHNE = (4, 2, 2)
IN_THIS_ORDER = (
    "django.middleware.security.SecurityMiddleware",
    "monitor.web.headers.SecurityHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
)
THROTTLE = ("axes.backends.AxesStandaloneBackend", "monitor.access.throttle.LoginThrottle")
STRONG_HASHERS = (
    "PBKDF2PasswordHasher",
    "Argon2PasswordHasher",
    "ScryptPasswordHasher",
    "BCryptSHA256PasswordHasher",
)
CHART = "vendor/chart.umd.min.js"


@register(TAG)
def debug_is_for_this_machine_only(**kwargs: Any) -> Messages:
    """E001: tracebacks and settings would be shown to strangers."""
    if not (settings.DEBUG and is_exposed()):
        return []
    return error(
        1,
        f"LOADMON_DEBUG is on while listening on {settings.LOADMON_BIND}: strangers would see tracebacks.",
        "Unset LOADMON_DEBUG, or set LOADMON_BIND to 127.0.0.1.",
    )


@register(TAG)
def the_secret_key_is_secret(**kwargs: Any) -> Messages:
    """E002: whoever knows the key can forge sessions."""
    path = Path(settings.LOADMON_DATA_DIR) / "secret_key"
    hint = f"Remove {path} and start again: a new key is made, and everybody logs in anew."
    if len(settings.SECRET_KEY) < SHORTEST_KEY or settings.SECRET_KEY.startswith("django-insecure-"):
        return error(2, f"The secret key is not one: it must have at least {SHORTEST_KEY} characters.", hint)
    if path.exists() and path.stat().st_mode & 0o077:
        mode = f"{path.stat().st_mode & 0o777:04o}"
        return error(2, f"The secret key {path} can be read by others (mode {mode}).", f"chmod 600 {path}")
    return []


@register(TAG)
def a_browser_can_reach_us(**kwargs: Any) -> Messages:
    """E003: every request would be refused."""
    if not settings.ALLOWED_HOSTS and not settings.DEBUG:
        return error(3, "LOADMON_ALLOWED_HOSTS names no host: every request would be refused.", _hosts_hint())
    if is_exposed() and not settings.DEBUG and not _public_hosts():
        return error(
            3,
            f"Listening on {settings.LOADMON_BIND}, but LOADMON_ALLOWED_HOSTS names loopback only: "
            "every request from elsewhere would be refused.",
            _hosts_hint(),
        )
    return []


@register(TAG)
def host_names_are_named(**kwargs: Any) -> Messages:
    """E004: the Host header would be believed, and with it the Origin of WebSockets."""
    if "*" not in settings.ALLOWED_HOSTS:
        return []
    return error(
        4, 'LOADMON_ALLOWED_HOSTS contains "*", which also switches the Origin check off.', _hosts_hint()
    )


@register(TAG)
def public_means_on_purpose(**kwargs: Any) -> Messages:
    """E005: the view would be open to a network without anybody having said so in the environment."""
    on_purpose = os.environ.get("LOADMON_PUBLIC", "").lower() == "yes"
    if settings.LOADMON_PUBLIC != "yes" or not is_exposed() or on_purpose:
        return []
    return error(
        5,
        f"Everybody who reaches {settings.LOADMON_BIND} may look, and the environment does not ask for it.",
        "Set LOADMON_PUBLIC=yes in the environment if that is meant; else leave it at auto.",
    )


@register(TAG)
def daphne_is_safe(**kwargs: Any) -> Messages:
    """E008: older versions take frames of any size (CVE-2026-44545, CVE-2026-44546)."""
    found = version("daphne")
    if tuple(int(part) for part in found.split(".")[:3] if part.isdecimal()) >= FIRST_SAFE_DAPHNE:
        return []
    return error(8, f"Daphne {found} has known holes.", "pip install 'daphne>=4.2.3'")


@register(TAG)
def strangers_need_https(**kwargs: Any) -> Messages:
    """W009: passwords and cookies would cross the network in clear."""
    if settings.LOADMON_HTTPS or not is_exposed():
        return []
    return warning(
        9,
        f"Listening on {settings.LOADMON_BIND} without HTTPS: passwords cross the network in clear.",
        "Put a proxy with HTTPS in front, bind to 127.0.0.1, and set LOADMON_HTTPS=yes.",
    )


@register(TAG)
def https_is_complete(**kwargs: Any) -> Messages:
    """W010: one cookie without Secure makes HTTPS pointless; a proxy's public name must be known."""
    if not settings.LOADMON_HTTPS:
        return []
    weak = [name for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_HSTS_SECONDS")
            if not getattr(settings, name)]  # fmt: skip
    if weak:
        return warning(
            10, f"LOADMON_HTTPS is on, but {', '.join(weak)} is off.", "Leave them as loadmon sets them."
        )
    if not _public_hosts() and not settings.LOADMON_TRUSTED_ORIGINS:
        return warning(10, "LOADMON_HTTPS is on, but no public host name is known.", _hosts_hint())
    return []


@register(TAG)
def only_a_proxy_speaks_for_https(**kwargs: Any) -> Messages:
    """W011: whoever reaches the port past the proxy could claim to have come by HTTPS."""
    if not (settings.SECURE_PROXY_SSL_HEADER and is_exposed()):
        return []
    return warning(
        11,
        f"The header X-Forwarded-Proto is believed from anybody who reaches {settings.LOADMON_BIND}.",
        "Set LOADMON_BIND to 127.0.0.1, so that only the proxy reaches the port.",
    )


@register(TAG)
def the_walls_stand(**kwargs: Any) -> Messages:
    """E012: a missing or misplaced middleware switches a protection off silently."""
    found = [name for name in settings.MIDDLEWARE if name in IN_THIS_ORDER]
    missing = [name for name in IN_THIS_ORDER if name not in found]
    if missing:
        return error(
            12, f"MIDDLEWARE lacks {', '.join(missing)}.", "Put it back as loadmon_site/settings.py has it."
        )
    if found != list(IN_THIS_ORDER):
        return error(
            12, "MIDDLEWARE is in the wrong order.", f"This order is needed: {', '.join(IN_THIS_ORDER)}."
        )
    if (settings.AUTHENTICATION_BACKENDS[:1], settings.AXES_HANDLER) != ([THROTTLE[0]], THROTTLE[1]):
        return error(
            12, "Logins are not throttled.", f"Put {THROTTLE[0]} first, with AXES_HANDLER {THROTTLE[1]}."
        )
    return []


@register(TAG)
def strangers_start_no_load(**kwargs: Any) -> Messages:
    """W036: whoever gets a login could load the machine from afar."""
    if settings.LOADMON_LOADTEST != "yes" or not is_exposed():
        return []
    return warning(
        36,
        f"Load tests may be started by way of {settings.LOADMON_BIND}.",
        "Set LOADMON_LOADTEST to auto or no, unless that is meant.",
    )


@register(Tags.staticfiles)
def static_files_are_there(**kwargs: Any) -> Messages:
    """W037: the page would come without charts or style; before the first start there is nothing to miss."""
    file = database_file()
    return missing_static_files() if file and file.exists() else []


def missing_static_files() -> Messages:
    """W037, whether loadmon was ever started or not."""
    if not any((Path(folder) / CHART).exists() for folder in settings.STATICFILES_DIRS):
        return warning(
            37, f"Chart.js is missing from static/{CHART}: there will be no charts.", "manage.py vendor"
        )
    if not settings.DEBUG and not (Path(settings.STATIC_ROOT) / CHART).exists():
        return warning(
            37,
            f"The static files are not in {settings.STATIC_ROOT}.",
            "manage.py collectstatic, or manage.py serve",
        )
    return []


@register(TAG)
def passwords_are_kept_well(**kwargs: Any) -> Messages:
    """W040: a stolen database would give its passwords away."""
    if settings.PASSWORD_HASHERS[0].rpartition(".")[2] not in STRONG_HASHERS:
        return warning(
            40, f"{settings.PASSWORD_HASHERS[0]} is a weak password hasher.", "Leave Django's default."
        )
    if not settings.AUTH_PASSWORD_VALIDATORS:
        return warning(
            40, "Any password is accepted: AUTH_PASSWORD_VALIDATORS is empty.", "Leave loadmon's setting."
        )
    return []


def _public_hosts() -> list[str]:
    return [name for name in settings.ALLOWED_HOSTS if not is_loopback(name.strip("[]"))]


def _hosts_hint() -> str:
    return "Set LOADMON_ALLOWED_HOSTS to the names in the address bar, such as load.example.org,localhost."
