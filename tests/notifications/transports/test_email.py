"""E-mail against a real mail server: what it takes, refuses, defers, and how it misbehaves."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import pytest
from django.core import mail
from django.core.mail.utils import DNS_NAME

from monitor.notifications.domain.delivery import Answer, Target
from monitor.notifications.transports import deliver, email, mailserver, refusal, shown
from tests.stages.receivers import MESSAGE
from tests.stages.rude import hang_up, rude_server, say_nothing, trickle

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
ANN = Target("ann", "email", "ann@example.org")
BOTH = Target("both", "email", "ann@example.org, bob@example.org")


def speaking(text: bytes):
    """A server that says `text` and then nothing."""

    def behaviour(connection, over):
        connection.sendall(text)
        say_nothing(connection, over)

    return behaviour


# What is sent


def test_the_answer_is_the_one_that_the_server_gave_to_the_message(post):
    assert deliver(ANN, MESSAGE) == Answer(True, "250 2.0.0 queued as 4711")


def test_a_mail_is_text_beside_html_with_the_chart_inside(post):
    deliver(ANN, dataclasses.replace(MESSAGE, chart=PNG))
    [(_, mime, _)] = post.took
    text, related = mime.iter_parts()
    html, chart = related.iter_parts()
    assert (mime.get_content_type(), related.get_content_type()) == (
        "multipart/alternative",
        "multipart/related",
    )
    assert text.get_content().split() == MESSAGE.text.split()
    assert html.get_content().strip() == MESSAGE.html
    assert (chart["Content-ID"], chart.get_content()) == ("<chart>", PNG)
    assert chart.get_content_disposition() == "inline"


def test_without_a_chart_there_is_no_picture(post):
    deliver(ANN, MESSAGE)
    [(_, mime, _)] = post.took
    assert [part.get_content_type() for part in mime.iter_parts()] == ["text/plain", "text/html"]


def test_a_message_sent_again_has_the_same_id_and_another_message_another(post):
    for message in (MESSAGE, MESSAGE, dataclasses.replace(MESSAGE, key="k-2")):
        deliver(ANN, message)
    first, again, other = (mime["Message-ID"] for _, mime, _ in post.took)
    assert first == again != other
    assert first.endswith("@example.org>")


def test_a_mail_says_that_a_machine_wrote_it_and_which_alert_it_is_about(post):
    deliver(ANN, MESSAGE)
    [(_, mime, _)] = post.took
    assert mime["Auto-Submitted"] == "auto-generated"
    assert mime["Importance"] == "high"
    assert mime["References"] == mime["In-Reply-To"]
    assert mime["From"] == "loadmon <loadmon@example.org>"
    assert mime["Subject"] == MESSAGE.subject


def test_several_addresses_get_one_mail(post):
    assert deliver(BOTH, MESSAGE).delivered
    [(recipients, mime, _)] = post.took
    assert recipients == ["ann@example.org", "bob@example.org"]
    assert mime["To"] == "ann@example.org, bob@example.org"


def test_no_line_of_the_message_becomes_a_header_or_ends_the_conversation(post):
    nasty = dataclasses.replace(
        MESSAGE,
        subject="load\r\nBcc: eve@example.org\n\n.\r\nQUIT",
        text="Hello\n.\nQUIT\nünïcode " + "x" * 3000 + "\n",
    )
    assert deliver(ANN, nasty).delivered
    [(recipients, mime, _)] = post.took
    assert recipients == ["ann@example.org"]
    assert mime["Bcc"] is None
    assert mime["Subject"] == "load Bcc: eve@example.org . QUIT"
    assert next(iter(mime.iter_parts())).get_content().replace("\r\n", "\n") == nasty.text


def test_a_domain_beyond_ascii_is_written_as_the_mail_server_knows_it(post, settings):
    settings.DEFAULT_FROM_EMAIL = "Läst <loadmon@bücher.example>"
    target = Target("ann", "email", "ann@bücher.example, bob@example.org")
    assert deliver(target, MESSAGE).delivered
    [(recipients, mime, _)] = post.took
    assert recipients == ["ann@xn--bcher-kva.example", "bob@example.org"]
    assert mime["To"] == "ann@xn--bcher-kva.example, bob@example.org"
    assert (mime["From"].addresses[0].display_name, mime["From"].addresses[0].addr_spec) == (
        "Läst",
        "loadmon@xn--bcher-kva.example",
    )
    assert mime["Message-ID"].endswith("@xn--bcher-kva.example>")


@pytest.mark.parametrize(
    ("own", "told"),
    [("b\udcfcro", "localhost"), ("ann's box/2", "localhost"), ("büro.example", "xn--bro-hoa.example")],
)
def test_a_machine_may_be_called_anything_and_still_sends_mail(post, monkeypatch, own, told):
    def as_the_system_tells_it() -> str:
        own.encode("idna")  # as the lookup of the whole name does, and fails at what is no text
        return own

    monkeypatch.setattr("django.core.mail.utils.socket", SimpleNamespace(getfqdn=as_the_system_tells_it))
    monkeypatch.setattr(DNS_NAME, "_fqdn", "", raising=False)
    del DNS_NAME._fqdn
    assert deliver(ANN, MESSAGE).delivered
    assert DNS_NAME.get_fqdn() == told


def test_of_addresses_beyond_ascii_only_the_one_that_has_to_wait_is_tried_again(post):
    target = Target("both", "email", "ann@bücher.example, bob@bücher.example")
    post.recipients["bob@xn--bcher-kva.example"] = "451 4.7.1 greylisted"
    answer = deliver(target, MESSAGE)
    post.recipients.clear()
    assert deliver(dataclasses.replace(target, told=answer.told), MESSAGE).delivered
    assert [recipients for recipients, _, _ in post.took] == [
        ["ann@xn--bcher-kva.example"],
        ["bob@xn--bcher-kva.example"],
    ]


def test_any_backend_of_django_can_be_used(settings):
    settings.EMAIL_HOST = "localhost"
    assert deliver(ANN, MESSAGE) == Answer(True, "Handed over to the mail backend.")
    assert mail.outbox[0].subject == MESSAGE.subject


# What the server says


@pytest.mark.parametrize(
    ("answer", "permanent"),
    [("550 5.7.1 spam", True), ("554 no", True), ("450 4.2.0 later", False), ("421 closing", False)],
)
def test_five_hundred_is_for_good_and_four_hundred_for_later(post, answer, permanent):
    post.answer = answer
    assert deliver(ANN, MESSAGE) == Answer(False, answer, permanent)


@pytest.mark.parametrize(("said", "permanent"), [("550 no such user", True), ("450 try later", False)])
def test_a_recipient_that_is_refused_is_told(post, said, permanent):
    post.recipients["ann@example.org"] = said
    assert deliver(ANN, MESSAGE) == Answer(False, f"Refused: ann@example.org: {said}", permanent)


def test_one_recipient_that_is_refused_does_not_keep_the_other_from_it(post):
    post.recipients["bob@example.org"] = "550 gone"
    answer = deliver(BOTH, MESSAGE)
    assert answer == Answer(True, "250 2.0.0 queued as 4711 But refused: bob@example.org: 550 gone")
    assert [recipients for recipients, _, _ in post.took] == [["ann@example.org"]]


def test_who_is_asked_to_wait_is_tried_again_alone(post):
    post.recipients["bob@example.org"] = "451 4.7.1 greylisted"
    answer = deliver(BOTH, MESSAGE)
    text = "250 2.0.0 queued as 4711 But refused: bob@example.org: 451 4.7.1 greylisted"
    assert answer == Answer(False, text, told=("ann@example.org",))
    post.recipients.clear()
    assert deliver(dataclasses.replace(BOTH, told=answer.told), MESSAGE).delivered
    assert [recipients for recipients, _, _ in post.took] == [["ann@example.org"], ["bob@example.org"]]


def test_who_was_taken_out_of_the_addresses_meanwhile_is_not_waited_for(post):
    assert deliver(dataclasses.replace(ANN, told=("ann@example.org",)), MESSAGE).delivered
    assert post.took == []


def test_one_recipient_for_later_and_one_for_good_is_tried_again(post):
    post.recipients |= {"ann@example.org": "450 later", "bob@example.org": "550 gone"}
    assert deliver(BOTH, MESSAGE).permanent is False


def test_a_login_that_the_server_does_not_know_can_still_be_mended(post, settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "ann", "s3cr3t-password"
    answer = deliver(ANN, MESSAGE)
    assert (answer.delivered, answer.permanent) == (False, False)
    assert answer.text.startswith(
        "The mail server cannot do what EMAIL_URL asks for: SMTP AUTH extension not supported"
    )


def test_a_sender_that_the_server_does_not_want_can_still_be_mended(post):
    post.sender = "530 5.7.0 Authentication required"
    text = "The mail server will not hear us: 530 5.7.0 Authentication required"
    assert deliver(ANN, MESSAGE) == Answer(False, text)


@pytest.mark.parametrize(
    "said", [b"554 too many connections, try later\r\n", b"220 hi\r\n550 who are you\r\n550 who\r\n"]
)
def test_a_server_that_will_not_begin_is_tried_again(settings, monkeypatch, said):
    monkeypatch.setattr(email, "STEP_SECONDS", 0.3)  # it does not say goodbye
    settings.EMAIL_BACKEND = "monitor.notifications.transports.email.AnsweringBackend"
    with rude_server(speaking(said)) as port:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        answer = deliver(ANN, MESSAGE)
    assert (answer.delivered, answer.permanent) == (False, False)
    assert answer.text.startswith("The mail server will not hear us: 55")


def test_a_connection_on_which_the_login_failed_is_not_left_open(post, settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "ann", "s3cr3t-password"
    deliver(ANN, MESSAGE)
    assert post.goodbyes == 1


# Servers that behave badly


@pytest.mark.parametrize(
    "behaviour", [say_nothing, hang_up, speaking(b"220 hello\r\n"), speaking(b"220-"), trickle]
)
def test_a_server_that_does_not_answer_does_not_hold_us(settings, monkeypatch, behaviour):
    monkeypatch.setattr(mailserver, "TOTAL_SECONDS", 0.3)
    settings.EMAIL_BACKEND = "monitor.notifications.transports.email.AnsweringBackend"
    with rude_server(behaviour) as port:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        answer = deliver(ANN, MESSAGE)
    assert (answer.delivered, answer.permanent) == (False, False)
    assert "mail server" in answer.text or "EMAIL_URL" in answer.text


def test_a_server_that_hangs_up_before_it_accepts_is_tried_again(post):
    post.hangs_up_at = "DATA"
    answer = deliver(ANN, MESSAGE)
    assert (answer.delivered, answer.permanent) == (False, False)


def test_a_server_that_hangs_up_after_it_accepted_has_accepted(post):
    post.hangs_up_at = "QUIT"
    assert deliver(ANN, MESSAGE).delivered


def conversation(*replies: bytes, then: bytes = b"2"):
    """A mail server that answers each line with the next of `replies`, and then trickles `then` without an end."""

    def behaviour(connection, over):
        connection.sendall(b"220 hello\r\n")
        for reply in replies:
            connection.recv(65536)
            connection.sendall(reply)
        while not over.wait(0.02):
            connection.sendall(then)

    return behaviour


ACCEPTED = (b"250 hi\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n", b"250 queued as 1\r\n")


@pytest.mark.parametrize("then", [b"2", b"221-x\r\n", b"221" + b"y" * 5000, b"500 no\r\n"])
def test_a_server_that_took_the_message_has_it_however_it_says_goodbye(settings, monkeypatch, then):
    monkeypatch.setattr(mailserver, "TOTAL_SECONDS", 1.0)
    settings.EMAIL_BACKEND = "monitor.notifications.transports.email.AnsweringBackend"
    with rude_server(conversation(*ACCEPTED, then=then)) as port:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        assert deliver(ANN, MESSAGE) == Answer(True, "250 queued as 1")


@pytest.mark.parametrize("asked", ["EMAIL_USE_TLS", "EMAIL_USE_SSL"])
def test_an_encryption_that_hangs_is_bounded(settings, monkeypatch, asked):
    monkeypatch.setattr(mailserver, "TOTAL_SECONDS", 0.5)
    settings.EMAIL_BACKEND = "monitor.notifications.transports.email.AnsweringBackend"
    setattr(settings, asked, True)
    hanging = conversation(b"250-hi\r\n250 STARTTLS\r\n", b"220 go\r\n", then=b"\x16\x03\x03\x40\x00")
    with rude_server(hanging) as port:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        answer = deliver(ANN, MESSAGE)
    assert (answer.delivered, answer.permanent) == (False, False)


def test_a_server_that_talks_without_an_end_fills_no_memory(settings, monkeypatch):
    settings.EMAIL_BACKEND = "monitor.notifications.transports.email.AnsweringBackend"
    monkeypatch.setattr(mailserver, "MOST_BYTES", 1000)
    with rude_server(conversation(then=b"250-x\r\n" * 1000)) as port:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        answer = deliver(ANN, MESSAGE)
    assert (answer.delivered, answer.permanent) == (False, False)


def test_each_step_is_bounded_too(settings, monkeypatch):
    monkeypatch.setattr(email, "STEP_SECONDS", 0.2)
    settings.EMAIL_BACKEND = "monitor.notifications.transports.email.AnsweringBackend"
    with rude_server(say_nothing) as port:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        assert not deliver(ANN, MESSAGE).delivered


def test_nobody_there_is_tried_again(settings):
    settings.EMAIL_BACKEND = "monitor.notifications.transports.email.AnsweringBackend"
    with rude_server(hang_up) as port:
        pass
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    assert deliver(ANN, MESSAGE) == Answer(False, "No connection to the mail server: Connection refused.")


def test_without_a_mail_server_the_answer_says_what_to_set(settings):
    settings.EMAIL_HOST = ""
    assert deliver(ANN, MESSAGE) == Answer(False, "No mail server is set: EMAIL_URL is empty.")


# Addresses


@pytest.mark.parametrize(
    "address",
    ["", " , ", "ann", "ann@", "ann@example.org, bob", "a@b.c\r\nBcc: x", "<script>@x", "@", "a b@c.de"],
)
def test_what_is_no_address_is_refused_with_a_sentence(address):
    assert refusal("email", address).endswith(".")
    assert deliver(Target("x", "email", address), MESSAGE).permanent


def test_more_addresses_than_a_list_should_hold_are_refused():
    assert (
        refusal("email", ",".join(f"a{n}@example.org" for n in range(21)))
        == "Give at most 20 e-mail addresses."
    )


def test_addresses_are_shown_as_they_are():
    assert (
        shown("email", "ann@example.org; bob@example.org ann@example.org")
        == "ann@example.org, bob@example.org"
    )
