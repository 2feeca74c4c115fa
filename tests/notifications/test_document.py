"""What docs/notifications.md says is so: its example verifies, its schema is one, its tables are the code's."""

from __future__ import annotations

import json
import time

import jsonschema_rs
import pytest

from monitor.notifications.transports import webhook
from tests.notifications.documents import DOCUMENT, blocks, schema

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = json.dumps({"version": 1}).encode()


@pytest.fixture
def is_genuine():
    """The function of the document, as it stands there."""
    [code] = blocks("python")
    names: dict = {}
    exec(code, names)
    return names["is_genuine"]


def test_the_example_knows_a_message_of_ours(is_genuine):
    assert is_genuine(webhook.headers("k-1", round(time.time()), BODY, SECRET), BODY, SECRET)


@pytest.mark.parametrize(
    ("body", "secret", "age", "name"),
    [
        (b"{}", SECRET, 0, ""),
        (BODY, "whsec_AAAA", 0, ""),
        (BODY, SECRET, 900, ""),
        (BODY, SECRET, 0, "webhook-id"),
    ],
)
def test_the_example_refuses_what_was_changed_forged_or_kept(is_genuine, body, secret, age, name):
    headers = webhook.headers("k-1", round(time.time()) - age, BODY, SECRET)
    if name:
        headers[name] = "k-2"
    assert not is_genuine(headers, body, secret)


def test_the_schema_is_one_and_refuses_what_is_none():
    checker = jsonschema_rs.validator_for(schema())
    assert not checker.is_valid({"version": 2})


def test_every_header_is_told():
    told = DOCUMENT.read_text()
    assert [
        name for name in webhook.headers("k", 1, b"", SECRET) if name.islower() and name not in told
    ] == []
