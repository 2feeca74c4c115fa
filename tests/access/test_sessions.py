"""Whether the login behind an open socket still stands."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from monitor.access import sessions
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann():
    return make_user("ann")


def log_in(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.session.session_key


def test_a_session_of_an_active_user_lives(ann):
    key = log_in(ann)
    assert sessions.living([key, "unknown", ""]) == {key}


def test_a_deleted_session_is_dead(ann):
    key = log_in(ann)
    Session.objects.all().delete()
    assert sessions.living([key]) == set()


def test_a_disabled_account_is_dead_everywhere(ann):
    keys = [log_in(ann), log_in(ann)]
    ann.is_active = False
    ann.save()
    assert sessions.living(keys) == set()


def test_a_changed_password_ends_the_other_sessions(ann):
    key = log_in(ann)
    ann.set_password("another one")
    ann.save()
    assert sessions.living([key]) == set()


def test_the_digest_does_not_tell_the_key():
    assert "secret" not in sessions.digest("secret")
    assert sessions.digest("secret") == sessions.digest("secret") != sessions.digest("other")
