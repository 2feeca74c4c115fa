"""Members of a standing alert: who it is of, who is gone, what counts of them, and when they are as good as seen."""

from __future__ import annotations

from monitor.metrics.members import Members
from monitor.rules.domain.membership import MOST, Membership


def followed(window: float, *steps: dict[str, float], adds_up: bool = False) -> Membership:
    """A membership that saw `steps`, a second each."""
    membership = Membership(window)
    for second, values in enumerate(steps):
        membership.take(1000 * second, 1.0, Members(values, adds_up))
    return membership


def test_what_is_gone_counts_with_what_it_last_had():
    membership = followed(0, {"/data": 95.0, "/": 20.0}, {"/": 24.0})
    assert membership.is_lacking
    assert membership.with_unseen(24.0) == 95.0
    assert membership.with_unseen(99.0) == 99.0


def test_of_a_sum_what_is_gone_is_added():
    membership = followed(0, {"eth0": 70.0, "eth1": 9.0}, {"eth1": 12.0}, adds_up=True)
    assert membership.with_unseen(12.0) == 82.0


def test_what_is_measured_again_counts_with_what_it_has_now():
    membership = followed(0, {"/data": 95.0}, {}, {"/data": 30.0})
    assert not membership.is_lacking
    assert membership.with_unseen(24.0) == 24.0


def test_of_a_window_the_worst_in_it_counts_and_a_member_is_back_once_it_was_seen_for_all_of_it():
    membership = followed(3.0, {"cpu1": 99.0}, {"cpu1": 40.0}, {})
    assert membership.with_unseen(10.0) == 99.0
    for second in range(4):
        assert membership.is_lacking, "the window still holds the time without it"
        membership.take(3000 + 1000 * second, 1.0, Members({"cpu1": 20.0}))
    assert not membership.is_lacking
    assert membership.with_unseen(10.0) == 10.0


def test_the_worst_of_a_window_that_is_over_counts_no_more():
    membership = followed(3.0, {"cpu1": 99.0}, *[{"cpu1": 40.0}] * 3, {})
    assert membership.with_unseen(10.0) == 40.0


def test_a_member_that_is_missing_is_news_after_five_seconds_and_its_return_is_news_at_once():
    membership = followed(0, {"/data": 95.0})
    told = []
    for second, values in enumerate([{}] * 7 + [{"/data": 95.0}] * 2):
        membership.take(1000 * second, 1.0, Members(values))
        told.append(membership.news())
    assert told[4] == (("/data",), ())
    assert told[7] == ((), ("/data",))
    assert [one for one in told if one != ((), ())] == [told[4], told[7]]


def test_what_had_too_little_to_matter_is_forgotten_once_it_is_gone():
    membership = followed(0, {"/data": 95.0, "/boot": 20.0}, {})
    membership.drop_gone(80.0)
    assert [one["name"] for one in membership.documents(0.0)] == ["/data"]


def test_the_names_of_what_is_gone_are_bounded_and_the_least_go_first():
    names = {f"usb{number}": float(number) for number in range(MOST + 5)}
    membership = followed(0, names, {})
    membership.drop_gone(0.0)
    kept = membership.documents(0.0)
    assert len(kept) == MOST
    assert min(one["value"] for one in kept) == 5.0


def test_what_is_stored_of_it_is_what_another_process_goes_on_with():
    before = followed(3.0, {"/data": 95.0, "/": 85.0}, {"/": 85.0})
    stored = before.documents(80.0)
    assert stored == (
        {"name": "/data", "value": 95.0, "gone_at": 1000, "is_back": False, "adds_up": False},
        {"name": "/", "value": 85.0, "gone_at": None, "is_back": False, "adds_up": False},
    )
    after = Membership(3.0)
    after.remember(stored)
    assert after.is_lacking
    assert after.with_unseen(24.0) == 95.0
    assert after.documents(80.0) == stored
    assert after.news() == ((), ()), "it was told already"


def test_forgotten_it_holds_nothing():
    membership = followed(0, {"/data": 95.0}, {})
    membership.forget()
    assert not membership.is_lacking
    assert membership.documents(0.0) == ()
