"""Shares of control groups over the last seconds: the few that are at work."""

from monitor.collectors.domain.group_shares import MOST, Shares, Standing
from monitor.metrics.usage import Consumer, Kind

TREE = [
    Standing(1, None, Consumer(Kind.SERVICE, "/")),
    Standing(2, 0, Consumer(Kind.SERVICE, "system.slice")),
    Standing(3, 1, Consumer(Kind.SERVICE, "nginx.service")),
    Standing(4, 1, Consumer(Kind.SERVICE, "run.scope")),
    Standing(5, 1, Consumer(Kind.SERVICE, "run.scope")),
]


def percents(shares):
    return None if shares is None else {share.name: share.cpu_percent for share in shares}


def looks(*times, tree=TREE):
    """What is found at the last of several (moment, seconds of each group)."""
    shares = Shares()
    shares.stand(tree)
    found = None
    for at, *counted in times:
        told = [None if each is None else str(each).encode() for each in counted]
        found = shares.add(at, told, float)
    return percents(found)


def test_nothing_is_known_before_the_second_reading():
    assert looks((0.0, 9, 8, 7, 0, 0)) is None


def test_each_group_is_told_without_those_in_it_and_those_of_one_name_together():
    assert looks((0.0, 9, 8, 7, 0, 0), (2.0, 13, 11, 8, 0.5, 0.5)) == {
        "nginx.service": 50.0, "system.slice": 50.0, "run.scope": 50.0,
    }  # fmt: skip


def test_the_first_one_is_no_group_and_what_is_idle_is_left_out():
    assert looks((0.0, 9, 8, 7, 0, 0), (1.0, 10, 8.009, 7.009, 0, 0)) == {}


def test_what_lies_around_a_group_that_was_not_read_is_not_known():
    assert looks((0.0, 9, 8, 7, None, 0), (1.0, 10, 9, 7.5, None, 0)) == {"nginx.service": 50.0}


def test_a_group_that_began_anew_or_counts_again_is_never_negative():
    assert looks((0.0, 9, 8, 7, 0, 0), (1.0, 10, 9, 1, 0, 0)) == {"system.slice": 100.0}


def test_what_was_seconds_ago_is_forgotten():
    busy = [(float(at), 9 + at, 8 + at, 7 + at, 0, 0) for at in range(4)]
    idle = [(float(at), 12, 11, 10, 0, 0) for at in range(4, 10)]
    assert looks(*busy) == {"nginx.service": 100.0}
    assert looks(*busy, *idle) == {}


def test_after_a_gap_or_a_step_of_the_clock_nothing_is_known():
    assert looks((0.0, 9, 8, 7, 0, 0), (100.0, 99, 98, 97, 0, 0)) is None
    assert looks((5.0, 9, 8, 7, 0, 0), (4.0, 9, 8, 7, 0, 0)) is None


def test_another_walk_takes_nothing_away():
    shares = Shares()
    shares.stand(TREE)
    shares.add(0.0, [b"9", b"8", b"7", b"0", b"0"], float)
    shares.stand([*TREE[:2], Standing(9, 1, Consumer(Kind.SERVICE, "new.service")), TREE[2]])
    assert percents(shares.add(1.0, [b"10", b"9", b"0", b"8"], float)) == {"nginx.service": 100.0}


def test_only_the_heaviest_few_are_told():
    tree = [TREE[0], *(Standing(10 + i, 0, Consumer(Kind.SERVICE, f"s-{chr(97 + i)}")) for i in range(20))]
    found = looks((0.0, *[0.0] * 21), (1.0, *[1.0] * 21), tree=tree)
    assert found is not None
    assert len(found) == MOST
