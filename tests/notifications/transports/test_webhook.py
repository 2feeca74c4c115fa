"""Webhooks: what is sent, how it is signed, what an answer means, and where nothing is ever sent."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest

from monitor.notifications.domain.delivery import Answer, Target
from monitor.notifications.transports import deliver, refusal, shown, webhook
from tests.stages.receivers import MESSAGE, Web
from tests.stages.rude import hang_up, rude_server, say_nothing, thank_for_ever, trickle

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def told(web: Web, secret: str = "") -> Answer:
    """What became of one message."""
    return deliver(Target("ops", "webhook", web.url, secret), MESSAGE)


def at(port: int) -> Answer:
    """What became of one message to a server on `port`."""
    return deliver(Target("ops", "webhook", f"http://127.0.0.1:{port}/"), MESSAGE)


def resolving_to(*addresses: str) -> Any:
    """A resolver that answers with `addresses`, whatever it is asked."""

    def fake(host: str, port: int, *rest: Any, **named: Any) -> list[Any]:
        family = socket.AF_INET6 if ":" in addresses[0] else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    return fake


def in_time(send: Callable[[], Answer]) -> Answer:
    """What `send` returns; a failure where it does not come back."""
    found: list[Answer] = []
    thread = threading.Thread(target=lambda: found.append(send()), daemon=True)
    thread.start()
    thread.join(60)
    assert found, "it is held for as long as the other side likes"
    return found[0]


# What is sent


def test_a_message_is_posted_as_json_with_its_key(web):
    assert told(web) == Answer(True, "200 OK: thanks")
    [(path, headers, body)] = web.got
    assert path == "/hooks/s3cr3t-path?token=t0p-secret"
    assert headers["webhook-id"] == "k-1"
    assert headers["content-type"] == "application/json"
    assert json.loads(body) == dict(MESSAGE.payload)
    assert "webhook-signature" not in headers


def test_a_signature_is_that_of_standard_webhooks(web):
    told(web, SECRET)
    [(_, headers, body)] = web.got
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


def test_the_specification_s_own_example_is_signed_alike():
    body = b'{"test": 2432232314}'
    found = webhook.signature("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body, SECRET)
    assert found == "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_new_secret_has_the_form_of_standard_webhooks():
    secret = webhook.new_secret()
    assert secret.startswith("whsec_")
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    assert secret != webhook.new_secret()


def test_a_key_of_somebody_s_own_choice_is_used_as_it_is():
    assert webhook.signature("a", 1, b"", "whsec_!") != webhook.signature("a", 1, b"", "other")


# What an answer means


@pytest.mark.parametrize(
    ("status", "delivered", "permanent"),
    [
        (200, True, False), (202, True, False), (204, True, False), (301, False, True), (302, False, True),
        (307, False, True), (400, False, True), (401, False, True), (403, False, True), (404, False, True),
        (408, False, False), (410, False, True), (422, False, True), (425, False, False), (429, False, False),
        (500, False, False), (502, False, False), (503, False, False), (599, False, False),
    ],
)  # fmt: skip
def test_a_status_decides_what_comes_next(web, status, delivered, permanent):
    web.status, web.body = status, b""
    answer = told(web)
    assert (answer.delivered, answer.permanent) == (delivered, permanent)
    assert answer.text.startswith(str(status))


def test_a_redirect_is_not_followed(web):
    web.status, web.headers = 302, {"Location": f"http://127.0.0.1:{web.port}/elsewhere"}
    told(web)
    assert [path for path, _, _ in web.got] == ["/hooks/s3cr3t-path?token=t0p-secret"]


@pytest.mark.parametrize(
    ("header", "seconds"), [("30", 30.0), ("999999999", 86400.0), ("soon", None), ("-5", None), ("1_0", None)]
)
def test_a_receiver_that_asks_for_patience_is_heard(web, header, seconds):
    web.status, web.headers = 503, {"Retry-After": header}
    assert told(web).retry_after == seconds


def test_a_date_to_wait_for_is_heard_too(web, monkeypatch):
    monkeypatch.setattr(webhook.time, "time", lambda: 1_445_412_420.0)
    web.status, web.headers = 429, {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}
    assert told(web).retry_after == 60.0


def test_a_long_and_dirty_answer_is_cut_and_cleaned(web):
    web.status, web.body = 500, b"\x1b[31mno\r\n\xff\xe2\x80\xaefoo " + b"x" * 100_000
    text = told(web).text
    assert text.startswith("500 Internal Server Error: [31mno � foo xxx")
    assert len(text) == 500


def test_no_secret_comes_back_in_an_answer(web):
    web.status = 400
    web.body = f"bad: {web.url} {SECRET} s3cr3t-path t0p-secret".encode()
    text = told(web, SECRET).text
    assert not [one for one in ("s3cr3t", "t0p", SECRET, SECRET[6:]) if one in text]


# Servers that behave badly


def test_nobody_there_is_tried_again():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.LOADMON_PRIVATE_RECEIVERS", True)
        assert at(port) == Answer(False, "No connection: Connection refused.")


@pytest.mark.parametrize(
    ("behaviour", "text"),
    [
        (say_nothing, "No complete answer within 0.3 s."),
        (trickle, "No complete answer within 0.3 s."),
        (hang_up, "The connection broke before an answer came: "),
    ],
)
def test_a_server_that_does_not_answer_does_not_hold_us(settings, monkeypatch, behaviour, text):
    settings.LOADMON_PRIVATE_RECEIVERS = True
    monkeypatch.setattr(webhook, "TOTAL_SECONDS", 0.3)
    with rude_server(behaviour) as port:
        answer = at(port)
    assert (answer.delivered, answer.permanent) == (False, False)
    assert answer.text.startswith(text)


def test_a_server_that_closes_in_the_middle_of_its_thanks_has_thanked(settings):
    settings.LOADMON_PRIVATE_RECEIVERS = True

    def half(connection: socket.socket, over: Any) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")

    with rude_server(half) as port:
        assert at(port).delivered


# Where nothing is sent


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::",
        "::127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b:1::8.8.8.8", "64:ff9b:1:7f00:0:1::", "fec0::1", "feff::1",
        "2001:0:4136:e378:8000:63bf:80ff:fffe", "2001:470::5efe:10.0.0.1", "fe80::1%lo", "4000::1", "5f00::1",
        "2001:db8::1", "3fff::1", "100::1", "192.0.0.170", "192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.9",
        "240.0.0.1", "0.1.2.3", "100.127.255.254", "192.0.2.1", "::255.255.255.255", "ff05::2", "::224.0.0.1",
    ],
)  # fmt: skip
def test_a_name_that_leads_into_the_own_network_is_refused(monkeypatch, address):
    monkeypatch.setattr(socket, "getaddrinfo", resolving_to(address))
    monkeypatch.setattr(socket, "create_connection", pytest.fail)
    answer = deliver(Target("ops", "webhook", "https://innocent.example.org/x"), MESSAGE)
    assert (answer.delivered, answer.permanent) == (False, True)
    assert answer.text.startswith("Nothing is sent to innocent.example.org: ")


def test_one_forbidden_address_among_good_ones_is_enough(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", resolving_to("93.184.216.34", "127.0.0.1"))
    monkeypatch.setattr(socket, "create_connection", pytest.fail)
    assert deliver(Target("ops", "webhook", "http://a.example/"), MESSAGE).permanent


def test_a_name_that_changes_its_mind_is_asked_only_once(web, monkeypatch):
    """DNS rebinding: the connection goes to the address that was checked, with the name in its Host header."""
    asked = []

    def resolve(host: str, port: int, *rest: Any, **named: Any) -> Any:
        asked.append(host)
        return resolving_to("127.0.0.1")(host, port)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    real = socket.create_connection
    connected: list[Any] = []

    def connect(address: Any, *rest: Any) -> Any:
        connected.append(address)
        return real(address, *rest)

    monkeypatch.setattr(socket, "create_connection", connect)
    # create_connection asks the resolver itself, but for a literal address, which cannot change.
    assert deliver(Target("ops", "webhook", f"http://moving.example:{web.port}/"), MESSAGE).delivered
    assert (asked[0], connected) == ("moving.example", [("127.0.0.1", web.port)])
    assert set(asked[1:]) <= {"127.0.0.1"}
    assert web.got[0][1]["host"] == f"moving.example:{web.port}"


@pytest.mark.parametrize(
    "url",
    [
        "http://2130706433/", "http://0x7f.1/", "http://127.1/", "http://localhost/", "http://[::1]/",
        "http://[::ffff:7f00:1]/", "http://127.0.0.1:80/", "http://0177.0.0.1/", "http://0x7f000001:8080/",
        "http://[::127.0.0.1]/", "http://[fe80::1%25lo]/", "http://[64:ff9b:1::1]/", "http://[fec0::1]/",
        "http://127.0.0.1./", "http://2130706433./",
    ],
)  # fmt: skip
def test_no_way_of_writing_loopback_gets_through(url):
    answer = deliver(Target("ops", "webhook", url), MESSAGE)
    assert (answer.delivered, answer.permanent) == (False, True)
    assert "LOADMON_PRIVATE_RECEIVERS=yes" in answer.text


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "gopher://a.example/", "ftp://a.example/", "http:///x", "http://", "https://a.example:0/",
        "https://a.example:99999/", "https://good.example@127.0.0.1/", "https://user:secret@a.example/",
        "https://a.example\\@127.0.0.1/", "https://a.example/ x", "https://a.example/\r\nHost: b", "javascript:alert(1)",
        "https://a.example/#x", "https://[::1", "", "x" * 2000,
    ],
)  # fmt: skip
def test_what_is_no_plain_web_address_is_refused_with_a_sentence(url):
    assert refusal("webhook", url).endswith(".")
    assert deliver(Target("ops", "webhook", url), MESSAGE).permanent


def test_a_good_address_is_not_refused_and_shown_without_its_secret():
    url = "https://hooks.example.org:8443/services/T000/B000/XXXX?token=abc"
    assert refusal("webhook", url) == ""
    assert shown("webhook", url) == "https://hooks.example.org:8443/..."


def test_a_name_that_does_not_exist_is_tried_again(monkeypatch):
    def unknown(*arguments: Any, **kwargs: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert deliver(Target("ops", "webhook", "https://a.example/"), MESSAGE) == Answer(
        False, "The name a.example was not found."
    )


def test_a_certificate_of_somebody_else_is_refused(settings):
    settings.LOADMON_PRIVATE_RECEIVERS = True

    def no_tls(connection: socket.socket, over: Any) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n")

    with rude_server(no_tls) as port:
        answer = deliver(Target("ops", "webhook", f"https://127.0.0.1:{port}/"), MESSAGE)
    assert answer.text.startswith("No encrypted connection: ")
    assert not answer.delivered


# Nothing takes the deadline away


@pytest.mark.parametrize(
    "head", [b"Connection: close\r\n", b"Content-Length: 5000\r\n", b"Transfer-Encoding: chunked\r\n"]
)
def test_a_receiver_that_thanks_for_ever_has_the_message(settings, monkeypatch, head):
    settings.LOADMON_PRIVATE_RECEIVERS = True
    monkeypatch.setattr(webhook, "TOTAL_SECONDS", 0.3)
    with rude_server(thank_for_ever(head)) as port:
        assert in_time(lambda: at(port)).text.startswith("200 OK")


def test_the_look_up_of_a_name_belongs_to_the_time(settings, monkeypatch):
    over = threading.Event()
    monkeypatch.setattr(webhook, "TOTAL_SECONDS", 0.3)
    questions: list[Any] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *rest, **named: questions.append(rest) or over.wait())
    try:
        for _ in range(3):
            answer = in_time(lambda: deliver(Target("ops", "webhook", "http://slow.example/"), MESSAGE))
            assert answer == Answer(False, "The name slow.example was not found in time.")
        assert len(questions) == 1  # and one thread, however often it is asked
    finally:
        over.set()


def test_a_handshake_that_trickles_is_bounded(settings, monkeypatch):
    settings.LOADMON_PRIVATE_RECEIVERS = True
    monkeypatch.setattr(webhook, "TOTAL_SECONDS", 0.3)

    def handshake(connection: socket.socket, over: Any) -> None:
        connection.recv(65536)
        connection.sendall(b"\x16\x03\x03\x40\x00")  # a record of 16 KiB, which never comes to its end
        while not over.wait(0.02):
            connection.sendall(b"\0")

    with rude_server(handshake) as port:
        answer = in_time(lambda: deliver(Target("x", "webhook", f"https://127.0.0.1:{port}/"), MESSAGE))
    assert (answer.delivered, answer.permanent) == (False, False)
