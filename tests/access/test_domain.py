"""Who counts as this machine's own user, and which origin as this site."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.access.domain import FORWARDED, Peer, host_name, is_local, is_loopback, same_origin


def peer(server="127.0.0.1", client="127.0.0.1", host="localhost:8000", headers=("host", "accept")) -> Peer:
    return Peer(server, client, host, headers)


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8000", "127.0.0.1", "127.9.9.9:80", "[::1]", "[::1]:8000"]
)
def test_a_connection_that_is_loopback_all_the_way_is_local(host) -> None:
    assert is_local(peer(host=host))
    assert is_local(peer(server="::1", client="::ffff:127.0.0.1", host=host))


@pytest.mark.parametrize(
    "changed",
    [
        {"server": "192.168.0.5"},
        {"server": "0.0.0.0"},
        {"server": ""},
        {"server": "unknown"},
        {"client": "192.168.0.9"},
        {"client": "::ffff:10.0.0.1"},
        {"client": ""},
        {"host": ""},
        {"host": "evil.example"},
        {"host": "localhost.evil.example"},
        {"host": "127.0.0.1.nip.io"},
        {"host": "[::1"},
        {"host": "localhost, evil.example"},
    ],
)
def test_one_part_that_is_not_loopback_makes_it_foreign(changed) -> None:
    assert not is_local(peer(**changed))


PROXIES = (
    "forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port", "x-real-ip",
    "x-forwarded-server", "x-forwarded-ssl", "x-forwarded-prefix", "x-forwarded-by", "x-forwarded-scheme", "x-forwarded",
    "x-forwarded-client-cert", "x-forwarded-tls-version", "x-real-port", "x-original-for", "x-original-host",
    "x-original-url", "x-client-ip", "client-ip", "true-client-ip", "x-cluster-client-ip", "cf-connecting-ip", "cf-ray",
    "fly-client-ip", "fastly-client-ip", "x-envoy-external-address", "x-proxyuser-ip", "forwarded-for", "x-amzn-trace-id",
)  # fmt: skip


@pytest.mark.parametrize("header", [*PROXIES, *FORWARDED])
def test_a_proxy_in_between_makes_it_foreign(header) -> None:
    assert not is_local(peer(headers=("host", header)))


@pytest.mark.parametrize("header", ["X_Forwarded_Server", "X-FORWARDED-SSL", "x_real-ip", "CF_Connecting_IP"])
def test_no_way_of_writing_its_name_hides_a_header_of_a_proxy(header) -> None:
    assert not is_local(peer(headers=("host", header)))


def test_what_browsers_and_curl_send_on_this_machine_is_local() -> None:
    sent = (
        "host", "user-agent", "accept", "accept-encoding", "accept-language", "cookie", "connection", "referer", "origin",
        "cache-control", "pragma", "dnt", "sec-gpc", "sec-fetch-site", "sec-fetch-mode", "sec-ch-ua", "x-csrftoken",
        "x-requested-with", "upgrade-insecure-requests", "upgrade", "sec-websocket-key", "if-none-match",
        "content-type", "content-length", "authorization", "priority", "te", "range", "if-modified-since", "x-client-data",
    )  # fmt: skip
    assert is_local(peer(headers=sent))


@given(st.text())
def test_no_text_breaks_the_reading_of_names_and_origins(text) -> None:
    assert isinstance(host_name(text), str)
    assert is_loopback(text) in (True, False)
    assert same_origin(text, "http", "localhost:8000") in (True, False)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://localhost:8000", "localhost:8000"),
        ("http://LocalHost:8000", "localhost:8000"),
        ("http://example.org", "example.org:80"),
        ("http://[::1]:8000", "[::1]:8000"),
    ],
)
def test_same_scheme_name_and_port_are_the_same_origin(origin, host) -> None:
    assert same_origin(origin, "http", host)


@pytest.mark.parametrize(
    "origin",
    [
        "", "null", "http://localhost", "http://localhost:8001", "https://localhost:8000", "http://evil.example:8000",
        "http://localhost:8000.evil.example", "http://localhost:8000@evil.example", "http://localhost:8000/path",
        "localhost:8000", "http://127.0.0.1:8000", "http://localhost:99999",
    ],
)  # fmt: skip
def test_any_other_origin_is_foreign(origin) -> None:
    assert not same_origin(origin, "http", "localhost:8000")


def test_an_origin_on_the_list_is_let_in() -> None:
    assert same_origin("https://load.example.org", "http", "localhost:8000", ["https://load.example.org"])
