"""What the tests of the checks share."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings as django_settings

STRONG = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]


@pytest.fixture
def private(settings, monkeypatch, tmp_path: Path) -> Path:
    """A data directory as loadmon makes it: private, with a key, before the first migration."""
    path = tmp_path / "data"
    path.mkdir(mode=0o700)
    settings.LOADMON_DATA_DIR = path
    database = {**settings.DATABASES["default"], "NAME": str(path / "loadmon.sqlite3")}
    monkeypatch.setitem(django_settings.DATABASES, "default", database)
    settings.STATIC_ROOT = path / "static"
    settings.PASSWORD_HASHERS = STRONG  # the test settings hash fast instead
    return path
