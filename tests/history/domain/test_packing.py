"""A row of summaries survives its numbers, and most weights are not written at all."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.history.domain.tiers import PARTS, Summary, packed, unpacked

summaries = st.builds(
    lambda mean, weight, less, more: Summary(mean * weight, weight, mean - less, mean + more),
    st.integers(0, 10**9), st.integers(1, 3_600_000), st.integers(0, 10**9), st.integers(0, 10**9),
)  # fmt: skip
rows = st.lists(st.one_of(st.none(), summaries), min_size=1, max_size=29).map(tuple)


@given(rows)
def test_a_row_comes_back_as_it_was(row):
    assert unpacked(packed(row)) == row


def test_the_weight_of_most_is_written_once():
    usual, own = Summary(10, 5, 2, 2), Summary(12, 6, 2, 2)
    numbers = packed((usual, own, None, usual))
    assert numbers[0] == 5
    assert numbers[1 + PARTS.index("weight") :: len(PARTS)] == [None, 6.0, None, None]


def test_a_bucket_in_which_nothing_is_known_has_no_weight():
    assert packed((None, None)) == [0] + [None] * 8
    assert unpacked(packed((None, None))) == (None, None)
