"""Back-tests of plain readings: the very alerts of the live evaluator, and a threshold to suggest."""

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.metrics.reading import Reading
from monitor.rules.domain.backtest import Backtest, Episode
from monitor.rules.domain.evaluator import Evaluator
from monitor.rules.domain.spec import RuleSpec
from monitor.rules.domain.states import Change
from monitor.rules.domain.suggestion import suggested_threshold
from tests.stages.examples import examples

DAY = 86_400.0


def rule(window=0.0, threshold=75.0, clear=65.0, pending_for=0.0, hold=60.0, per_core=False):
    return RuleSpec(1, "CPU", "cpu_percent", "warning", window, threshold, clear, pending_for, hold, per_core)


def points(values, *, covered=1.0, cores=2.0, start=0):
    return [
        (round(1000 * (start + (i + 1) * covered)), covered, 0.0, cores, (v,)) for i, v in enumerate(values)
    ]


def run(spec, series, since_ms=0):
    test = Backtest(spec, since_ms)
    test.feed(series)
    test.finish()
    return test


def live(spec, series):
    """(started, fired, resolved, peak) of the alerts that the live evaluator makes of the same readings."""
    evaluator, made = Evaluator([spec]), []
    for at_ms, covered, gap, cores, (value,) in series:
        reading = Reading(at_ms, covered, gap, {"cpu_percent": value, "cpu_effective_cores": cores})
        for outcome in evaluator.evaluate(reading):
            if outcome.change is Change.FIRED:
                made.append([outcome.status.started_at_ms, at_ms, None, None])
            elif outcome.change in (Change.RESOLVED, Change.ENDED_UNSEEN):
                made[-1][2:] = [at_ms, outcome.before.peak]
    if made and made[-1][2] is None:
        made[-1][3] = evaluator.statuses[1].peak
    return made


def test_a_hand_made_series_gives_its_alerts_by_value():
    series = points([10] * 10 + [80, 90, 85] + [10] * 100 + [76] * 30 + [10] * 100)
    test = run(rule(hold=60.0), series)
    assert list(test.episodes) == [
        Episode(11_000, 11_000, 74_000, 74_000, 90),
        Episode(114_000, 114_000, 204_000, 204_000, 76),
    ]
    assert (test.count, test.total_seconds, test.longest_seconds) == (2, 153.0, 90.0)


def test_a_condition_that_does_not_last_does_not_fire():
    assert run(rule(pending_for=30.0), points([80] * 30 + [10] * 9)).count == 0
    assert run(rule(pending_for=30.0), points([80] * 31 + [10] * 9)).count == 1


def test_an_alert_that_still_stands_counts_until_its_last_value():
    test = run(rule(), points([10] * 5 + [80] * 20))
    assert list(test.episodes) == [Episode(6_000, 6_000, None, 25_000, 80)]
    assert test.is_firing


def test_a_gap_neither_fires_nor_prolongs_an_alert():
    series = [*points([80] * 10), *[(10_000_000 + at, c, 9_990.0 if at == 1000 else g, n, v)
                                    for at, c, g, n, v in points([10] * 5)]]  # fmt: skip
    (episode,) = run(rule(), series).episodes
    assert (episode.resolved_at_ms, episode.end_observed, episode.seconds(0)) == (10_001_000, False, 9.0)


def test_unknown_values_freeze_an_alert_and_are_forgotten_once_the_value_is_known_again():
    series = points([80] * 5 + [None] * 100 + [70] * 5 + [10] * 100)
    (episode,) = run(rule(hold=60.0), series).episodes
    assert (episode.resolved_at_ms, episode.end_observed) == (171_000, True)


def test_a_threshold_per_core_follows_the_cores_of_the_time():
    spec = rule(threshold=1.0, clear=0.8, per_core=True)
    assert run(spec, points([3.0] * 9, cores=4.0)).count == 0
    assert run(spec, points([3.0] * 9, cores=2.0)).count == 1
    assert run(spec, points([3.0] * 9, cores=None)).count == 0


def test_what_ended_before_the_span_does_not_count_and_what_reaches_into_it_does():
    series = points([80] * 10 + [10] * 100 + [80] * 10 + [10] * 100)
    assert run(rule(), series, since_ms=75_000).count == 1
    both = run(rule(), series, since_ms=60_000)
    assert (both.count, both.total_seconds, both.longest_seconds) == (2, 81.0, 70.0)


def test_only_the_newest_episodes_are_kept_but_all_are_counted():
    test = run(rule(hold=0.0), points([80, 10] * 1500))
    assert (test.count, len(test.episodes)) == (1500, 1000)
    assert test.episodes[-1].fired_at_ms == 2_999_000


def test_two_days_of_seconds_take_a_blink_even_where_they_fire_all_the_time():
    series = points([80.0 + position % 7 for position in range(172_800)])
    began = time.process_time()
    assert run(rule(window=600.0), series).count == 1
    assert time.process_time() - began < 6.0  # some 0.9 s; a mean that is added up each time takes 15


NUMBERS = st.one_of(
    st.none(), st.sampled_from([0.0, 64.999, 65.0, 70.1, 75.0, 75.001, 100.0]), st.floats(0, 100)
)
READINGS = st.lists(
    st.tuples(
        NUMBERS,
        st.sampled_from([1.0, 1.0, 1.003, 0.2, 0.0, 2.5, 60.0]),
        st.sampled_from([0.0] * 8 + [6.0, 30.0, 4000.0]),
        st.sampled_from([2.0, 2.0, 2.0, 4.0, None]),
        st.integers(1, 40),
    ),
    max_size=25,
)
RULES = st.builds(
    rule,
    window=st.sampled_from([0.0, 2.0, 10.0, 60.0, 120.0]),
    threshold=st.sampled_from([75.0, 70.1, 65.0]),
    clear=st.sampled_from([65.0, 60.0]),
    pending_for=st.sampled_from([0.0, 1.0, 10.0]),
    hold=st.sampled_from([0.0, 5.0, 60.0]),
    per_core=st.booleans(),
)


@settings(max_examples=examples(300), deadline=None)
@given(READINGS, RULES)
def test_it_finds_the_very_alerts_that_the_live_evaluator_made(pieces, spec):
    series, at = [], 0.0
    for value, covered, gap, cores, times in pieces:
        for position in range(times):
            missed = gap if position == 0 else 0.0
            at += max(covered + missed, 0.001)
            series.append((round(at * 1000), covered, missed, cores, (value,)))
    if spec.per_core:
        spec = rule(
            spec.window_seconds,
            spec.threshold / 2,
            spec.clear_threshold / 2,
            spec.for_seconds,
            spec.hold_seconds,
            per_core=True,
        )
    found = [[e.started_at_ms, e.fired_at_ms, e.resolved_at_ms, e.peak] for e in run(spec, series).episodes]
    wanted = live(spec, series)
    assert found == wanted


def test_the_suggestion_of_a_rule_per_core_is_per_core_and_after_the_window():
    spec = rule(window=120.0, threshold=1.0, clear=0.8, per_core=True)
    test = run(spec, points([4.0, 0.0] * 900, covered=60.0, cores=4.0))
    assert suggested_threshold(test.distribution) == 0.5
