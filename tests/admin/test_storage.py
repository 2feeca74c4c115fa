"""The storage page: for staff only, and it says where history is shortened."""

import pytest

from monitor.demo import seeding
from monitor.history import sizelimit, storage
from monitor.history.domain.tiers import MINUTE
from monitor.history.models import Sample
from tests.factories import NOW_MS, make_user

pytestmark = pytest.mark.django_db
URL = "/admin/storage/"


def found():
    return storage.look()


def test_staff_see_the_page_and_find_it_from_the_index(client):
    client.force_login(make_user(permissions=["view_host"], is_staff=True))
    assert URL in client.get("/admin/").content.decode()
    answer = client.get(URL)
    assert answer.status_code == 200
    assert "LOADMON_RAW_HOURS" in answer.content.decode()


def test_staff_that_may_not_see_hosts_gets_403_and_no_link(client):
    client.force_login(make_user(permissions=["view_alert"], is_staff=True))
    assert URL not in client.get("/admin/").content.decode()
    answer = client.get(URL)
    assert (answer.status_code, b"may not see hosts" in answer.content) == (403, True)


@pytest.mark.parametrize("user", [None, {}, {"is_staff": True, "is_active": False}])
def test_nobody_else_does(client, user):
    if user is not None:
        client.force_login(make_user(**user))
    answer = client.get(URL)
    assert answer.status_code == 302
    assert "/admin/login/" in answer.headers["Location"]


def test_the_page_is_read_only(client):
    client.force_login(make_user(permissions=["view_host"], is_staff=True))
    assert client.post(URL).status_code == 405


def test_it_works_before_anything_is_stored(client):
    client.force_login(make_user(permissions=["view_host"], is_staff=True))
    assert client.get(URL).status_code == 200
    assert all(tier.size.rows == 0 for tier in found().tiers)


def test_over_the_limit_it_names_the_tier_that_is_shortened(client, settings, monkeypatch):
    seeding.seed("demo", 2, 60.0, 1, NOW_MS)
    monkeypatch.setattr(sizelimit, "database_bytes", lambda: 10**12)
    assert [tier.resolution for tier in found().tiers if tier.shortened] == [0]
    Sample.objects.all().delete()
    assert [tier.resolution for tier in found().tiers if tier.shortened] == [MINUTE]
    client.force_login(make_user(permissions=["view_host"], is_staff=True))
    assert "being shortened" in client.get(URL).content.decode()


def test_what_usage_takes_and_will_take_is_told_beside_the_tiers(client):
    seeding.seed("demo", 2, 60.0, 1, NOW_MS)
    client.force_login(make_user(permissions=["view_host"], is_staff=True))
    text = client.get(URL).content.decode()
    assert text.count("as long as the tiers") == 2
    assert all(f'<th scope="row">{name}</th>' in text for name in ("Usage by consumer", "Usage by part"))


def test_where_the_limit_is_not_kept_the_page_says_so(client, monkeypatch):
    seeding.seed("demo", 2, 60.0, 1, NOW_MS)
    monkeypatch.setattr(sizelimit, "can_shorten", lambda: False)
    monkeypatch.setattr(storage, "_server_bytes", lambda: 10**12)
    client.force_login(make_user(permissions=["view_host"], is_staff=True))
    text = client.get(URL).content.decode()
    assert "kept with SQLite only" in text
    assert "being shortened" not in text
