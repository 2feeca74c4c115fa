"""Alerts as CSV: complete rows, page after page, and no cell that a spreadsheet would run."""

import csv
import io
from datetime import timedelta

import pytest

from monitor.alerts.models import Alert
from monitor.web.alerts.csv import COLUMNS, lines
from tests.admin.pages import START, make_alert
from tests.factories import make_host

pytestmark = pytest.mark.django_db


def exported() -> list[dict[str, str]]:
    """All alerts as CSV, parsed."""
    return list(csv.DictReader(io.StringIO(b"".join(lines(Alert.objects.all())).decode())))


def test_more_than_one_page_is_exported_whole(host, monkeypatch) -> None:
    monkeypatch.setattr("monitor.web.alerts.csv.PAGE", 2)
    ids = [str(make_alert(host).pk) for _ in range(5)]
    assert [row["id"] for row in exported()] == ids[::-1]


def test_a_row_of_the_export_is_complete() -> None:
    make_alert(make_host("web1"))
    (row,) = exported()
    assert tuple(row) == COLUMNS
    assert (row["host"], row["unit"], row["duration_seconds"], row["test"]) == (
        "web1",
        "percent",
        "120.0",
        "no",
    )
    assert (row["fired_at"], row["resolved_at"]) == ("2026-03-01T12:00:05.000Z", "2026-03-01T12:02:05.000Z")


def test_of_an_end_that_nobody_saw_the_export_tells_what_is_known(host) -> None:
    make_alert(host, end_observed=False, last_seen_at=START + timedelta(seconds=45))
    (row,) = exported()
    assert (row["duration_seconds"], row["end_observed"]) == ("40.0", "no")


@pytest.mark.parametrize(
    "name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "%1", "＝1+1", "\u00a0=1", "\n=1"]
)
def test_text_that_a_spreadsheet_would_run_is_defused(host, name: str) -> None:
    make_alert(host, rule_name=name)
    (row,) = exported()
    assert row["rule"] == f"'{name}"


@pytest.mark.parametrize("name", ["\u202e=1", "\u200b=1+1", "\x1b=1", "\ufeff=1"])
def test_nothing_that_is_not_seen_hides_a_formula(host, name: str) -> None:
    make_alert(host, rule_name=name)
    (row,) = exported()
    assert row["rule"] == f"'{name[1:]}"


def test_a_negative_number_stays_a_number(host) -> None:
    make_alert(host, value=-1.5)
    (row,) = exported()
    assert row["value"] == "-1.5"
