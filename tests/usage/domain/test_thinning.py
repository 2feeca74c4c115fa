"""The heaviest keep their names, and nothing is lost by it."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.metrics.usage import NOTHING, Used, merged
from monitor.usage.domain.thinning import thinned

WHOLE = st.integers(0, 10**6)
KNOWN = st.one_of(st.none(), WHOLE)
USED = st.builds(Used, WHOLE, WHOLE, WHOLE, WHOLE, KNOWN, KNOWN, WHOLE, WHOLE, WHOLE, WHOLE)


def test_the_twelve_heaviest_are_named():
    used = {name: Used(cpu_ms=1000 + name) for name in range(1000)}
    kept, others = thinned(used)
    assert list(kept) == list(range(988, 1000))
    assert others.cpu_ms == sum(1000 + name for name in range(988))


def test_whoever_used_more_than_a_hundredth_is_named():
    used = {name: Used(cpu_ms=100) for name in range(50)} | {name: Used(cpu_ms=1) for name in range(50, 200)}
    assert set(thinned(used)[0]) == set(range(50))


def test_the_heaviest_by_any_kind_is_named():
    kinds = ({"cpu_ms": 9}, {"memory_mib_s": 9}, {"read_kib": 9}, {"written_kib": 9}, {"waiting_ms": 9})
    used = {index: Used(**kind) for index, kind in enumerate(kinds)} | {9: Used(started=5, read_kib=0)}
    kept, others = thinned(used, most=1, least_share=1)
    assert set(kept) == {0, 1, 2, 3, 4}
    assert others == Used(started=5, read_kib=0)


def test_a_consumer_is_no_heavy_one_for_having_used_nothing():
    assert thinned({"idle": NOTHING}) == ({}, NOTHING)


@given(st.dictionaries(st.integers(), USED, max_size=30), st.integers(0, 5))
def test_named_and_others_are_together_what_all_used(used, most):
    kept, others = thinned(used, most, 0.2)
    assert merged([*kept.values(), others]) == merged(used.values())
