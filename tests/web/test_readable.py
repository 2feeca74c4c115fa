"""What deceives the eye is in no page, table or frame, also where it lies in the database from earlier."""

import json

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
        if answer.headers["Content-Type"] == "application/json":
            assert [sign for sign in SIGNS if sign in str(json.loads(text))] == [], path


def test_a_page_tells_its_true_length(boss) -> None:
    make_samples(make_host(f"db{EVIL}01"), 1)
    answer = boss.get("/")
    assert b"db01" in answer.content
    assert int(answer.headers.get("Content-Length", len(answer.content))) == len(answer.content)
