"""What deceives the eye is in no page, table or frame, also where it lies in the database from earlier."""

import json
import re
from urllib.parse import quote

import pytest

from tests.factories import (
    NOW_MS,
    make_alert,
    make_host,
    make_load_test,
    make_receiver,
    make_rule,
    make_samples,
)
from tests.stages.deceit import DECEIVING

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("public")]

SIGNS = [sign for sign in DECEIVING if sign != "\0"]
EVIL = "".join(SIGNS)
DATA = re.compile(r'<script id="[^"]*" type="application/json">(.*?)</script>', re.DOTALL)
PAGES = [
    "/", "/alerts/", "/metrics", "/admin/", "/admin/monitor/alert/", "/admin/monitor/rule/", "/admin/monitor/receiver/",
    "/admin/monitor/silence/add/", "/admin/monitor/loadtest/", "/admin/monitor/host/", "/admin/monitor/alert/export/",
    "/api/v1/status", "/api/v1/alerts", "/api/v1/hosts",
]  # fmt: skip
OF_THE_ALERT = [
    "/alerts/{}/", "/alerts/{}/parts/", "/alerts/{}.json", "/admin/monitor/alert/{}/change/", "/api/v1/alerts/{}",
]  # fmt: skip


def test_no_page_table_or_answer_holds_what_deceives(boss) -> None:
    host, rule = make_host(f"db{EVIL}01"), make_rule(f"Di{EVIL}sk")
    make_samples(host, 3)
    make_receiver(f"o{EVIL}ps")
    make_load_test(host, "finished", report=f"re{EVIL}port", requested_by=None)
    alert = make_alert(
        host, fired_ms=NOW_MS, rule=rule, rule_name=rule.name, note=f"no{EVIL}te", explanation=f"why{EVIL}"
    )
    for path in [*PAGES, f"/rules/{rule.pk}/", *(one.format(alert.pk) for one in OF_THE_ALERT)]:
        answer = boss.get(path)
        assert answer.status_code == 200, path
        text = (b"".join(answer) if answer.streaming else answer.content).decode()
        assert [sign for sign in SIGNS if sign in text] == [], path
        whole = [text] if answer.headers["Content-Type"] == "application/json" else DATA.findall(text)
        for data in whole:
            assert [sign for sign in SIGNS if sign in _texts(json.loads(data))] == [], path


def test_no_error_of_the_api_holds_what_deceives(client) -> None:
    for path in (
        f"/api/v1/{quote(EVIL)}",
        f"/api/v1/status?host={quote(EVIL)}",
        f"/api/v1/samples?limit={quote(EVIL)}",
    ):
        answer = client.get(path)
        assert answer.status_code in (400, 404), path
        assert [sign for sign in SIGNS if sign in _texts(answer.json())] == [], path


def test_data_of_a_page_keeps_what_only_looks_like_an_escape(boss) -> None:
    make_samples(make_host("db\\u202e01"), 1)
    assert "db\\u202e01" in _texts(json.loads(DATA.findall(boss.get("/").content.decode())[0]))


def test_a_page_tells_its_true_length(boss) -> None:
    make_samples(make_host(f"db{EVIL}01"), 1)
    answer = boss.get("/")
    assert b"db01" in answer.content
    assert int(answer.headers.get("Content-Length", len(answer.content))) == len(answer.content)


def _texts(value: object) -> str:
    """All texts in what a JSON document holds, as they are."""
    if isinstance(value, dict):
        return " ".join(map(_texts, [*value, *value.values()]))
    return " ".join(map(_texts, value)) if isinstance(value, list) else str(value)
