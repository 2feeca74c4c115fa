"""Words of an alert's state, changes and messages on a page, from values alone."""

from __future__ import annotations

from monitor.alerts.models import Change
from monitor.metrics.catalogue import JUDGED, Unit
from monitor.metrics.quantities import number, quantity, span
from monitor.rules.models import Severity

SEVERITY_WORDS = dict(reversed(Severity.choices))
STATES = {"firing": "Firing", "recovering": "Calming down", "resolved": "Recovered"}
LEVELS: dict[str, str] = {
    Change.FIRED: "Fired as",
    Change.ESCALATED: "Became",
    Change.STEPPED_DOWN: "Stepped down to",
}
"""The changes that lead to a severity, which is named with them."""

GROUPS = {"unit": "service"}
KINDS = {
    "fired": "Fired",
    "escalated": "Became worse",
    "resolved": "Recovered",
    "repeat": "Still firing",
    "flapping": "Flapping",
    "digest": "Flapping is over",
}
FATES = {
    "held": "held back by a silence",
    "pending": "waits",
    "leased": "is being delivered",
    "sent": "accepted",
    "failed": "refused for good",
    "expired": "given up",
    "dropped": "not sent",
}


def amount(value: float | None, unit: Unit | None) -> str:
    """`value` in its unit: "94.2 %"; "n/a" where it is not known."""
    if value is None:
        return "n/a"
    return number(value) if unit is None else quantity(value, unit)


def label(metric: str) -> str:
    """What the metric is called."""
    return JUDGED[metric].label if metric in JUDGED else metric


def change(word: str, severity: str) -> str:
    """What happened: "Fired as warning", "Became critical"."""
    if severity and word in LEVELS:
        return f"{LEVELS[word]} {severity}"
    return Change(word).label if word in Change else word.replace("_", " ").capitalize()


def judged(statistic: str, comparison: str, window_seconds: int) -> str:
    """What of a window is judged: "mean of 2 min", "share of time in 10 min"; "" where it is the latest value."""
    if not window_seconds:
        return ""
    extreme = "lowest of" if comparison == "below" else "highest of"
    word = {"max": extreme, "share": "share of time in"}.get(statistic, "mean of")
    return f"{word} {span(window_seconds)}"


def condition(
    subject: str, comparison: str, threshold: str, clear: str, critical: str, wait: int = 0, hold: int = 0
) -> str:
    """The numbers: "CPU busy, mean of 2 min: fires at 75 %, clears below 65 % for 1 min"; wait, hold: seconds.

    critical: "critical at 95 % or above", or "".
    """
    beyond, calm = sides(comparison)
    waits, holds = (f" for {span(seconds)}" if seconds else "" for seconds in (wait, hold))
    told = f"{subject}: fires at {threshold} or {beyond}{waits}, clears {calm} {clear}{holds}"
    return f"{told}, {critical}" if critical else told


def sides(comparison: str) -> tuple[str, str]:
    """On which side of a threshold it is bad, and on which calm."""
    return ("below", "above") if comparison == "below" else ("above", "below")


def extreme(comparison: str) -> str:
    """What the worst value of an alert is called."""
    return "lowest" if comparison == "below" else "peak"


def reached(label: str, judged: str, comparison: str, threshold: str) -> str:
    """When it fires, in short: "CPU busy, mean of 2 min, at 75 % or above"."""
    subject = f"{label}, {judged}," if judged else label
    return f"{subject} at {threshold} or {sides(comparison)[0]}"


def tally(states: list[str]) -> str:
    """What became of messages, for who may not see more: "3 messages: 2 accepted, 1 waits"."""
    if not states:
        return "Nobody was told of this alert."
    counts = {state: states.count(state) for state in FATES if state in states}
    parts = ", ".join(f"{count} {FATES[state]}" for state, count in counts.items())
    return f"{len(states)} {'message' if len(states) == 1 else 'messages'}: {parts}."


def size(value: float | None) -> str:
    """Bytes as a person reads them; "" where unknown."""
    return "" if value is None else quantity(value, Unit.BYTES)


def share(value: float | None) -> str:
    """Percent; "" where unknown."""
    return "" if value is None else quantity(value, Unit.PERCENT)
