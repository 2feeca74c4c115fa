"""Tiers of usage fit into each other."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.usage.domain import tiers


def test_each_tier_is_made_of_whole_buckets_of_the_finer_one():
    for finer, coarser in zip(tiers.TIERS, tiers.COARSER, strict=False):
        assert coarser % finer == 0


def test_a_minute_lies_in_one_bucket_of_each_tier():
    assert [tiers.start_of(29_000_123, tier) for tier in tiers.TIERS] == [
        29_000_123,
        29_000_115,
        29_000_100,
        28_999_800,
        28_998_720,
    ]


def test_every_tier_is_kept_like_one_of_the_samples():
    assert list(tiers.KEPT_WITH) == list(tiers.TIERS)


def test_a_coarse_bucket_that_began_before_what_it_holds_does_not_say_since_when_something_is_kept():
    assert tiers.known_since({1: 29_000_123, 15: 29_000_115, 60: 29_000_100, 360: 28_999_800}) == 29_000_123
    assert tiers.known_since({1: 29_000_123, 15: 29_000_115, 60: 28_990_020, 360: 28_989_720}) == 28_990_020
    assert tiers.known_since({1: None, 15: 29_000_115, 60: None, 360: None}) == 29_000_115
    assert tiers.known_since(dict.fromkeys(tiers.TIERS)) is None


@given(st.sampled_from(tiers.TIERS), st.integers(0, 3000), st.integers(0, 100_000))
def test_pieces_hold_each_minute_of_a_span_once_in_few_whole_buckets(tier, first, length):
    first, end = tiers.start_of(first, tier), tiers.start_of(first + length, tier)
    found = tiers.pieces(tier, first, end)
    minutes = sorted(minute for one in found for minute in range(one.first, one.end))
    assert minutes == list(range(first, end))
    assert all(one.first % one.tier == one.end % one.tier == 0 <= one.tier - tier for one in found)
    most = 2 * (14 + 3 + 5 + 3) + (end - first) // tiers.DAY
    assert sum((one.end - one.first) // one.tier for one in found) <= most
