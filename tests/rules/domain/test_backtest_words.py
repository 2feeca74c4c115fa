"""The words of a back-test: its figures in a sentence, and what coarse means cannot show."""

import pytest

from monitor.rules.domain.backtest_words import Found, Part, backtest_sentence, coarse_sentences
from tests.stages.rules import a_rule

DAY = 86_400.0


def found(**figures):
    return Found(**({"days": 30, "count": 7, "total": 2520.0, "longest": 720.0, "still_firing": False,
                     "known": 30 * DAY} | figures))  # fmt: skip


@pytest.mark.parametrize(
    ("figures", "sentence"),
    [
        ({}, "With these numbers it would have fired 7 times in the last 30 days, 42 min in all, the longest 12 min."),
        ({"count": 1, "total": 60.0}, "With these numbers it would have fired once in the last 30 days, for 1 min."),
        ({"count": 0}, "With these numbers it would not have fired in the last 30 days."),
        ({"count": 2, "days": 1, "known": DAY, "still_firing": True},
         "With these numbers it would have fired twice in the last day, 42 min in all, the longest 12 min,"
         " and would be firing now."),
        ({"count": 0, "known": 3 * DAY},
         "With these numbers it would not have fired in the last 30 days. Only 3 d of that time is known."),
        (
            {"count": 0, "known": 3 * DAY, "coarse": True},
            "With these numbers it would not have fired in the last 30 days. Only 3 d of that time is known."
            " Short peaks are not in it, where only coarser means are kept.",
        ),
        ({"count": 0, "known": 0.0}, "Nothing is known of this metric in the last 30 days."),
    ],
)  # fmt: skip
def test_the_figures_are_told_in_a_sentence(figures, sentence):
    assert backtest_sentence(found(**figures)) == sentence


def test_means_that_are_coarser_than_the_rule_s_window_are_told_as_such():
    assert coarse_sentences([Part(0, 2 * DAY), Part(60, 28 * DAY)], a_rule(window_seconds=120.0)) == [
        "For 28 d of this only 1-minute means are kept: its times are exact to a minute there."
    ]
    assert coarse_sentences([Part(900, DAY)], a_rule(window_seconds=120.0)) == [
        "For 1 d of this only 15-minute means are kept, coarser than the 120 s that the rule judges:"
        " peaks shorter than 15 minutes cannot be seen there, so it may fire more often."
    ]
    (note,) = coarse_sentences([Part(60, DAY)], a_rule(window_seconds=0.0))
    assert "coarser than the single values that the rule judges: peaks shorter than a minute" in note
