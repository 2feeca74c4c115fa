"""Runs of overload and holes as episodes."""

from monitor.history.domain.episodes import Episode, Found, Worst

MINUTE = 60_000


def run(start_ms, end_ms, resolution=0, worst=3.0, least=0):
    return Episode(start_ms, end_ms, resolution, {"load1": Worst(worst, 2.0)}, least_by_load_ms=least)


def told(found):
    return [(one.start_ms, one.end_ms) for one in found.episodes()]


def test_calm_of_less_than_a_minute_ends_no_episode_and_a_minute_does():
    found = Found(5000, [run(0, 1000), run(60_999, 70_000), run(130_000, 140_000)], [(0, 200_000)])
    assert told(found) == [(0, 70_000), (130_000, 140_000)]


def test_a_hole_ends_an_episode_however_short_the_calm():
    found = Found(5000, [run(0, 1000), run(20_000, 21_000)], [(0, 200_000)], [(5000, 15_000)])
    assert told(found) == [(0, 1000), (20_000, 21_000)]


def test_two_minutes_of_overload_do_not_run_through_a_hole_in_them():
    found = Found(5000, [run(0, 2 * MINUTE, least=90_000)], [(0, 2 * MINUTE)], [(30_000, 60_000)])
    assert [(one.start_ms, one.end_ms, one.least_ms) for one in found.episodes()] == [
        (0, 30_000, 30_000), (60_000, 120_000, 60_000),
    ]  # fmt: skip


def test_between_what_was_read_apart_lies_a_hole():
    found = Found(5000, [run(9000, 10_000), run(20_000, 21_000)], [(0, 10_000), (20_000, 30_000)])
    assert told(found) == [(9000, 10_000), (20_000, 21_000)]
    assert (found.unknown_ms(0, 30_000), found.unknown_ms(0, 50_000), found.unknown_ms(9000, 12_000)) == (
        10_000, 30_000, 0,
    )  # fmt: skip


def test_a_bucket_that_lacks_something_is_unknown_for_so_long():
    found = Found(5000, [], [(0, MINUTE)], thin=[(0, MINUTE, 20_000)])
    assert (found.unknown_ms(0, MINUTE), found.unknown_ms(0, 10_000)) == (20_000, 10_000)


def test_an_episode_is_as_exact_as_its_coarsest_part_and_has_the_worst_of_all():
    found = Found(5000, [run(0, MINUTE, 60, 3.0, 10), run(MINUTE, 90_000, 0, 5.0, 20)], [(0, 90_000)])
    [one] = found.episodes()
    assert (one.resolution, one.worst["load1"].value, one.least_ms) == (60, 5.0, 30)


def test_what_reaches_the_edge_of_what_was_read_may_go_on_beyond_unless_a_hole_lies_there():
    found = Found(5000, [run(1000, 2000)], [(0, 2000)])
    assert not found.is_settled(0, 1000)
    assert found.is_settled(0, MINUTE)
    found.holes.append((100, 900))
    assert found.is_settled(0, 1000)
