"""The system checks together: all are silent on the shipped settings."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core import checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from monitor.checks import TAG, host, web
from monitor.collectors.domain.cores import EffectiveCores
from tests.checks.messages import ids, redis_layer

STRONG = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
IN_MEMORY_LAYER = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
EXPOSED = {"LOADMON_BIND": "192.0.2.1"}
HTTPS = {
    "LOADMON_HTTPS": True,
    "SECURE_HSTS_SECONDS": 1,
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
}
FAULTS = [
    ("E001", web.debug_is_for_this_machine_only, {"DEBUG": True, **EXPOSED}),
    ("E002", web.the_secret_key_is_secret, {"SECRET_KEY": "short"}),
    ("E002", web.the_secret_key_is_secret, {"SECRET_KEY": "django-insecure-" + "x" * 60}),
    ("E003", web.a_browser_can_reach_us, {"ALLOWED_HOSTS": []}),
    ("E003", web.a_browser_can_reach_us, {"ALLOWED_HOSTS": ["localhost", "[::1]"], **EXPOSED}),
    ("E004", web.host_names_are_named, {"ALLOWED_HOSTS": ["localhost", "*"]}),
    ("E005", web.public_means_on_purpose, {"LOADMON_PUBLIC": "yes", **EXPOSED}),
    ("W009", web.strangers_need_https, EXPOSED),
    ("W010", web.https_is_complete, {**HTTPS, "SESSION_COOKIE_SECURE": False}),
    ("W010", web.https_is_complete, {**HTTPS, "ALLOWED_HOSTS": ["localhost"]}),
    ("W011", web.only_a_proxy_speaks_for_https, {"SECURE_PROXY_SSL_HEADER": ("X", "https"), **EXPOSED}),
    ("E012", web.the_walls_stand, {"MIDDLEWARE": []}),
    ("E012", web.the_walls_stand, {"MIDDLEWARE": list(reversed(web.IN_THIS_ORDER))}),
    ("E012", web.the_walls_stand, {"AUTHENTICATION_BACKENDS": ["django.contrib.auth.backends.ModelBackend"]}),
    ("E012", web.the_walls_stand, {"AXES_HANDLER": "axes.handlers.database.AxesDatabaseHandler"}),
    ("E023", host.live_events_cross_processes, {"CHANNEL_LAYERS": IN_MEMORY_LAYER}),
    ("E025", host.times_are_utc, {"USE_TZ": False}),
    ("E031", host.redis_keeps_idle_sockets, redis_layer("redis://127.0.0.1")),
    ("W032", host.redis_is_locked, redis_layer("redis://192.0.2.7:6379/0")),
    ("W032", host.redis_is_locked, redis_layer({"address": "redis://192.0.2.7"})),
    ("W036", web.strangers_start_no_load, {"LOADMON_LOADTEST": "yes", **EXPOSED}),
    ("W040", web.passwords_are_kept_well, {"PASSWORD_HASHERS": ["x.MD5PasswordHasher"]}),
    ("W040", web.passwords_are_kept_well, {"AUTH_PASSWORD_VALIDATORS": []}),
]


@pytest.fixture
def redis_8(monkeypatch) -> None:
    """The pair of packages that does not go together."""
    monkeypatch.setattr(host, "version", {"redis": "8.1.0", "channels-redis": "4.3.0"}.get)


@pytest.mark.parametrize(("number", "check", "wrong"), FAULTS)
def test_a_fault_of_the_settings_is_found(
    settings, private, redis_8, number: str, check, wrong: dict
) -> None:
    for name, value in wrong.items():
        setattr(settings, name, value)
    assert ids(check()) == [number]


@pytest.mark.parametrize(
    ("check", "right"),
    [
        (web.debug_is_for_this_machine_only, {"DEBUG": True}),
        (web.a_browser_can_reach_us, {"ALLOWED_HOSTS": ["load.lan"], **EXPOSED}),
        (web.a_browser_can_reach_us, {"ALLOWED_HOSTS": [], "DEBUG": True}),
        (web.public_means_on_purpose, {"LOADMON_PUBLIC": "yes"}),
        (web.public_means_on_purpose, {"LOADMON_PUBLIC": "no", **EXPOSED}),
        (web.strangers_need_https, {**HTTPS, **EXPOSED}),
        (web.strangers_need_https, {"LOADMON_BIND": "::1"}),
        (web.https_is_complete, {**HTTPS, "ALLOWED_HOSTS": ["localhost", "load.lan"]}),
        (web.https_is_complete, {**HTTPS, "LOADMON_TRUSTED_ORIGINS": ["https://load.lan"]}),
        (web.only_a_proxy_speaks_for_https, {"SECURE_PROXY_SSL_HEADER": ("X", "https")}),
        (web.strangers_start_no_load, {"LOADMON_LOADTEST": "yes"}),
        (web.strangers_start_no_load, {"LOADMON_LOADTEST": "auto", **EXPOSED}),
        (
            host.redis_keeps_idle_sockets,
            redis_layer({"address": "redis://127.0.0.1", "socket_timeout": None}),
        ),
        (host.redis_is_locked, redis_layer("redis://127.0.0.1")),
        (host.redis_is_locked, redis_layer("redis://:secret@192.0.2.7")),
        (host.redis_is_locked, redis_layer("unix:///run/redis.sock")),
    ],
)
def test_what_is_right_is_not_complained_about(settings, private, redis_8, check, right: dict) -> None:
    for name, value in right.items():
        setattr(settings, name, value)
    assert check() == []


def test_the_shipped_settings_give_no_message_at_all(tmp_path: Path) -> None:
    data = tmp_path / "new"
    environment = {"PATH": os.environ["PATH"], "LOADMON_DATA_DIR": str(data)}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    ran = subprocess.run(
        command, cwd=django_settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert "no issues" in ran.stdout + ran.stderr
    assert not (data / "loadmon.sqlite3").exists()


def test_a_very_wrong_set_up_gives_all_of_it_at_once(settings, private, monkeypatch) -> None:
    monkeypatch.setattr(host, "effective_cores", lambda: EffectiveCores(2.0, "2 of 2"))
    settings.DEBUG, settings.LOADMON_BIND, settings.ALLOWED_HOSTS = True, "0.0.0.0", ["*"]
    settings.SECRET_KEY, settings.LOADMON_PUBLIC, settings.LOADMON_LOADTEST = "x", "yes", "yes"
    settings.CHANNEL_LAYERS, settings.MIDDLEWARE, settings.PASSWORD_HASHERS = IN_MEMORY_LAYER, [], ["x.MD5"]
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": "x"}
    monkeypatch.setitem(django_settings.DATABASES, "default", database)
    private.chmod(0o777)
    found = ids(checks.run_checks(tags=[TAG]))
    assert sorted(found) == [
        "E001",
        "E002",
        "E004",
        "E005",
        "E012",
        "E013",
        "E023",
        "W009",
        "W015",
        "W017",
        "W036",
        "W040",
    ]


def test_the_sampler_is_refused_before_it_starts(settings) -> None:
    settings.CHANNEL_LAYERS = IN_MEMORY_LAYER
    with pytest.raises(SystemCheckError, match="E023"):
        call_command("runsampler", once=True, skip_checks=False, stderr=io.StringIO())
