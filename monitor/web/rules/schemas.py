"""Schema of a back-test."""

from __future__ import annotations

from ninja import Schema
from pydantic import Field


class Episode(Schema):
    """An alert that would have been; last_seen_at: its end, or where nobody saw it, the last value before."""

    started_at: int
    fired_at: int
    resolved_at: int | None
    last_seen_at: int
    peak: float
    severity: str
    end_observed: bool


class BacktestAnswer(Schema):
    """What the rule would have done. The thresholds are absolute; the suggested ones are as one would type them."""

    host: str
    metric: str
    statistic: str
    comparison: str = Field(description="On which side of the threshold what is judged is bad.")
    start_at: int
    end_at: int
    resolution_seconds: int = Field(
        description="The coarsest means that were judged; 0: single samples only."
    )
    threshold: float | None
    clear: float | None
    critical_threshold: float | None
    count: int
    critical_count: int
    total_seconds: float
    longest_seconds: float
    episodes: list[Episode] = Field(description="The newest 1000, oldest first.")
    suggested_threshold: float | None = Field(
        description="The p99 (below: the p1) of the last week; null if unknown."
    )
    suggested_clear_threshold: float | None
    no_suggestion: str = Field(description='Why nothing is suggested, in a sentence; "" where something is.')
    rule_sentence: str
    sentence: str
    notes: list[str] = Field(description="How far this can be trusted, in sentences.")
