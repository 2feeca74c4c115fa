"""Headers that every answer carries, asked of every address of the site."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from monitor.alerts import actions
from monitor.metrics.times import moment
from tests.factories import (
    NOW_MS,
    make_alert,
    make_host,
    make_load_test,
    make_notification,
    make_receiver,
    make_samples,
    make_user,
)

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def addresses(found: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    """Every address of the site, with 1 for each number, and "x" for each text in it."""
    for one in found:
        path = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, path)
        elif "final_catch_all" not in str(one.name) and "(?P<url>" not in path:
            path = re.sub(r"<(?:int:\w+|path:object_id|int:pk|id)>", "1", path)
            path = re.sub(r"<(?:\w+:)?\w+>", "x", re.sub(r"\(\?P<\w+>[^)]*\)", "auth", path))
            yield "/" + path.replace("^", "").replace("$", "").replace("\\Z", "")


EVERY = sorted(set(addresses(get_resolver().url_patterns)))


class Filled(Client):
    """The browser of a superuser on a site where there is one of everything; `ids` by what stands before them."""

    ids: dict[str, int]

    def address(self, path: str) -> str:
        """`path` with the id of the thing that there is, in the place of 1."""
        return re.sub(r"/(\w+)/1(?=/|$)", lambda found: f"/{found[1]}/{self.ids.get(found[1], 1)}", path)


@pytest.fixture
def filled(settings) -> Filled:
    settings.LOADMON_PUBLIC = "yes"
    host = make_host()
    make_samples(host, 3)
    alert, test = make_alert(host, fired_ms=NOW_MS, resolved_ms=NOW_MS + 1), make_load_test(host, "finished")
    receiver = make_receiver()
    message = make_notification(alert, receiver)
    boss = make_user("boss", is_staff=True, is_superuser=True)
    actions.share(alert, boss, 1, moment(NOW_MS))
    client = Filled()
    client.force_login(boss, backend=BACKEND)
    client.ids = {"host": host.pk, "alert": alert.pk, "alerts": alert.pk, "loadtest": test.pk, "user": boss.pk,
                  "receiver": receiver.pk, "notification": message.pk}  # fmt: skip
    return client


def test_no_answer_that_can_show_data_may_be_kept_by_any_cache(filled) -> None:
    assert len(EVERY) > 80
    span = "?start=2020-01-01T00:00:00Z&end=2020-01-02T00:00:00Z"
    fine = set()
    for path in [*EVERY, f"/api/v1/history{span}", f"/api/v1/history.csv{span}", "/nowhere/", "/api/nowhere"]:
        if path == "/logout/":
            continue
        path = filled.address(path)
        for answer in (filled.get(path), Client().get(path)):
            assert "no-store" in answer.headers.get("Cache-Control", ""), path
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"], path
            assert answer.status_code < 500 or path == "/healthz", path
            fine |= {path} if answer.status_code == 200 else set()
    assert len(fine) > 50, sorted(set(EVERY) - fine)
