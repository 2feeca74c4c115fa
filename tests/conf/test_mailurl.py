"""The mail server as a URL."""

from __future__ import annotations

import pytest

from monitor.conf.mailurl import MailServer, parse


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("", None),
        ("smtp://localhost", MailServer("localhost", 25)),
        ("smtp://mail.example.org/?tls=yes", MailServer("mail.example.org", 587, starttls=True)),
        (
            "smtp://u%40x:p%2Fw@mail.example.org:2525/?tls=no",
            MailServer("mail.example.org", 2525, "u@x", "p/w"),
        ),
        (
            "smtps://ann:secret@mail.example.org",
            MailServer("mail.example.org", 465, "ann", "secret", encrypted=True),
        ),
        ("smtp://[::1]:25", MailServer("::1", 25)),
    ],
)
def test_a_url_names_the_server(text, server):
    assert parse(text) == server


@pytest.mark.parametrize(
    "text",
    [
        "mail.example.org", "http://mail.example.org", "smtp://", "smtp://host:99999", "smtp://host/path", "smtp://host?tls=maybe",
        "smtp://host?ssl=yes", "smtps://host?tls=yes", "smtp://host#x", "smtp://[::1",
    ],
)  # fmt: skip
def test_what_names_none_is_refused_with_a_hint(text):
    with pytest.raises(ValueError, match=r"^give "):
        parse(text)


def test_the_password_is_in_no_representation():
    assert "secret" not in repr(parse("smtps://ann:secret@mail.example.org"))
