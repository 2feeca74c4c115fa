"""The verdict of a drill, line by line, from the times at which things happened."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.loadtests.domain import drill_verdict
from monitor.loadtests.domain.drill_verdict import Course, Delivery
from monitor.loadtests.domain.report import LONGEST_REPORT, Fired

FIRED = Fired(1, "CPU", "cpu_percent", 75.0, crossed=91.2, fired=91.2, stored=0.004, pushed=0.006)
MAIL = Delivery("ops", "email", "sent", after=1.42, tries=1, reason="250 OK")
HOOK = Delivery("hook", "webhook", "sent", after=0.21, tries=1)
COURSE = Course("CPU", 98.0, FIRED, seen=0.02, deliveries=(MAIL, HOOK))
WAITING = Delivery("hook", "webhook", "pending", tries=0, next_after=0.0)


def lines(course: Course) -> list[str]:
    return drill_verdict.judge(course).report.split("\n")


def test_a_drill_that_reached_everybody_passes_and_tells_each_step() -> None:
    assert drill_verdict.judge(COURSE).passed
    assert lines(COURSE) == [
        "Passed: CPU fired within the 98 s that it promises, and all 2 receivers were told.",
        "Threshold crossed t+91.2 s, stored +0.004 s, in the browser +0.020 s.",
        "ops: mail accepted +1.4 s.",
        "hook: webhook accepted +0.21 s.",
    ]


def test_without_receivers_the_alert_alone_is_proven() -> None:
    verdict = drill_verdict.judge(replace(COURSE, deliveries=()))
    assert verdict.passed
    assert verdict.report.startswith(
        "Passed: CPU fired within the 98 s that it promises. Nothing is proven about delivery: no receiver was to be told. "
        "One takes part that wants the messages of drills; its form in the admin says so.\n"
    )


def test_without_a_browser_the_drill_passes_and_says_so() -> None:
    course = replace(COURSE, seen=None)
    assert drill_verdict.judge(course).passed
    assert lines(course)[1].endswith("stored +0.004 s, no browser was open to show it.")


def test_an_alert_that_waited_is_told_with_both_its_times() -> None:
    course = replace(COURSE, fired=replace(FIRED, crossed=40.0))
    assert lines(course)[1].startswith("Threshold crossed t+40.0 s, fired t+91.2 s, stored")


def test_an_alert_that_never_fired_fails_with_its_reason() -> None:
    course = Course("CPU", 97.5, missed="The CPU mean of 120 s reached 31 %, the rule needs 75 %.")
    assert not drill_verdict.judge(course).passed
    assert lines(course) == [
        "Failed: CPU did not fire within the 97.5 s that it promises.",
        "The CPU mean of 120 s reached 31 %, the rule needs 75 %.",
    ]


def test_a_limited_host_is_named_as_the_reason() -> None:
    course = Course("CPU", 98.0, missed="It did not.", limit="container: 2 of 32")
    assert lines(course)[-1].startswith("loadmon may use only some of the cores here (container: 2 of 32)")


def test_an_alert_that_came_late_fails_even_if_everybody_heard_of_it() -> None:
    course = replace(COURSE, fired=replace(FIRED, fired=99.0))
    assert not drill_verdict.judge(course).passed
    assert lines(course)[0] == (
        "Failed: CPU fired only at t+99.0 s, after the 98 s that it promises; all 2 receivers were told."
    )


@pytest.mark.parametrize(
    ("delivery", "line"),
    [
        (
            Delivery("hook", "webhook", "failed", tries=1),
            "hook: webhook refused after 1 try.",
        ),
        (
            Delivery("hook", "webhook", "pending", tries=2, next_after=90.0),
            "hook: webhook not accepted in 60 s, 2 tries.",
        ),
        (
            Delivery("hook", "webhook", "held", reason="Maintenance"),
            "hook: held back by a silence: Maintenance.",
        ),
        (Delivery("hook", "webhook", "dropped", reason="Not needed"), "hook: dropped: Not needed."),
        (Delivery("hook", "webhook"), "hook: no message was written for it."),
        (WAITING, "hook: not tried in 60 s."),
    ],
)
def test_a_message_that_did_not_arrive_fails_the_drill_with_its_reason(delivery: Delivery, line: str) -> None:
    course = replace(COURSE, deliveries=(MAIL, delivery))
    assert not drill_verdict.judge(course).passed
    assert lines(course)[0].endswith("that it promises; 1 of 2 receivers was not told.")
    assert lines(course)[-1] == line


def test_a_missing_notifier_is_named() -> None:
    course = replace(COURSE, deliveries=(WAITING,), notifier=False)
    assert lines(course)[-1] == "hook: not tried in 60 s, for no notifier runs."


def test_clocks_that_differ_a_little_make_no_negative_delay() -> None:
    assert "in the browser +0.000 s" in lines(replace(COURSE, seen=-0.01))[1]


def test_many_receivers_fit_into_the_column() -> None:
    many = [replace(HOOK, receiver="x" * 80) for _ in range(100)]
    report = drill_verdict.judge(replace(COURSE, deliveries=many)).report
    assert len(report) <= LONGEST_REPORT
    assert report.split("\n")[-1].startswith("And ")


@pytest.mark.parametrize(
    ("course", "elapsed", "decided"),
    [
        (Course("CPU", 98.0), 102.9, False),
        (Course("CPU", 98.0), 103.0, True),
        (COURSE, 91.3, True),
        (replace(COURSE, deliveries=()), 91.3, True),
        (replace(COURSE, seen=None), 94.1, False),
        (replace(COURSE, seen=None), 94.3, True),
        (replace(COURSE, deliveries=(WAITING,)), 151.1, False),
        (replace(COURSE, deliveries=(WAITING,)), 151.3, True),
        (replace(COURSE, deliveries=(replace(WAITING, state="failed"),)), 91.3, True),
        (replace(COURSE, deliveries=(replace(WAITING, tries=1, next_after=59.0),)), 100.0, False),
        (replace(COURSE, deliveries=(replace(WAITING, tries=1, next_after=61.0),)), 100.0, True),
        (replace(COURSE, deliveries=(replace(WAITING, state="leased", next_after=None),)), 100.0, False),
        (replace(COURSE, deliveries=(Delivery("hook", "webhook"),)), 100.0, False),
    ],
)
def test_a_drill_is_decided_once_nothing_can_change_it(course: Course, elapsed: float, decided: bool) -> None:
    assert drill_verdict.is_decided(course, elapsed) is decided
