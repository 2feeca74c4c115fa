"""Paragraphs of a message, before they become plain text or HTML: what happened, why, who, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.diagnosis import words
from monitor.diagnosis.culprits import Waiting
from monitor.history.domain.age import age
from monitor.metrics.quantities import number, span
from monitor.metrics.text import counted, one_line
from monitor.notifications.messages.advice import LATE_SECONDS, advice
from monitor.notifications.messages.facts import Facts
from monitor.notifications.messages.subject import headline, lasted, reason

LONGEST_SENTENCE = 500
LONGEST_NAME = 80
PRESSURE_LABELS = {
    "cpu_some": "CPU",
    "io_some": "I/O",
    "io_full": "I/O (every task)",
    "memory_some": "memory",
    "memory_full": "memory (every task)",
}
DRILL = "Drill: a load test is the cause of this message."


@dataclass(frozen=True, slots=True)
class Paragraphs:
    """Clean text, each part on one line; an empty part has nothing to tell."""

    drill: str
    happened: str
    explanation: str
    is_over: bool
    culprits: tuple[str, ...]
    waiting: tuple[str, ...]
    pressure: str
    advice: str
    numbers: tuple[tuple[str, str], ...]
    note: str


def paragraphs(facts: Facts) -> Paragraphs:
    """The parts of the message about `facts`."""
    told = facts.kind != "flapping"
    return Paragraphs(
        drill=DRILL if facts.is_drill else "",
        happened=f"{_happened(facts)}{_unseen(facts)}",
        explanation=_explanation(facts),
        is_over=facts.is_over,
        culprits=tuple(words.row(one) for one in facts.culprits) if told else (),
        waiting=tuple(_waiting(one) for one in facts.waiting) if told else (),
        pressure=_pressure(facts),
        advice=advice(facts),
        numbers=_numbers(facts),
        note=one_line(facts.note, LONGEST_SENTENCE),
    )


def at(moment: datetime) -> str:
    """A moment with its date and zone."""
    return f"{moment:%Y-%m-%d %H:%M:%S %Z}"


def _explanation(facts: Facts) -> str:
    sentence = one_line(facts.explanation, LONGEST_SENTENCE)
    return f"{facts.explained}: {sentence}" if sentence and facts.explained else sentence


def _happened(facts: Facts) -> str:
    host, rule = one_line(facts.host, LONGEST_NAME), one_line(facts.rule, LONGEST_NAME)
    limit = f"its threshold is {facts.told(facts.limit)}"
    if facts.kind == "resolved":
        if facts.how_ended:
            worst = f"Its worst was {facts.told(facts.peak)}."
            return f"{rule} on {host} stood for {lasted(facts)}. {one_line(facts.how_ended, LONGEST_SENTENCE)} {worst}"
        if facts.end_observed:
            return (
                f"{rule} on {host} recovered after {lasted(facts)}; its worst was {facts.told(facts.peak)}."
            )
        earliest, latest = facts.last_seen_at or facts.fired_at, facts.resolved_at or facts.told_at
        return f"{rule} on {host} ended at some time between {at(earliest)} and {at(latest)}, while nothing was measured."
    if facts.kind == "flapping":
        since = f" since {at(facts.changed_since)}" if facts.changed_since else ""
        return (
            f"{rule} on {host} fired and recovered so often ({facts.changes} changes{since}) that single messages stop now. "
            f"It {'fires' if facts.fires_now else 'does not fire'} now. When it has been calm you get one summary."
        )
    if facts.kind == "digest":
        until = facts.changed_until or facts.told_at
        since = f" between {at(facts.changed_since)} and {at(until)}" if facts.changed_since else ""
        changed = f"it changed {facts.changes} times{since}"
        if facts.is_over:
            return f"{rule} on {host} is calm again; {changed}."
        stands = f"still fires, for {lasted(facts)} now: {headline(facts)}; {limit}"
        return f"{rule} on {host} changes no more but {stands}. Before, {changed}."
    if facts.kind == "repeat":
        unseen = "" if facts.acknowledged else " Nobody has acknowledged it."
        return f"{rule} on {host} still fires, for {lasted(facts)} now: {headline(facts)}; {limit}.{unseen}"
    word = f"became {facts.severity}" if facts.kind == "escalated" else "fired"
    why = f"{reason(facts)}; " if facts.reason else ""
    return f"{rule} on {host} {word}: {why}{headline(facts)}; {limit}.{_since(facts)}"


def _unseen(facts: Facts) -> str:
    """What the alert is of and is not measured any more; a message that tells of an end need not say it."""
    if facts.is_over or not facts.unseen or facts.unseen_since is None:
        return ""
    return f" Since {at(facts.unseen_since)}: {one_line(facts.unseen, LONGEST_SENTENCE)}"


def _since(facts: Facts) -> str:
    """What has happened since, where the message could not be delivered at once."""
    if facts.resolved_at is not None:
        return f" It has recovered since, at {at(facts.resolved_at)}."
    late = (facts.told_at - (facts.changed_at or facts.fired_at)).total_seconds()
    return f" This message is late: that was {span(late)} ago." if late >= LATE_SECONDS else ""


def _waiting(one: Waiting) -> str:
    place = f" in {one_line(one.waits_in, LONGEST_NAME)}" if one.waits_in else ""
    return f"{counted(one_line(one.name, LONGEST_NAME), one.tasks)}{place}"


def _pressure(facts: Facts) -> str:
    known = [
        f"{label} {number(round(facts.pressure[name]))} %"
        for name, label in PRESSURE_LABELS.items()
        if facts.pressure.get(name, 0.0) >= 1.0
    ]
    return ", ".join(known)


def _numbers(facts: Facts) -> tuple[tuple[str, str], ...]:
    waited = age(facts.started_at, facts.fired_at)  # unknown where the clock was set back meanwhile
    rows = [
        ("Value", facts.told(facts.value)),
        ("Worst", facts.told(facts.peak)),
        ("Fires at", facts.told(facts.threshold)),
        ("Critical at", "" if facts.critical_threshold is None else facts.told(facts.critical_threshold)),
        ("Critical", one_line(facts.critical_elsewhere, LONGEST_NAME)),
        (
            "Clears below" if facts.comparison == "above" else "Clears above",
            facts.told(facts.clear_threshold),
        ),
        ("Cores", number(facts.cores) if facts.cores else ""),
        ("Began", at(facts.started_at)),
        ("Fired", at(facts.fired_at) + ("" if waited is None else f", after {span(waited)}")),
        (
            "Ended",
            at(facts.resolved_at) if facts.resolved_at and facts.is_over else "",
        ),
    ]
    return tuple((name, value) for name, value in rows if value)
