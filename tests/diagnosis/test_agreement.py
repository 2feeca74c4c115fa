"""From the same values the verdict, the sentence of an alert, messages and the API name the same cause."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.diagnosis.evidence import of_reading
from monitor.diagnosis.reader import read
from monitor.diagnosis.sentence import explain, in_few_words
from monitor.diagnosis.verdict import verdict
from monitor.ingest import frames
from tests.diagnosis.moments import gathered, moments, readings, snapshots
from tests.stages.examples import examples
from tests.stages.snapshots import document

MEANS = {"cpu_percent": 97.0}
"""With these the verdict never says that all is fine, so it names a cause."""

IN_THE_VERDICT = {
    "short of memory": "memory", "waiting for a network file system": "network files", "waiting for disk": "disk",
    "waiting for I/O": "I/O", "taken by other virtual machines": "steal", "stopped by its CPU quota": "quota",
    "many short tasks": "short tasks", "CPU-bound": "CPU", "tasks wait uninterruptibly": "waiting",
    "one core is full": "one core", "still remembers earlier work": "earlier work",
    "what keeps the load up is not known": "not known", "at a memory limit": "memory limit",
}  # fmt: skip
AT_THE_END = {
    "memory is short for those": "memory limit",
    "memory is short": "memory", "the network file system": "network files", "the disk": "disk", "I/O": "I/O",
    "the hypervisor gives": "steal", "the CPU quota stopped": "quota", "many short tasks": "short tasks",
    "the CPU": "CPU", "what they wait for is not known": "waiting",
    "tasks wait in the kernel": "waiting", "one core is full": "one core",
    "the average still remembers": "earlier work", "what keeps it up is not known": "not known",
}  # fmt: skip
IN_FEW_WORDS = {
    "memory": "memory", "the network file system": "network files", "the disk": "disk", "I/O": "I/O",
    "the hypervisor": "steal", "the CPU quota": "quota", "many short tasks": "short tasks", "the CPU": "CPU",
    "one core": "one core", "a memory limit": "memory limit",
}  # fmt: skip
WITHOUT_A_PLACE = {None, "waiting", "earlier work", "not known"}


def in_verdict(text):
    named = [cause for words, cause in IN_THE_VERDICT.items() if words in text]
    assert len(named) <= 1, text
    return named[0] if named else None


def in_sentence(text):
    conclusion = text.rsplit(": ", 1)[-1]
    if conclusion.startswith("I/O pressure"):  # a figure, where there is no conclusion
        return None
    return next((cause for words, cause in AT_THE_END.items() if conclusion.startswith(words)), None)


def in_message(text):
    return IN_FEW_WORDS.get(text.split(", ")[0])


@settings(max_examples=examples(500))
@given(readings(), snapshots())
def test_whoever_names_a_cause_names_the_same_one(values, scans):
    stored = gathered(values, scans)
    named = in_verdict(verdict(values, MEANS, read(stored)).text)
    if not (values["load1"] is None and values["cpu_percent"] is None):
        assert in_sentence(explain(read(stored))) == named
    told = in_message(in_few_words(read(stored), "load1"))
    assert told == (None if named in WITHOUT_A_PLACE else named) or named is None
    assert in_verdict(frames.judged(values, MEANS, stored)["text"]) == named


@given(moments(), st.sampled_from(["memory_available_percent", "swap_bytes_per_second", "cpu_percent"]))
def test_a_message_names_no_cause_that_its_sentence_does_not(stored, metric):
    told = in_message(in_few_words(read(stored), metric))
    assert told in (None, in_sentence(explain(read(stored), metric)))


@given(readings(), snapshots())
def test_a_reading_beside_the_evidence_of_its_own_moment_adds_nothing(values, scans):
    found = read(gathered(values, scans))
    assert of_reading(values, found) == found


HIGH = {"load1": 9.2, "cpu_effective_cores": 4.0, "tasks_blocked": 0.0, "pressure_io_some_percent": 0.0,
        "swap_bytes_per_second": 0.0}  # fmt: skip


@pytest.mark.parametrize(
    ("values", "cause"),
    [
        ({"cpu_percent": 99.0, "pressure_memory_some_percent": 12.0, "pressure_memory_full_percent": 1.0}, "CPU"),
        ({"cpu_percent": 30.0, "tasks_running": 6.0}, "not known"),
        ({"cpu_percent": 60.0, "tasks_running": 1.0, "tasks_blocked": 3.0}, "waiting"),
        ({"cpu_percent": 8.0, "tasks_blocked": 6.0, "pressure_io_some_percent": 41.0}, "I/O"),
        ({"cpu_percent": 8.0, "tasks_blocked": 6.0, "pressure_io_some_percent": 41.0,
          "disk_read_bytes_per_second": 5e7}, "disk"),
        ({"cpu_percent": 75.0, "tasks_running": 9.0}, "CPU"),
    ],
)  # fmt: skip
def test_the_verdict_claims_nothing_that_the_evidence_disproves(values, cause):
    stored = gathered(HIGH | values, [])
    assert in_sentence(explain(read(stored))) == cause
    assert in_verdict(verdict(HIGH | values, {}, read(stored)).text) == cause


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from([*document(), "busy", "name", "threads"]), inner, max_size=6)
        ),
        max_leaves=30,
    )
)
def test_a_damaged_document_is_borne_by_all(stored):
    found = read(stored)
    assert explain(found).endswith(".")
    assert verdict(HIGH, {}, found).text.endswith(".")
    assert isinstance(in_few_words(found, "load1"), str)
