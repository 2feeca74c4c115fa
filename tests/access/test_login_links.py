"""The first administrator and the links that log a person in once."""

import time
from io import StringIO
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import RequestFactory
from sesame import tokens_v2

from monitor.access import login_links

pytestmark = pytest.mark.django_db
BASE = "http://127.0.0.1:8000"


def log_in(link: str) -> User | None:
    """Whom the token of `link` logs in."""
    token = parse_qs(urlsplit(link).query)["sesame"][0]
    return authenticate(RequestFactory().get("/"), sesame=token)


def test_an_empty_site_gets_one_administrator_without_a_password() -> None:
    user, created = login_links.ensure_administrator()
    assert created
    assert (user.username, user.is_superuser, user.is_staff, user.is_active) == ("admin", True, True, True)
    assert not User.objects.get().has_usable_password()


def test_at_a_date_that_no_link_can_carry_a_sentence_says_so(monkeypatch) -> None:
    user, _ = login_links.ensure_administrator()
    monkeypatch.setattr(time, "time", lambda: 4_070_908_800.0)
    with pytest.raises(OverflowError, match="No login link can be made at the date of this machine"):
        login_links.login_link(user, BASE)
    with pytest.raises(CommandError, match="changepassword"):
        call_command("loginlink")


def test_a_second_call_makes_no_second_administrator() -> None:
    first, _ = login_links.ensure_administrator()
    assert login_links.ensure_administrator() == (first, False)
    assert User.objects.count() == 1


def test_any_active_superuser_will_do() -> None:
    boss = User.objects.create_superuser("boss")
    assert login_links.ensure_administrator() == (boss, False)


def test_an_ordinary_user_called_admin_is_not_promoted() -> None:
    User.objects.create_user("admin")
    user, created = login_links.ensure_administrator()
    assert (user.username, created) == ("admin2", True)
    assert not User.objects.get(username="admin").is_superuser


def test_a_deactivated_administrator_stays_deactivated() -> None:
    User.objects.create_superuser("admin", is_active=False)
    user, _ = login_links.ensure_administrator()
    assert user.username == "admin2"
    assert not User.objects.get(username="admin").is_active


def test_the_loser_of_a_race_gets_the_winners_administrator(monkeypatch) -> None:
    winner, _ = login_links.ensure_administrator()
    monkeypatch.setattr(login_links, "administrators", User.objects.none)
    assert login_links.ensure_administrator() == (winner, False)


def test_a_link_logs_its_user_in() -> None:
    user, _ = login_links.ensure_administrator()
    link = login_links.login_link(user, BASE)
    assert link.startswith(f"{BASE}/login/link/?sesame=")
    assert log_in(link) == user


def test_a_link_is_dead_after_the_next_login(client) -> None:
    user, _ = login_links.ensure_administrator()
    link = login_links.login_link(user, BASE)
    client.force_login(user, backend="sesame.backends.ModelBackend")
    assert log_in(link) is None


def test_a_link_is_dead_after_ten_minutes(monkeypatch, settings) -> None:
    user, _ = login_links.ensure_administrator()
    link = login_links.login_link(user, BASE)
    assert settings.SESAME_MAX_AGE == 600
    assert log_in(link) == user
    shift_sesames_clock(monkeypatch, 599)
    assert log_in(link) == user
    shift_sesames_clock(monkeypatch, 602)
    assert log_in(link) is None


def test_of_many_who_read_a_token_at_the_same_time_one_uses_it_up(monkeypatch) -> None:
    user, _ = login_links.ensure_administrator()
    token = parse_qs(urlsplit(login_links.login_link(user, BASE)).query)["sesame"][0]
    readers = [login_links.owner(token) for _ in range(30)]
    monkeypatch.setattr(login_links, "owner", lambda _: readers.pop())
    winners = [login_links.spend(token) for _ in range(30)]
    assert winners == [user] + [None] * 29


def test_looking_at_a_token_does_not_use_it_up() -> None:
    user, _ = login_links.ensure_administrator()
    token = parse_qs(urlsplit(login_links.login_link(user, BASE)).query)["sesame"][0]
    assert [login_links.owner(token), login_links.owner(token), login_links.spend(token)] == [user] * 3
    assert (login_links.owner(token), login_links.spend(token)) == (None, None)


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "another"}])
def test_a_token_is_not_taken_where_the_account_changed_meanwhile(monkeypatch, change) -> None:
    user, _ = login_links.ensure_administrator()
    token = parse_qs(urlsplit(login_links.login_link(user, BASE)).query)["sesame"][0]
    monkeypatch.setattr(login_links, "owner", lambda _: user)
    User.objects.update(**change)
    assert login_links.spend(token) is None


def test_a_link_of_a_user_who_was_deactivated_is_dead() -> None:
    user, _ = login_links.ensure_administrator()
    link = login_links.login_link(user, BASE)
    User.objects.update(is_active=False)
    assert log_in(link) is None


@pytest.mark.parametrize(
    ("names", "url"),
    [
        ({}, "http://127.0.0.1:8123"),
        ({"LOADMON_BIND": "::1"}, "http://[::1]:8123"),
        ({"LOADMON_BIND": "0.0.0.0", "ALLOWED_HOSTS": ["127.0.0.1"]}, "http://127.0.0.1:8123"),
        ({"LOADMON_BIND": "0.0.0.0", "ALLOWED_HOSTS": ["localhost", "load.lan"]}, "http://load.lan:8123"),
        ({"LOADMON_HTTPS": True, "ALLOWED_HOSTS": ["[::1]", "load.lan"]}, "https://load.lan"),
        ({"LOADMON_TRUSTED_ORIGINS": ["https://load.example"]}, "https://load.example"),
    ],
)
def test_the_address_comes_from_the_settings(settings, names: dict, url: str) -> None:
    settings.LOADMON_PORT = 8123
    for name, value in names.items():
        setattr(settings, name, value)
    assert login_links.base_url() == url


def test_the_command_prints_the_link_alone_and_says_how_long_it_lasts() -> None:
    out, err = StringIO(), StringIO()
    call_command("loginlink", stdout=out, stderr=err)
    assert log_in(out.getvalue().strip()) == User.objects.get(username="admin")
    assert "valid once, for 10 minutes" in err.getvalue()


def test_the_command_takes_a_user_by_name() -> None:
    user = User.objects.create_user("ada")
    out = StringIO()
    call_command("loginlink", "--user", "ada", stdout=out, stderr=StringIO())
    assert log_in(out.getvalue().strip()) == user


def test_the_command_refuses_an_unknown_user_with_a_sentence() -> None:
    with pytest.raises(CommandError, match=r"There is no user 'nobody'\."):
        call_command("loginlink", "--user", "nobody")


def test_the_command_refuses_an_inactive_user_with_a_sentence() -> None:
    User.objects.create_user("ada", is_active=False)
    with pytest.raises(CommandError, match="The user 'ada' is not active"):
        call_command("loginlink", "--user", "ada")


def test_the_command_makes_no_database_where_there_is_none(tmp_path, monkeypatch) -> None:
    missing = tmp_path / "missing.sqlite3"
    monkeypatch.setitem(connections["default"].settings_dict, "NAME", str(missing))
    with pytest.raises(CommandError, match=r"is missing\. manage\.py migrate"):
        call_command("loginlink")
    assert not missing.exists()


def shift_sesames_clock(monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    """Let django-sesame believe that `seconds` have passed."""
    monkeypatch.setattr(tokens_v2, "time", SimpleNamespace(time=lambda: time.time() + seconds))
