"""No sentence claims more than its numbers hold, over random moments: shares, superlatives, denials, that all is fine."""

import re
from collections import Counter
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.diagnosis.evidence import of_reading
from monitor.diagnosis.reader import read
from monitor.diagnosis.sentence import explain
from monitor.diagnosis.tone import Tone
from monitor.diagnosis.verdict import verdict
from tests.diagnosis.moments import gathered, readings, snapshots
from tests.stages.examples import examples

HOT = {"cpu_percent": 97.0}
"""Means with which the verdict names a cause."""

TOLD = re.compile(r"(started by )?(?:\d+ x )?(\w+)(?:, gone again)? \((\d+(?:\.\d)?) cores?(?:, gone now)?\)")
DENIED = re.compile(r"not the (CPU|disk)")
ROUNDED = 0.051
"""Of a core, by which a number in a sentence may differ."""

PRESSES_PERCENT = 10.0


def whole(scans):
    """The scans beside what the machine itself was busy: as much as was seen, four times as much, or untold."""
    return st.sampled_from([None, 1.0, 4.0]).map(
        lambda times: [
            replace(
                one, cpu_seconds=seen(one), machine_cpu_seconds=None if times is None else times * seen(one)
            )
            for one in scans
        ]
    )


def seen(scan):
    return sum((one.cpu_seconds or 0.0) + one.short_lived_seconds for one in scan.processes)


def told(text):
    """Who is named with how many cores: (whether it started others, name) and cores."""
    return {(bool(by), name): float(used) for by, name, used in TOLD.findall(text)}


def used(stored):
    """Cores' worth by whom the document names."""
    found = Counter()
    for row in stored["by_cpu"]:
        found[False, row["name"]] += row["cpu_percent"] / 100
    for row in stored["short_lived"]["by"]:
        found[True, row["name"]] += row["cpu_percent"] / 100
    return found


def sayings(values, stored):
    """The sentence of an alert and the verdict, each with the evidence that it speaks of."""
    found = read(stored)
    return (explain(found), found), (verdict(values, HOT, found).text, of_reading(values, found))


MOMENTS = st.tuples(readings(), snapshots().flatmap(whole))
FEWER = settings(max_examples=examples(300))


@FEWER
@given(MOMENTS)
def test_mostly_is_at_least_half_of_what_the_machine_used(moment):
    values, scans = moment
    for text, evidence in sayings(values, gathered(values, scans)):
        if "mostly" in text:
            named = told(text)
            assert named, text
            assert sum(named.values()) + ROUNDED * len(named) >= evidence.busy_cores / 2, text


@FEWER
@given(MOMENTS)
def test_nobody_who_is_not_named_used_more_than_one_who_is(moment):
    values, scans = moment
    stored = gathered(values, scans)
    amounts = used(stored)
    for text, _ in sayings(values, stored):
        named = told(text)
        for who, cores in named.items():
            assert abs(cores - amounts[who]) <= ROUNDED, text
        others = [amount for who, amount in amounts.items() if who not in named]
        assert not named or max(others, default=0.0) <= min(named.values()) + ROUNDED, text


@FEWER
@given(MOMENTS)
def test_nobody_is_named_where_most_of_it_cannot_be_seen(moment):
    values, scans = moment
    stored = gathered(values, scans)
    for text, evidence in sayings(values, stored):
        busy = evidence.busy_cores or 0.0
        if busy >= 1.0 and sum(used(stored).values()) + ROUNDED < busy / 2:
            assert not told(text), text


@FEWER
@given(MOMENTS)
def test_what_is_under_pressure_is_never_ruled_out(moment):
    values, scans = moment
    for text, evidence in sayings(values, gathered(values, scans)):
        pressures = {"CPU": evidence.pressure.cpu_some, "disk": evidence.pressure.io_some}
        for what in DENIED.findall(text):
            assert pressures[what] is not None, text
            assert pressures[what] < PRESSES_PERCENT, text
            assert pressures[what] == min(pressures.values()), text


@FEWER
@given(MOMENTS)
def test_verdict_and_alert_name_the_same_and_deny_the_same(moment):
    values, scans = moment
    found = read(gathered(values, scans))
    said = verdict(values, HOT, found)
    if said.tone in (Tone.BUSY, Tone.OVERLOADED):
        sentence = explain(found)
        assert told(said.text) in ({}, told(sentence))  # without a number for the CPU it names nobody
        assert DENIED.findall(said.text) in ([], DENIED.findall(sentence))


@FEWER
@given(MOMENTS, st.sampled_from([{}, HOT]))
def test_all_is_fine_only_beside_numbers_that_are(moment, means):
    values, scans = moment
    said = verdict(values, means, read(gathered(values, scans)))
    if said.tone == Tone.OK or said.text.startswith("Fine"):
        assert (values["cpu_percent"] or 0.0) < 90.0, said.text
        assert (values["pressure_io_some_percent"] or 0.0) < PRESSES_PERCENT, said.text
        assert (values["load1"] or 0.0) < 4.0, said.text
