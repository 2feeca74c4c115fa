"""The checks of the web server and its settings: each fires on its fault, and is silent otherwise."""

from __future__ import annotations

import pytest

from monitor.checks import web
from tests.checks.messages import ids, make

STRONG = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]


def test_public_on_purpose_is_believed(settings, monkeypatch) -> None:
    settings.LOADMON_PUBLIC, settings.LOADMON_BIND = "yes", "192.0.2.1"
    monkeypatch.setenv("LOADMON_PUBLIC", "YES")
    assert web.public_means_on_purpose() == []


@pytest.mark.parametrize(("mode", "found"), [(0o644, ["E002"]), (0o600, [])])
def test_a_key_that_others_can_read_is_found(private, mode: int, found: list[str]) -> None:
    make(private / "secret_key", mode)
    assert ids(web.the_secret_key_is_secret()) == found


@pytest.mark.parametrize(("installed", "found"), [("4.2.1", ["E008"]), ("4.2.2", []), ("5.0", [])])
def test_an_old_daphne_is_found(monkeypatch, installed: str, found: list[str]) -> None:
    monkeypatch.setattr(web, "version", lambda package: installed)
    assert ids(web.daphne_is_safe()) == found


@pytest.mark.parametrize(
    ("there", "debug", "found"),
    [
        ([], False, []),
        (["loadmon.sqlite3"], False, ["W037"]),
        (["loadmon.sqlite3", "source/vendor/chart.umd.min.js"], False, ["W037"]),
        (["loadmon.sqlite3", "source/vendor/chart.umd.min.js"], True, []),
        (["loadmon.sqlite3", "source/vendor/chart.umd.min.js", "static/vendor/chart.umd.min.js"], False, []),
    ],
)
def test_missing_static_files_are_found_once_loadmon_was_started(
    settings, private, there, debug, found
) -> None:
    settings.DEBUG, settings.STATICFILES_DIRS = debug, [private / "source"]
    for name in there:
        make(private / name)
    assert ids(web.static_files_are_there()) == found
