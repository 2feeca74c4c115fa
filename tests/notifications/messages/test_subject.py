"""The subject: one short line of how bad, where, what and who."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.notifications.messages.subject import LONGEST_SUBJECT, subject
from tests.notifications.messages.about import FIRED, NASTY, about


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "[critical] db-01: load 9.2 on 4 cores - the disk, 5 x rsync"),
        ({"cause": ""}, "[critical] db-01: load 9.2 on 4 cores"),
        ({"cores": 1.0, "cause": ""}, "[critical] db-01: load 9.2 on 1 core"),
        ({"is_drill": True}, "[drill] db-01: load 9.2 on 4 cores - the disk, 5 x rsync"),
        ({"kind": "escalated"}, "[critical] db-01: now critical: load 9.2 on 4 cores - the disk, 5 x rsync"),
        ({"kind": "escalated", "reason": "The 5-minute load is 9, critical at 8 or above."},
         "[critical] db-01: now critical: the 5-minute load is 9, critical at 8 or above"),
        ({"kind": "resolved", "rule": "CPU", "resolved_at": FIRED + timedelta(minutes=11, seconds=30)},
         "[recovered] db-01: CPU, after 11 min 30 s"),
        ({"kind": "resolved", "resolved_at": FIRED + timedelta(minutes=10), "end_observed": False},
         "[recovered] db-01: Load, after at most 10 min"),
        ({"kind": "resolved", "resolved_at": FIRED - timedelta(hours=1), "end_observed": False},
         "[recovered] db-01: Load, after an unknown time"),
        ({"kind": "repeat", "told_at": FIRED - timedelta(hours=1)},
         "[critical] db-01: Load still firing since 03:12 CET (an unknown time): load 9.2 on 4 cores - the disk, 5 x rsync"),
        ({"kind": "resolved", "is_drill": True, "resolved_at": FIRED + timedelta(seconds=30)},
         "[drill] [recovered] db-01: Load, after 30 s"),
        ({"kind": "repeat", "told_at": FIRED + timedelta(hours=4)},
         "[critical] db-01: Load still firing since 03:12 CET (4 h): load 9.2 on 4 cores - the disk, 5 x rsync"),
        ({"kind": "flapping", "changes": 4, "changed_since": FIRED - timedelta(minutes=20), "told_at": FIRED},
         "[flapping] [critical] db-01: Load changed 4 times in 20 min and fires now"),
        ({"kind": "flapping", "changes": 4, "severity": "warning", "fires_now": False,
          "changed_since": FIRED - timedelta(minutes=20), "changed_until": FIRED, "told_at": FIRED + timedelta(hours=5)},
         "[flapping] [warning] db-01: Load changed 4 times in 20 min and does not fire now"),
        ({"kind": "digest", "changes": 15, "told_at": FIRED},
         "[critical] db-01: Load changes no more and still fires: load 9.2 on 4 cores - the disk, 5 x rsync"),
        ({"kind": "digest", "changes": 14, "changed_since": FIRED - timedelta(hours=2), "changed_until": FIRED,
          "told_at": FIRED + timedelta(minutes=30), "resolved_at": FIRED},
         "[calm again] db-01: Load, after 14 changes in 2 h"),
        ({"metric": "cpu_percent", "value": 92.0, "severity": "warning", "cause": "2 x python3"},
         "[warning] db-01: CPU busy 92 % - 2 x python3"),
        ({"metric": "memory_available_percent", "comparison": "below", "value": 3.5, "cause": "postgres"},
         "[critical] db-01: Memory available, share 3.5 % - postgres"),
        ({"metric": "sampler_silent_seconds", "value": 125.0, "cause": ""}, "[critical] db-01: no samples for 2 min 5 s"),
        ({"metric": "cpu_percent", "level": 90.0, "value": 80.0, "cause": ""},
         "[critical] db-01: CPU busy beyond 90 % for 80 % of the time"),
        ({"metric": "gone", "value": 3.0, "cause": ""}, "[critical] db-01: gone 3"),
    ],
)  # fmt: skip
def test_the_subject_says_how_bad_where_what_and_who(changes, line):
    assert subject(about(**changes)) == line


@pytest.mark.parametrize("kind", ["fired", "escalated", "repeat", "resolved", "flapping", "digest"])
def test_a_subject_is_one_short_clean_line_whatever_it_is_made_of(kind):
    line = subject(about(kind=kind, host=NASTY * 20, rule=NASTY * 20, cause=NASTY * 20, resolved_at=FIRED))
    assert len(line) <= LONGEST_SUBJECT
    assert line.isprintable()
    assert "\u202e" not in line


def test_a_repeat_after_more_than_a_day_names_the_date():
    assert "since 2026-11-25 03:12 CET (2 d)" in subject(
        about(kind="repeat", told_at=FIRED + timedelta(days=2))
    )
