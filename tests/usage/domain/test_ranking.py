"""Ranking: the heaviest by a kind of use, and all others together."""

from monitor.metrics.usage import Used
from monitor.usage.domain.kinds import KINDS
from monitor.usage.domain.ranking import Sum, heaviest, ranked, rest, summed

SUMS = {1: Sum(Used(5, waiting_ms=1)), 2: Sum(Used(9)), 3: Sum(Used(0, read_kib=4)), 4: Sum(Used(5))}


def test_the_heaviest_come_first_and_of_equals_those_that_were_known_first():
    assert heaviest(SUMS, KINDS["cpu"], 9) == [2, 1, 4]
    assert heaviest(SUMS, KINDS["cpu"], 2) == [2, 1]
    assert heaviest(SUMS, KINDS["read"], 9) == [3]


def test_who_is_wanted_is_ranked_even_without_use():
    assert ranked(SUMS, KINDS["waiting"], [8, 1, 2], 9) == [1, 2, 8]


def test_the_rest_is_all_but_the_chosen_with_those_who_have_no_name():
    assert rest(SUMS, [2, 3], [Used(100), Used(1, read_kib=2)]) == Used(111, read_kib=2, waiting_ms=1)


def test_sums_of_two_parts_keep_the_higher_peak_and_of_equals_the_first():
    one, other = Sum(Used(5), 10, 7), Sum(Used(6), 10, 3)
    assert summed([{1: one}, {1: other, 2: one}]) == {1: Sum(Used(11), 10, 3), 2: one}
