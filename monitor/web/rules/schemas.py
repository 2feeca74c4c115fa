"""Schema of a back-test: made of what `rules.backtesting.backtest` found."""

from __future__ import annotations

from typing import Annotated, TypedDict

from monitor.web.rows import Described, From, Turned, of


class Episode(TypedDict):
    """An alert that would have been; last_seen_at: its end, or where nobody saw it, the last value before."""

    started_at: Annotated[int, From("started_at_ms")]
    fired_at: Annotated[int, From("fired_at_ms")]
    resolved_at: Annotated[int | None, From("resolved_at_ms")]
    last_seen_at: Annotated[int, From("seen_at_ms")]
    peak: Annotated[float, Turned(lambda value: round(value, 6))]
    severity: str
    end_observed: bool


class BacktestAnswer(TypedDict):
    """What the rule would have done. The thresholds are absolute; the suggested ones are as one would type them."""

    host: Annotated[str, From("host.name")]
    metric: Annotated[str, From("rule.metric")]
    statistic: Annotated[str, From("rule.statistic")]
    comparison: Annotated[
        str,
        From(lambda found: "below" if found.rule.fires_below else "above"),
        Described("On which side of the threshold what is judged is bad."),
    ]
    start_at: Annotated[int, From("start_ms")]
    end_at: Annotated[int, From("end_ms")]
    resolution_seconds: Annotated[
        int, Described("The coarsest means that were judged; 0: single samples only.")
    ]
    threshold: Annotated[float | None, From("condition.threshold")]
    clear: Annotated[float | None, From("condition.clear")]
    critical_threshold: Annotated[float | None, From("critical_condition.threshold")]
    count: Annotated[int, From("run.count")]
    critical_count: Annotated[int, From("run.critical_count")]
    total_seconds: Annotated[float, From(lambda found: round(found.run.total_seconds, 3))]
    longest_seconds: Annotated[float, From(lambda found: round(found.run.longest_seconds, 3))]
    episodes: Annotated[
        list[Episode],
        From(lambda found: [of(Episode, one) for one in found.run.episodes]),
        Described("The newest 1000, oldest first."),
    ]
    suggested_threshold: Annotated[
        float | None, Described("The p99 (below: the p1) of the last week; null if unknown.")
    ]
    suggested_clear_threshold: float | None
    no_suggestion: Annotated[
        str, Described('Why nothing is suggested, in a sentence; "" where something is.')
    ]
    rule_sentence: str
    sentence: str
    notes: Annotated[list[str], Described("How far this can be trusted, in sentences.")]
