"""Who may do what: the peer of a connection as a scope tells it, and load tests."""

import pytest
from django.core.handlers.asgi import ASGIRequest

from monitor.access import permissions
from monitor.access.domain import is_local
from tests.factories import make_user
from tests.stages.scopes import scope


def test_a_scope_tells_addresses_host_and_header_names() -> None:
    peer = permissions.peer_of_scope(
        scope(headers=[(b"Host", b"localhost"), (b"X_Forwarded_For", b"1.2.3.4")])
    )
    assert (peer.server, peer.client, peer.host) == ("127.0.0.1", "127.0.0.1", "localhost")
    assert peer.headers == {"host", "x-forwarded-for"}


def test_what_a_scope_does_not_tell_is_empty() -> None:
    peer = permissions.peer_of_scope({"server": None, "client": None})
    assert (peer.server, peer.client, peer.host) == ("", "", "")


def test_two_host_headers_are_none() -> None:
    both = [(b"host", b"localhost"), (b"host", b"evil.example")]
    assert permissions.peer_of_scope(scope(headers=both)).host == ""


def test_under_asgi_the_request_asks_the_scope() -> None:
    request = ASGIRequest(scope(client=("192.168.0.9", 1)), body_file=None)
    assert permissions.peer_of_request(request).client == "192.168.0.9"


@pytest.mark.parametrize(
    ("choice", "bind", "enabled"),
    [
        ("auto", "127.0.0.1", True),
        ("auto", "::1", True),
        ("auto", "localhost", True),
        ("auto", "0.0.0.0", False),
        ("auto", "192.168.0.5", False),
        ("yes", "0.0.0.0", True),
        ("no", "127.0.0.1", False),
    ],
)
def test_load_tests_are_enabled_by_choice_or_by_a_loopback_bind(settings, choice, bind, enabled) -> None:
    settings.LOADMON_LOADTEST, settings.LOADMON_BIND = choice, bind
    assert permissions.load_tests_enabled() is enabled


@pytest.mark.django_db
def test_a_load_test_needs_the_permission() -> None:
    assert not permissions.may_run_load_tests(make_user("ann"))
    assert permissions.may_run_load_tests(make_user("ben", ["run_loadtest"]))
    assert permissions.may_run_load_tests(make_user("root", is_superuser=True))
    assert not permissions.may_run_load_tests(None)


def test_http_1_0_is_a_proxy_that_tells_nothing_of_itself() -> None:
    scope = {"server": ("127.0.0.1", 80), "client": ("127.0.0.1", 5), "headers": [(b"host", b"127.0.0.1")]}
    assert is_local(permissions.peer_of_scope({**scope, "http_version": "1.1"}))
    assert not is_local(permissions.peer_of_scope({**scope, "http_version": "1.0"}))
