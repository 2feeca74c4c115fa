"""Sentences of a back-test: what it found, and how far it can be trusted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from monitor.history.domain.tiers import NAMES
from monitor.metrics.quantities import span
from monitor.rules.domain.spec import RuleSpec

BUCKETS = {60: "a minute", 900: "15 minutes", 3600: "an hour"}
WHOLE = 0.95  # of a span: what lacks less is not worth a word


@dataclass(frozen=True, slots=True)
class Found:
    """The figures of one back-test; seconds are those from firing to resolution."""

    days: int
    count: int
    total: float
    longest: float
    still_firing: bool
    known: float
    coarse: bool = False  # some of it was read from means that are longer than what the rule judges
    critical: int = 0  # how many of them became critical


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the past that was read from means of `resolution` seconds, 0 for single samples."""

    resolution: int
    seconds: float


def backtest_sentence(found: Found) -> str:
    """ "With these numbers it would have fired 7 times in the last 30 days, 42 min in all, the longest 12 min." """
    past = "the last day" if found.days == 1 else f"the last {found.days} days"
    if found.known <= 0:
        return f"Nothing is known of this metric in {past}."
    if not found.count:
        return f"With these numbers it would not have fired in {past}.{_limits(found)}"
    total, longest = span(found.total), span(found.longest)
    lasted = f"for {total}" if found.count == 1 else f"{total} in all, the longest {longest}"
    firing = ", and would be firing now" if found.still_firing else ""
    first = f"With these numbers it would have fired {_times(found.count)} in {past}, {lasted}{firing}."
    return f"{first}{_critical(found)}{_limits(found)}"


def is_coarse(part: Part, rule: RuleSpec) -> bool:
    """Whether a mean of this part is longer than what the rule judges, so that peaks may be lost in it."""
    return part.seconds > 0 and (part.resolution > rule.window_seconds or _counts_whole(part, rule))


def coarse_sentences(parts: Iterable[Part], rule: RuleSpec) -> list[str]:
    """For each part that was read from means: what could not be seen in it."""
    return [_coarse(part, rule) for part in parts if part.resolution and part.seconds > 0]


def _counts_whole(part: Part, rule: RuleSpec) -> bool:
    """Whether a bucket counts as beyond the level or not, but never in part."""
    return part.resolution > 0 and rule.is_share


def _coarse(part: Part, rule: RuleSpec) -> str:
    name = NAMES.get(part.resolution, f"{part.resolution}-second")
    bucket = BUCKETS.get(part.resolution, f"{part.resolution} seconds")
    start = f"For {span(part.seconds)} of this only {name} means are kept"
    if _counts_whole(part, rule):
        return f"{start}: each counts there with its mean, as wholly beyond the level or not at all."
    if not is_coarse(part, rule):
        return f"{start}: its times are exact to {bucket} there."
    window = rule.window_seconds
    judged = f"the {window:g} s that the rule judges" if window else "the single values that the rule judges"
    return f"{start}, coarser than {judged}: peaks shorter than {bucket} cannot be seen there, so it may fire more often."


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _critical(found: Found) -> str:
    if not found.critical:
        return ""
    return (
        " It would have been critical."
        if found.count == 1
        else f" {found.critical} of them would have been critical."
    )


def _limits(found: Found) -> str:
    """What keeps the figures from being the whole truth."""
    whole = found.days * 86_400.0
    known = "" if found.known >= WHOLE * whole else f" Only {span(found.known)} of that time is known."
    return f"{known} Short peaks are not in it, where only coarser means are kept." if found.coarse else known
