"""Moments of an alert of which evidence is kept, in words: which time it tells of, and how much of that was looked at."""

from __future__ import annotations

from monitor.diagnosis import sentence
from monitor.metrics.quantities import span

TITLES = {"onset": "Before it fired", "peak": "At its worst", "recovery": "When it ended"}
"""Of one moment, wherever its sentence stands: on the alert's page, in messages, in the admin."""

LED_TO = {"onset": "before it fired", "peak": "before it was at its worst", "recovery": "before it ended"}


def told_of(moment: str, judged_seconds: float | None, seconds: float | None) -> str:
    """ "over the 20 s before it fired; processes were looked at in 8 of them"; "" where the time is not known."""
    if not judged_seconds or moment not in LED_TO:
        return ""
    told = f"over the {span(judged_seconds)} {LED_TO[moment]}"
    looked = seconds or 0.0
    if sentence.covers(looked, judged_seconds):
        return told
    return f"{told}; processes were looked at in {span(looked) if looked else 'none'} of that"
