"""Failed logins are bounded, per account and per address, before a password costs anything."""

import gc
from datetime import timedelta

import pytest
from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse
from sesame.utils import get_token

from monitor.access.throttle import LoginThrottle

PASSWORD = "correct horse battery"
DOORS = pytest.mark.parametrize("door", ["login", "admin:login"])


class CountingHasher(PBKDF2PasswordHasher):
    """A cheap hasher that counts what it is asked."""

    algorithm = "counting"
    iterations = 1
    count = 0

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        """One more hash."""
        CountingHasher.count += 1
        return super().encode(password, salt, 1)


@pytest.fixture(autouse=True)
def fresh(settings, monkeypatch) -> None:
    """A cheap hasher, and a throttle that remembers nothing of the last test."""
    settings.PASSWORD_HASHERS = ["tests.access.test_throttle.CountingHasher"]
    settings.AXES_LOCKOUT_CALLABLE = "monitor.access.throttle.refuse"
    monkeypatch.setattr(AxesProxyHandler, "implementation", None)


@pytest.fixture
def ada(db) -> User:
    """A member of staff with a password."""
    return User.objects.create_user("ada", password=PASSWORD, is_staff=True)


def log_in(
    client: Client, door: str, username: str = "ada", password: str = "wrong", address: str = "192.0.2.1"
):
    """Post the login form of `door`."""
    form = {"username": username, "password": password}
    return client.post(reverse(door), form, REMOTE_ADDR=address)


def fail(client: Client, door: str, times: int, **who: str) -> None:
    """Fail so often, each time with the form shown again or, at the limit, refused."""
    for _ in range(times):
        assert log_in(client, door, **who).status_code in (200, 429)


@DOORS
def test_the_right_password_is_refused_after_five_wrong_ones(client, ada, door: str) -> None:
    fail(client, door, 5)
    answer = log_in(client, door, password=PASSWORD)
    assert answer.status_code == 429
    assert "_auth_user_id" not in client.session


@DOORS
def test_four_wrong_passwords_do_no_harm(client, ada, door: str) -> None:
    fail(client, door, 4)
    assert log_in(client, door, password=PASSWORD).status_code == 302


def test_both_doors_share_one_count(client, ada) -> None:
    fail(client, "login", 3)
    fail(client, "admin:login", 2)
    assert log_in(client, "login", password=PASSWORD).status_code == 429


def test_the_refusal_is_a_plain_sentence_with_a_time(client, ada) -> None:
    fail(client, "login", 5)
    answer = log_in(client, "login")
    assert answer.headers["Retry-After"] == "300"
    assert "closed for 5 minutes" in answer.content.decode()


def test_a_locked_account_costs_no_hash(client, ada) -> None:
    fail(client, "login", 5)
    before = CountingHasher.count
    log_in(client, "login", password=PASSWORD)
    assert CountingHasher.count == before
    assert before >= 5


def test_an_account_is_locked_from_every_address(client, ada) -> None:
    for number in range(5):
        fail(client, "login", 1, address=f"192.0.2.{number}")
    assert log_in(client, "login", password=PASSWORD, address="198.51.100.9").status_code == 429


def test_another_account_stays_open(client, ada) -> None:
    User.objects.create_user("bob", password=PASSWORD)
    fail(client, "login", 5)
    assert log_in(client, "login", username="bob", password=PASSWORD).status_code == 302


def test_twenty_failures_lock_an_address_for_any_account(client, ada) -> None:
    for number in range(20):
        fail(client, "login", 1, username=f"nobody{number}")
    before = CountingHasher.count
    assert log_in(client, "login", password=PASSWORD).status_code == 429
    assert CountingHasher.count == before
    assert log_in(client, "login", password=PASSWORD, address="198.51.100.9").status_code == 302


def test_the_lock_opens_after_five_minutes(client, ada) -> None:
    fail(client, "login", 5)
    for attempt in AccessAttempt.objects.all():
        attempt.attempt_time -= timedelta(minutes=5, seconds=1)
        attempt.save()
    assert log_in(client, "login", password=PASSWORD).status_code == 302


def test_what_is_refused_does_not_prolong_the_lock(client, ada) -> None:
    fail(client, "login", 5)
    stored = AccessAttempt.objects.values_list("attempt_time", "failures_since_start").get()
    fail(client, "login", 3)
    assert AccessAttempt.objects.values_list("attempt_time", "failures_since_start").get() == stored


def test_a_login_clears_the_count(client, ada) -> None:
    fail(client, "login", 4)
    log_in(client, "login", password=PASSWORD)
    client.logout()
    fail(client, "login", 4)
    assert log_in(client, "login", password=PASSWORD).status_code == 302


def test_a_one_time_link_opens_a_locked_account(client, ada) -> None:
    fail(client, "login", 5)
    assert authenticate(RequestFactory().get("/"), sesame=get_token(ada)) == ada


@pytest.mark.parametrize("username", ["a%00b", "x" * 5000, "%ED%A0%80", "%25", "%27+OR+1%3D1+--"])
def test_a_hostile_user_name_is_a_failed_login(client, db, username: str) -> None:
    form = f"username={username}&password=wrong"
    answer = client.post(reverse("login"), form, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200


def attempt(address: str = "192.0.2.1") -> HttpRequest:
    """A request as it stands when authenticate() is called."""
    request = RequestFactory().post("/", REMOTE_ADDR=address)
    AxesProxyHandler.update_request(request)
    return request


def test_attempts_that_are_not_judged_yet_count_against_the_account(db) -> None:
    throttle, burst = LoginThrottle(), [attempt(f"192.0.2.{number}") for number in range(7)]
    locked = [throttle.is_locked(request, {"username": "ada"}) for request in burst]
    assert locked == [False] * 5 + [True] * 2


def test_attempts_that_are_not_judged_yet_count_against_the_address(db) -> None:
    throttle, burst = LoginThrottle(), [attempt() for _ in range(22)]
    locked = [throttle.is_locked(request, {"username": f"u{n}"}) for n, request in enumerate(burst)]
    assert locked == [False] * 20 + [True] * 2


def test_one_attempt_that_is_asked_about_twice_counts_once(db) -> None:
    throttle, request = LoginThrottle(), attempt()
    assert not any(throttle.is_locked(request, {"username": "ada"}) for _ in range(9))


def test_a_judged_attempt_is_counted_as_stored_and_no_more(db) -> None:
    throttle, burst = LoginThrottle(), [attempt() for _ in range(4)]
    for request in burst:
        throttle.is_locked(request, {"username": "ada"})
        throttle.user_login_failed(None, {"username": "ada"}, request)
    assert not throttle.is_locked(attempt(), {"username": "ada"})


def test_an_attempt_that_vanished_is_forgotten(db) -> None:
    throttle, burst = LoginThrottle(), [attempt() for _ in range(5)]
    assert not any(throttle.is_locked(request, {"username": "ada"}) for request in burst)
    burst.clear()
    gc.collect()
    assert not throttle.is_locked(attempt(), {"username": "ada"})
