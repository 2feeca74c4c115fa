"""Notes: told as long as they are true."""

from __future__ import annotations

import pytest

from monitor.sampler.notes import Notes


def test_a_sentence_is_told_while_it_is_true_and_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    notes = Notes()
    notes.tell("It is long.", True)
    notes.tell("It is long.", True)
    assert notes.text == "It is long."
    assert [record.message for record in caplog.records] == ["It is long."]
    notes.tell("It is long.", False)
    assert notes.text == ""


def test_two_sentences_are_told_one_after_the_other() -> None:
    notes = Notes()
    for sentence in ("One.", "Two."):
        notes.tell(sentence, True)
    assert notes.text == "One. Two."
