"""Subject of a message, the one line that must be enough at three in the morning: how bad, where, what, who."""

from __future__ import annotations

from datetime import timedelta

from monitor.history.domain.age import age
from monitor.metrics.catalogue import Family, Unit, family_of
from monitor.metrics.quantities import number, quantity, span
from monitor.metrics.text import clipped, one_line
from monitor.notifications.messages.facts import Facts

LONGEST_SUBJECT = 150
LONGEST_HOST = 60
LONGEST_RULE = 60
LONGEST_CAUSE = 60
UNKNOWN_TIME = "an unknown time"
A_DAY = timedelta(hours=20)


def subject(facts: Facts) -> str:
    """One line of at most 150 characters, safe as a mail header."""
    drill = "[drill] " if facts.is_drill else ""
    return clipped(one_line(f"{drill}{_subject(facts)}", 4 * LONGEST_SUBJECT), LONGEST_SUBJECT)


def headline(facts: Facts) -> str:
    """What is measured, in a few words: "load 9.2 on 4 cores", "CPU busy 92 %"."""
    if facts.level is not None:
        beyond = f"{'below' if facts.level_is_low else 'beyond'} {facts.measured(facts.level)}"
        return f"{one_line(facts.label, LONGEST_RULE)} {beyond} for {facts.told(facts.value)}"
    family = family_of(facts.metric)
    if family is Family.LOAD:
        on = f" on {quantity(facts.cores, Unit.CORES)}" if facts.cores else ""
        return f"load {number(facts.value)}{on}"
    if family is Family.NO_DATA:
        return f"no samples for {span(facts.value)}"
    return f"{one_line(facts.label, LONGEST_RULE)} {facts.told(facts.value)}"


def reason(facts: Facts) -> str:
    """Why it became worse, as the rest of a sentence; "" where its own value tells."""
    sentence = one_line(facts.reason, LONGEST_SUBJECT).removesuffix(".")
    return f"{sentence[:1].lower()}{sentence[1:]}"


def lasted(facts: Facts) -> str:
    """How long the alert has stood, or stood in all; a clock that was set back meanwhile does not tell it."""
    seconds = age(facts.fired_at, facts.resolved_at or facts.told_at)
    return UNKNOWN_TIME if seconds is None else span(seconds)


def _subject(facts: Facts) -> str:
    host, rule = one_line(facts.host, LONGEST_HOST), one_line(facts.rule, LONGEST_RULE)
    now = headline(facts) + (f" - {one_line(facts.cause, LONGEST_CAUSE)}" if facts.cause else "")
    if facts.kind == "resolved":
        length = lasted(facts)
        if facts.how_ended:
            return f"[ended] {host}: {rule}, after {length}"
        upto = "" if facts.end_observed or length == UNKNOWN_TIME else "at most "
        return f"[recovered] {host}: {rule}, after {upto}{length}"
    if facts.kind == "flapping":
        now = "fires" if facts.fires_now else "does not fire"
        changed = f"changed {facts.changes} times{_since(facts)}"
        return f"[flapping] [{facts.severity}] {host}: {rule} {changed} and {now} now"
    if facts.kind == "digest" and facts.is_over:
        return f"[calm again] {host}: {rule}, after {facts.changes} changes{_since(facts)}"
    level = "" if facts.is_drill else f"[{facts.severity}] "
    if facts.kind == "digest":
        return f"{level}{host}: {rule} changes no more and still fires: {now}"
    if facts.kind == "escalated":
        return f"{level}{host}: now {facts.severity}: {reason(facts) or now}"
    if facts.kind == "repeat":
        day = "%Y-%m-%d " if facts.told_at - facts.fired_at > A_DAY else ""
        since = facts.fired_at.strftime(f"{day}%H:%M %Z")
        return f"{level}{host}: {rule} still firing since {since} ({lasted(facts)}): {now}"
    return f"{level}{host}: {now}"


def _since(facts: Facts) -> str:
    if facts.changed_since is None:
        return ""
    until = facts.changed_until or facts.told_at
    seconds = age(facts.changed_since, until)
    return "" if seconds is None else f" in {span(seconds)}"
