"""What several spans of usage come to."""

from itertools import permutations

from monitor.metrics.usage import NOTHING, Account, Used, merged

PARTS = [Used(1, 20, 3, 4, None, 6, 7, 8, 9, 10), Used(2, 10, 5, 9, 3, None, 0, 1, 1, 1), Used(cpu_ms=5)]


def test_sums_add_up_and_the_highest_stays_in_any_order():
    expected = Used(8, 20, 8, 9, 3, 6, 7, 8, 10, 11)
    assert {merged(order) for order in permutations(PARTS)} == {expected}
    assert merged([merged(PARTS[:2]), PARTS[2]]) == merged([PARTS[0], merged(PARTS[1:])]) == expected


def test_nothing_known_stays_unknown():
    assert merged([Used(), Used()]).read_kib is None
    assert merged([]) == NOTHING


def test_an_account_belongs_to_the_time_of_its_middle():
    assert Account(59_000, 62_000, 3000, 0, 0).middle_ms == 60_500
