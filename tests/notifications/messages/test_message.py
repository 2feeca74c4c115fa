"""Messages: what can wait, what the text says, and that nothing from outside does any harm."""

from __future__ import annotations

import dataclasses
from datetime import UTC, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

from monitor.diagnosis.culprits import Culprit, Waiting
from monitor.notifications.domain.course import Course
from monitor.notifications.messages.facts import Facts
from monitor.notifications.messages.message import message
from monitor.notifications.messages.message import test_message as trial
from tests.notifications.messages.about import BASE, FIRED, NASTY, about

RISING = Course(6.1, 9.2, 6.0, 9.2, 3.0)
FALLING = Course(12.0, 9.2, 9.2, 12.0, -2.8)
STEADY = Course(9.1, 9.2, 9.1, 9.3, 0.1)
SWINGING = Course(12.0, 9.2, 2.0, 12.0, 0.4)


class Tags(HTMLParser):
    """Collects what a mail program would make of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


# The text


def test_the_text_holds_sentence_culprits_advice_and_link():
    text = message(BASE).text
    for part in (
        "Load on db-01 fired: load 9.2 on 4 cores; its threshold is 4.",
        BASE.explanation,
        "- 5 x rsync: 30 % of a core, 238.42 MiB, in backup.service",
        "- postgres: 12 % of a core",
        "- 5 x rsync in nfs_wait",
        "- kworker\n",
        "Pressure: I/O 41 %.",
        "It is critical: it should not wait.",
        "Fired:         2026-11-25 03:12:05 CET, after 30 s",
        "https://load.example.org/alerts/7/",
    ):
        assert part in text


def test_how_long_it_pended_is_not_told_where_the_clock_was_set_back_meanwhile():
    text = message(about(started_at=FIRED + timedelta(hours=1))).text
    assert "Fired:         2026-11-25 03:12:05 CET\n" in text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"course": RISING}, "It is getting worse: 6.1 five minutes before, 9.2 now."),
        ({"course": FALLING, "kind": "repeat"}, "It is getting better: 12 five minutes before, 9.2 now."),
        ({"course": STEADY}, "It has stayed about the same for five minutes."),
        ({"course": SWINGING}, "It went up and down within the last five minutes, between 2 and 12."),
        ({"comparison": "below", "course": FALLING}, "It is getting worse: 12 five minutes before, 9.2 now."),
        ({"severity": "warning"}, "It is a warning: it can wait for working hours, unless it gets worse."),
        ({"severity": "warning", "course": RISING}, "It is a warning that grows: look at it soon."),
        ({"severity": "info"}, "It is told for information: it can wait."),
        ({"is_drill": True}, "This is a drill: a load test caused it. Nothing has to be done."),
        ({"kind": "resolved"}, "It is over. Nothing has to be done now."),
        (
            {"metric": "disk_fullest_percent"},
            "What writes to a file system fails once that is full.",
        ),
        (
            {"metric": "cpu_iowait_percent"},
            "Programs stand still while they wait for I/O: a disk, or a network file system.",
        ),
        (
            {"metric": "load1", "value": 1.2, "threshold": 1.0, "severity": "warning"},
            "Where more tasks run or wait than there are cores, whatever runs here may be slow.",
        ),
    ],
)
def test_the_advice_follows_from_severity_trend_and_metric(changes, sentence):
    assert sentence in message(about(**changes)).text


def test_what_is_over_is_told_in_the_past():
    text = message(about(kind="resolved", explained="At its worst")).text
    assert f"At its worst: {BASE.explanation}" in text
    assert "Who was busy:" in text
    assert "Who waited:" in text


@pytest.mark.parametrize("kind", ["fired", "escalated"])
@pytest.mark.parametrize("severity", ["info", "warning", "critical"])
def test_what_fires_or_becomes_worse_is_never_said_to_get_better(kind, severity):
    assert "better" not in message(about(kind=kind, severity=severity, course=FALLING)).text
    low = about(kind=kind, severity=severity, comparison="below", course=RISING)
    assert "better" not in message(low).text


def test_a_message_that_comes_late_tells_no_course_up_to_now():
    late = message(about(severity="warning", course=RISING, told_at=FIRED + timedelta(hours=2))).text
    assert "getting worse" not in late
    assert "grows" not in late


def test_nothing_is_said_of_a_trend_that_is_not_known():
    assert "five minutes" not in message(BASE).text


def test_a_message_that_comes_late_says_what_has_happened_since():
    over = message(about(resolved_at=FIRED + timedelta(minutes=9))).text
    assert "It has recovered since, at 2026-11-25 03:21:05 CET." in over
    assert "It is over. Nothing has to be done now." in over
    assert (
        "This message is late: that was 2 h ago." in message(about(told_at=FIRED + timedelta(hours=2))).text
    )


def test_an_end_that_nobody_saw_is_told_as_such():
    found = about(
        kind="resolved", end_observed=False, last_seen_at=FIRED, resolved_at=FIRED + timedelta(hours=1)
    )
    assert (
        "ended at some time between 2026-11-25 03:12:05 CET and 2026-11-25 04:12:05 CET, while nothing was measured."
    ) in message(found).text


def test_an_alert_that_became_critical_names_the_critical_threshold():
    assert "its threshold is 8." in message(about(kind="escalated", critical_threshold=8.0)).text
    assert "its threshold is 4." in message(about(severity="warning", critical_threshold=8.0)).text


def test_what_made_an_alert_critical_is_named_where_it_is_another_metric():
    told = message(about(kind="escalated", reason="The 5-minute load is 9, critical at 8 or above.")).text
    assert (
        "Load on db-01 became critical: the 5-minute load is 9, critical at 8 or above; load 9.2 on 4 cores;"
        in told
    )
    assert (
        "Load on db-01 became warning: load 9.2" in message(about(kind="escalated", severity="warning")).text
    )


def test_where_another_metric_makes_it_critical_is_among_the_numbers():
    told = message(about(critical_elsewhere="when Load 5 min is at 8 or above")).text
    assert "Critical:      when Load 5 min is at 8 or above" in told
    assert "Critical:" not in message(BASE).text


def test_a_flapping_rule_is_told_once_and_blames_nobody():
    text = message(about(kind="flapping", changes=4, changed_since=FIRED)).text
    assert "4 changes since 2026-11-25 03:12:05 CET" in text
    assert "Who" not in text
    assert "It fires now." in text
    assert "It does not fire now." in message(about(kind="flapping", fires_now=False)).text


def test_a_digest_tells_of_the_time_up_to_the_last_change():
    calm = {"changed_since": FIRED, "changed_until": FIRED + timedelta(minutes=20), "resolved_at": FIRED}
    text = message(about(kind="digest", changes=5, told_at=FIRED + timedelta(hours=1), **calm)).text
    assert "5 times between 2026-11-25 03:12:05 CET and 2026-11-25 03:32:05 CET." in text


def test_the_digest_of_what_still_fires_does_not_say_that_it_is_over():
    standing = about(kind="digest", changes=5, changed_since=FIRED, told_at=FIRED + timedelta(hours=1))
    told = message(standing)
    assert "Load on db-01 changes no more but still fires, for 1 h now: load 9.2 on 4 cores" in told.text
    assert "It is critical: it should not wait." in told.text
    assert "Who is busy:" in told.text
    assert "over" not in told.text
    assert not told.is_over
    assert message(dataclasses.replace(standing, resolved_at=FIRED)).is_over


# What comes from outside


def nasty(**changes: Any) -> Facts:
    """Facts of which every text was chosen by somebody hostile."""
    return about(
        host=NASTY, rule=NASTY, explanation=NASTY, cause=NASTY, note=NASTY, culprits=(Culprit(NASTY, 2, 1.0, 1.0, NASTY),),
        waiting=(Waiting(NASTY, 1, NASTY),), resolved_at=FIRED, last_seen_at=FIRED, **changes,
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["fired", "escalated", "repeat", "resolved", "flapping", "digest"])
def test_no_name_becomes_markup_a_header_or_an_escape_sequence(kind):
    found = message(nasty(kind=kind), chart=b"png")
    tags = {tag for tag, _ in Tags(found.html).found}
    assert tags <= {
        "html", "head", "meta", "title", "body", "div", "p", "h1", "img", "ul", "li", "a", "table", "tr", "td",
    }  # fmt: skip
    assert not [
        name for _, attributes in Tags(found.html).found for name in attributes if name.startswith("on")
    ]
    assert "&lt;script&gt;" in found.html
    for text in (found.text.replace("\n", ""), found.subject, found.html):
        assert text.isprintable()


def test_whatever_is_long_is_cut():
    found = message(nasty(kind="fired"))
    long = dataclasses.replace(
        BASE, host="h" * 10_000, rule="r" * 10_000, explanation="e" * 10_000, note="n" * 10_000,
        culprits=(Culprit("c" * 10_000),) * 5, waiting=(Waiting("w" * 10_000, 1, "p" * 10_000),) * 5,
    )  # fmt: skip
    assert len(message(long).text) < 5000
    assert len(message(long).html) < 12_000
    assert len(found.text) < 5000


def test_a_link_that_is_no_web_address_is_no_link():
    assert "javascript:" not in message(about(link="javascript:alert(1)")).html


# HTML and JSON


def test_the_html_shows_the_chart_inside_and_fetches_nothing():
    with_chart, without = message(BASE, b"png").html, message(BASE).html
    sources = [attributes["src"] for tag, attributes in Tags(with_chart).found if tag == "img"]
    assert sources == ["cid:chart"]
    assert "<img" not in without
    assert [a["href"] for tag, a in Tags(with_chart).found if tag == "a"] == [BASE.link]


def test_messages_of_one_alert_belong_together():
    assert message(BASE).thread == message(about(kind="resolved", key="k-2")).thread != ""


def test_the_document_for_programs_holds_numbers_and_times():
    found = message(
        about(resolved_at=FIRED + timedelta(minutes=1), kind="resolved", threshold=101.50000000000001)
    ).payload
    assert (found["version"], found["type"], found["key"]) == (1, "alert.resolved", "k-1")
    assert found["alert"]["fired_at"] == round(FIRED.astimezone(UTC).timestamp() * 1000)
    assert (found["alert"]["value"], found["alert"]["threshold"]) == (9.2, 101.5)
    assert found["culprits"][0] == {
        "name": "rsync", "processes": 5, "how": "name", "pids": [], "gone": False,
        "cpu_percent": 30.4, "rss_bytes": 2.5e8, "own_bytes": None, "unit": "backup.service",
    }  # fmt: skip
    assert found["waiting"][0] == {"name": "rsync", "tasks": 5, "waits_in": "nfs_wait"}


def test_a_test_says_that_it_is_one():
    found = trial("t-1", "ops", "db-01", "https://load.example.org/")
    assert found.subject == "[test] db-01: loadmon reaches you"
    assert "This is a test of the receiver ops." in found.text
    assert found.payload["type"] == "test"


UNSEEN = "/data is no longer measured: the alert stays open until it is seen again or somebody ends it."


@pytest.mark.parametrize("kind", ["fired", "repeat", "escalated"])
def test_a_message_says_what_is_not_measured_any_more_and_since_when(kind):
    text = message(about(kind=kind, unseen=UNSEEN, unseen_since=FIRED + timedelta(minutes=5))).text
    assert f"Since 2026-11-25 03:17:05 CET: {UNSEEN}" in text
    assert UNSEEN not in message(about(kind="resolved", unseen=UNSEEN, unseen_since=FIRED)).text


def test_what_did_not_recover_is_not_said_to_have_recovered():
    ended = about(kind="resolved", resolved_at=FIRED + timedelta(minutes=5), end_observed=False,
                  how_ended="Ended by hand: /data was not measured any more.")  # fmt: skip
    found = message(ended)
    assert found.subject == "[ended] db-01: Load, after 5 min"
    assert "stood for 5 min. Ended by hand: /data was not measured any more. Its worst was" in found.text
    assert "recovered" not in found.text.lower() + found.subject.lower()
