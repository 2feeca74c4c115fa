"""The judge of scenes with real troublemakers: what it accepts, and what it does not let pass."""

from __future__ import annotations

import pytest

from tests.stages.judging import GONE, UNSEEN, Saying, Truth, causes, judge
from tests.stages.snapshots import document, row

PID = 7
OURS, THEIRS = {frozenset({PID}): 0.9}, {frozenset({PID}): 0.2}
TRUTH = Truth(("ffmpeg",), frozenset({"CPU"}), innocents=("soloist",))
HEAD = "Load 3.1 on 2 cores: 3 running; CPU 99 %, "
RIGHT = HEAD + "mostly ffmpeg (1.8 cores): the CPU."


def said(text: str, tone: str = "", **fields: object) -> Saying:
    """A saying whose document shows the culprit."""
    rows = {"by_cpu": [row("ffmpeg", 180.0, pid=PID)]}
    return Saying("alert", text, document(**(rows | fields)), tone)


def test_a_right_saying_is_right() -> None:
    found = judge(TRUTH, [said(RIGHT)], OURS)
    assert (found.culprit, found.cause, found.clean, found.remarks) == (True, True, True, [])
    assert found.is_right


@pytest.mark.parametrize(
    ("truth", "saying", "wrong"),
    [
        (TRUTH, said(HEAD + "mostly make (1.8 cores): the CPU."), "culprit"),
        (TRUTH, said(RIGHT, by_cpu=[row("make", 180.0, pid=8)]), "culprit"),
        (TRUTH, said("Load 3.1 on 2 cores: CPU 99 %, mostly ffmpeg (1.8 cores): the disk."), "cause"),
        (TRUTH, said("Load 3.1 on 2 cores: CPU 99 %, mostly ffmpeg (1.8 cores)."), "cause"),
        (TRUTH, said(HEAD + "mostly ffmpeg (1.8 cores) and soloist (0.1 cores): the CPU."), "clean"),
        (TRUTH, said(RIGHT[:-1] + ", not the disk.", pressure__io_some=31.0), "clean"),
        (TRUTH, said("Fine. Load 0.4 on 2 cores: CPU 99 % (mostly ffmpeg (1.8 cores)), CPU-bound.", "ok"), "clean"),
        (Truth(("ffmpeg",), frozenset({"CPU"}), says=GONE), said(RIGHT), "culprit"),
        (Truth((), frozenset({"CPU"}), says=UNSEEN, hides=True), said(RIGHT, seen_percent=4.0), "culprit"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_the_sentence(truth: Truth, saying: Saying, wrong: str) -> None:
    found = judge(truth, [saying], OURS)
    assert not getattr(found, wrong)
    assert any(saying.text in remark for remark in found.remarks)


def test_beside_others_no_cause_need_be_claimed_of_a_cpu_that_is_not_full() -> None:
    text = "Load 1.2 on 2 cores: CPU 39 %, mostly ffmpeg (0.7 cores)."
    assert judge(TRUTH, [said(text)], OURS).cause
    assert not judge(TRUTH, [said(text)], OURS, is_alone=True).cause


def test_who_has_left_may_be_named_as_gone() -> None:
    text = HEAD + "mostly ffmpeg (1.6 cores) and 2 x soloist (0.2 cores, gone now): the CPU."
    assert judge(TRUTH, [said(text)], OURS).is_right


def test_beside_others_the_document_alone_must_show_the_culprit() -> None:
    found = judge(TRUTH, [said(HEAD + "mostly make (1.4 cores): the CPU.")], THEIRS)
    assert (found.culprit, found.cause, found.clean) == (True, None, True)
    assert not judge(TRUTH, [said(RIGHT, by_cpu=[])], THEIRS).culprit


def test_who_says_that_nobody_looked_is_not_judged_for_whom_it_names() -> None:
    text = HEAD[:-2] + ": the CPU. This is of the 5 s before it fired; processes were looked at in 0 of them."
    assert judge(TRUTH, [said(text, by_cpu=[], seconds=None)], THEIRS).culprit is None
    assert judge(TRUTH, [said(HEAD[:-2] + ".", by_cpu=[], seconds=None)], THEIRS).culprit is False


@pytest.mark.parametrize(
    ("text", "tone", "claimed"),
    [
        ("Load 9 on 4 cores: 6 waiting for disk; CPU 38 %, I/O pressure 41 %: the disk, not the CPU.", "", {"disk"}),
        ("Load 9 on 4 cores: CPU 99 %: the CPU, not the disk. This is of the 20 s before it fired.", "", {"CPU"}),
        ("Load 9 on 4 cores: CPU 99 %: the CPU quota stopped it in 98 % of its periods.", "", {"quota"}),
        ("Load 9 on 4 cores: 9 waiting uninterruptibly: what they wait for is not known.", "", {"waiting"}),
        ("Load 9 on 4 cores: CPU 99 %, I/O pressure 41 %.", "", set()),
        ("Overloaded. Load 9 on 4 cores: CPU-bound (mostly ffmpeg), 9 running, no I/O pressure.", "overloaded", {"CPU"}),
        ("Overloaded. Load 9 on 4 cores: many short tasks (by sh, gone again: 1 core).", "overloaded", {"short tasks"}),
        ("Calming down. Load 9 on 4 cores: CPU 3 % now, the average still remembers earlier work.", "calming", {"earlier"}),
    ],
)  # fmt: skip
def test_causes_are_told_by_their_words(text: str, tone: str, claimed: set[str]) -> None:
    assert causes(said(text, tone)) == claimed
