"""What every test stands on: a data directory of its own, plain static files, and a fast password hasher.

pytest-django loads the settings before it reads this file, so what the environment told them is set anew.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from monitor import conf
from monitor.database import turns
from monitor.hosts.models import Host
from monitor.rules.models import Rule
from monitor.runtime.name import be_called
from tests.factories import make_host, make_user

# Whoever starts the tests in the background has SIGINT ignored, and so would all processes that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)

# A machine that others share stalls now and then: how long one example took tells nothing of the code.
hypothesis.settings.register_profile(
    "check", deadline=None, max_examples=20
)  # a share: tests/stages/examples.py
hypothesis.settings.register_profile("without deadline", deadline=None)
hypothesis.settings.load_profile("without deadline")


def _called() -> str:
    """The name of this process, where the system tells."""
    if sys.platform != "linux":
        return ""
    with open("/proc/self/comm", encoding="utf-8") as comm:
        return comm.read().rstrip("\n")


CALLED = _called()
TOLD = pytest.StashKey[list[str]]()
SHIPPED = pytest.StashKey[tuple[Any, list[Rule]]]()
DATA_DIR = Path(tempfile.mkdtemp(prefix="loadmon-test-"))

for _setting in conf.SETTINGS:
    os.environ.pop(_setting.name, None)  # what the developer's shell says is not what is tested
os.environ["LOADMON_DATA_DIR"] = str(DATA_DIR)  # for the processes that tests start

for _name, _value in conf.load(os.environ).items():
    setattr(settings, {"PORT": "LOADMON_PORT"}.get(_name, _name), _value)
settings.ALLOWED_HOSTS = [*settings.LOADMON_ALLOWED_HOSTS]
settings.STATIC_ROOT = conf.private_directory(DATA_DIR / "static")
settings.STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
settings.DATABASE_FILE = DATA_DIR / "loadmon.sqlite3"
settings.DATABASES["default"]["NAME"] = str(settings.DATABASE_FILE)
settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(DATA_DIR / "test.sqlite3")
settings.CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "monitor.live.layer.LocalChannelLayer",
        "CONFIG": {"directory": str(DATA_DIR / "sockets")},
    }
}
turns.LONGEST_REST = 0.0  # nobody else writes into the database of a test
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last, otherwise in the order given: they are slow, and what they need must hold first."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> None:
    """Remember the rules that migrations make only once."""
    with django_db_blocker.unblock():
        request.config.stash[SHIPPED] = (django_db_blocker, list(Rule.objects.all()))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Bring the rules back after a test with real transactions, which leaves an empty database."""
    yield
    marker = item.get_closest_marker("django_db")
    if nextitem is None or (marker is None and "transactional_db" not in getattr(item, "fixturenames", ())):
        return  # after the last test the database is gone
    blocker, rules = item.config.stash.get(SHIPPED, (None, []))
    if rules:
        with blocker.unblock():
            if not Rule.objects.exists():
                Rule.objects.bulk_create(rules)


@pytest.fixture(autouse=True, scope="module")
def _called_by_its_own_name() -> None:
    """What makes this process a part of loadmon by its name, as the import of a server does, ends with its tests: all
    that others start from here would be loadmon's own."""
    if _called() != CALLED:
        be_called(CALLED)


@pytest.fixture
def host(db: None) -> Host:
    """A host of two cores that was never sampled."""
    return make_host()


@pytest.fixture
def public(settings: Any) -> None:
    """Anyone may look: who may not is the matter of tests/web/test_access.py."""
    settings.LOADMON_PUBLIC = "yes"


@pytest.fixture
def no_calendar() -> None:
    """The calendar of another test is forgotten."""
    cache.clear()


@pytest.fixture
def boss(db: None, client: Client) -> Client:
    """A client that a superuser has logged in with."""
    user = make_user("boss", is_staff=True, is_superuser=True)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def now_ms() -> int:
    """The real time, in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Say what a test has measured at the end of the run, where everybody sees it."""
    return request.config.stash.setdefault(TOLD, []).append


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker hands over what its tests have measured."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["told"] = session.config.stash.get(TOLD, [])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what a worker hands over."""
    told = getattr(node, "workeroutput", {}).get("told", [])
    node.config.stash.setdefault(TOLD, []).extend(told)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """What tests have measured."""
    for line in config.stash.get(TOLD, []):
        terminalreporter.write_line(f"measured: {line}")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind."""
    shutil.rmtree(DATA_DIR, ignore_errors=True)
