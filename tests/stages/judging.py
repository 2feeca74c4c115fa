"""Judging of what loadmon says of a scene whose culprits and cause are known: names and causes by their documented words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

CAUSES = {
    "memory": r"short of memory|memory is short|memory limit|: memory\b",
    "disk": r"waiting for disk|\bthe disk\b",
    "I/O": r"waiting for I/O|: I/O\b(?! pressure)",
    "network files": r"network file system",
    "stolen": r"hypervisor|other virtual machines",
    "quota": r"CPU quota",
    "short tasks": r"many short tasks|short-lived|gone again",
    "CPU": r"CPU-bound|\bthe CPU\b(?! quota)",
    "waiting": r"wait uninterruptibly|what they wait for|wait in the kernel",
    "one core": r"one core is full",
    "earlier": r"earlier work|calming down",
    "unknown": r"what keeps .* is not known",
}
"""The causes, and the words that claim them, in the verdict and at the end of an alert's sentence."""

UNSEEN = r"cannot be seen|not (?:to be )?seen from here|hidden"
NOT_LOOKED = "processes were looked at in 0 of them"
GONE = r"\bgone\b|\bended\b"
DENIED = re.compile(r",? ?\bnot (?:the )?(CPU|disk|I/O|memory)\b", re.IGNORECASE)
PRESSURES = {"CPU": "cpu_some", "disk": "io_some", "I/O": "io_some", "memory": "memory_some"}
STALLS_PERCENT = 10.0
"""Of pressure, from which on nobody may say "not the X"."""

BUSY_PERCENT = 90.0
"""Of CPU, from which on nothing is fine."""

DOMINATES, MUCH = 0.6, 0.15
"""Of the CPU time that the machine was used for: from which on a sentence must name them, and a document show them."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What is known of a scene before loadmon is asked.

    culprits: patterns of their names, each to be named but for those beyond `least`. says: what must be said besides.
    innocents: patterns of names that must not be blamed. hides: nobody may be named, for the culprit is out of sight.
    causes: those that may be claimed, and one of them must be unless `may_be_silent`. steady: the verdict is judged like
    the alert; else they come and go, and it may find them gone. uses_cpu: else they wait, or keep others waiting.
    """

    culprits: tuple[str, ...]
    causes: frozenset[str]
    least: int | None = None
    says: str = ""
    innocents: tuple[str, ...] = ()
    hides: bool = False
    may_be_silent: bool = False
    uses_cpu: bool = True
    steady: bool = True


@dataclass(frozen=True, slots=True)
class Saying:
    """One sentence, and the document that it was made of."""

    place: str
    text: str
    document: Mapping[str, Any]
    tone: str = ""
    """Of a verdict, "" of an alert."""


@dataclass(slots=True)
class Judgement:
    """Of one scene; `remarks` are what is wrong, with the sentence that says it. None: could not be judged."""

    culprit: bool | None = None
    cause: bool | None = None
    clean: bool = True
    remarks: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        words = {True: "right", False: "WRONG", None: "not judged beside others"}
        clean = "nothing false" if self.clean else "something FALSE"
        return f"culprit {words[self.culprit]}, cause {words[self.cause]}, {clean}"

    @property
    def is_right(self) -> bool:
        """Whether all of it was judged, and right."""
        return bool(self.culprit and self.cause and self.clean)

    def remark(self, saying: Saying, what: str) -> None:
        """Something wrong in a saying."""
        self.remarks.append(f"{saying.place}: {what}: {saying.text}")


def judge(
    truth: Truth, told: Sequence[Saying], shares: Mapping[frozenset[int], float], *, is_alone: bool = False
) -> Judgement:
    """Judge what was told of culprits. `shares`: the ids of the processes of each, and its part of the CPU time used.

    Where others used most of the machine they may rightly be named first, and the documents alone must show the culprits;
    a sentence that claims no cause of a CPU that is not full is not judged beside others. is_alone: there are none.
    """
    dominates = is_alone or sum(shares.values()) >= DOMINATES
    found = Judgement(culprit=True, cause=True if dominates else None)
    for saying in told:
        if _says_that_nobody_looked(saying):
            found.culprit = found.culprit and None
        else:
            _judge_document(truth, saying, shares, found)
        if dominates and not (_may_be_silent(saying) and not is_alone) and (truth.steady or not saying.tone):
            _judge_cause(truth, saying, found)
            if not _says_that_nobody_looked(saying):
                _judge_names(truth, saying, found)
        _judge_claims(truth, saying, found)
    if not truth.uses_cpu and not any(_shown(saying, shares) for saying in told):
        found.culprit = False
        found.remark(told[0], f"not in any document ({_names(told[0].document)})")
    return found


def causes(saying: Saying) -> frozenset[str]:
    """The causes that a sentence claims, an alert's at its end; what it denies is none."""
    claimed = DENIED.sub("", saying.text.split(". This is of ")[0])
    end = claimed if saying.tone else ": " + claimed.rsplit(": ", 1)[-1]
    return frozenset(cause for cause, words in CAUSES.items() if re.search(words, end, re.IGNORECASE))


def denied(text: str) -> frozenset[str]:
    """What a sentence says that it is not."""
    return frozenset(
        next(one for one in PRESSURES if one.lower() == word.lower()) for word in DENIED.findall(text)
    )


def false_calm(saying: Saying) -> bool:
    """Whether it says that all is fine beside a CPU that is full, or a standing pressure."""
    busy = re.search(r"CPU (\d+) %", saying.text)
    stalls = re.search(r"I/O pressure (\d+) %", saying.text)
    is_calm = saying.tone == "ok" or saying.text.startswith("Fine")
    return is_calm and bool(
        (busy and int(busy[1]) >= BUSY_PERCENT) or (stalls and int(stalls[1]) >= 2 * STALLS_PERCENT)
    )


def _may_be_silent(saying: Saying) -> bool:
    """Whether it claims no cause, of a time in which the CPU was not full: part of it lay before the trouble."""
    busy = re.search(r"CPU (\d+) %", saying.text)
    return not causes(saying) and busy is not None and int(busy[1]) < BUSY_PERCENT


def _says_that_nobody_looked(saying: Saying) -> bool:
    """Whether it owns that it cannot know: then it is not to name anybody."""
    return NOT_LOOKED in saying.text and not saying.document.get("seconds")


def _judge_names(truth: Truth, saying: Saying, found: Judgement) -> None:
    named = sum(bool(re.search(name, saying.text)) for name in truth.culprits)
    if named < (len(truth.culprits) if truth.least is None else truth.least):
        found.culprit = False
        found.remark(saying, "not named")
    if truth.says and not re.search(truth.says, saying.text):
        found.culprit = False
        found.remark(saying, f"does not say {truth.says!r}")
    if truth.hides and re.search(r"mostly|most of all", saying.text):
        found.culprit = False
        found.remark(saying, "names somebody though the culprit is out of sight")


def _judge_cause(truth: Truth, saying: Saying, found: Judgement) -> None:
    claimed = causes(saying)
    if not claimed & truth.causes and not truth.may_be_silent:
        found.cause = False
        found.remark(saying, f"claims {sorted(claimed)}, not {sorted(truth.causes)}")
    elif claimed - truth.causes:
        found.cause = False
        found.remark(saying, f"claims {sorted(claimed - truth.causes)} besides")


def _judge_claims(truth: Truth, saying: Saying, found: Judgement) -> None:
    pressure = saying.document.get("pressure") or {}
    for what in denied(saying.text):
        stalls = pressure.get(PRESSURES[what])
        if stalls is not None and stalls >= STALLS_PERCENT:
            found.clean = False
            found.remark(saying, f"denies {what} at a pressure of {stalls:g} %")
    for name in truth.innocents:
        if re.search(name, saying.text) and not re.search(rf"{name}[^()]*\([^()]*({GONE})", saying.text):
            found.clean = False
            found.remark(saying, f"blames {name}")
    if false_calm(saying):
        found.clean = False
        found.remark(saying, "calm beside what is not")


def _rows(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    short = (document.get("short_lived") or {}).get("by") or []
    return [
        *(document.get("by_cpu") or []),
        *(document.get("blocked") or []),
        *(document.get("by_memory") or []),
        *short,
    ]


def _judge_document(
    truth: Truth, saying: Saying, shares: Mapping[frozenset[int], float], found: Judgement
) -> None:
    """Whether it shows one of the culprits, and each that used much; where they hide, that it knows of being blind."""
    document = saying.document
    if truth.hides:
        seen = document.get("seen_percent")
        if seen is None or seen >= 50 or not document.get("hidden_reason"):
            found.culprit = False
            found.remark(saying, f"sees {seen} % and knows no reason")
        return
    if not truth.steady and saying.tone:
        return
    shown = _shown(saying, shares)
    lacking = [
        pids for pids, share in shares.items() if share >= MUCH * max(1, len(pids) / 3) and pids not in shown
    ]
    if lacking or (sum(shares.values()) >= MUCH and truth.uses_cpu and not shown):
        found.culprit = False
        found.remark(saying, f"{len(lacking) or 'all'} culprits not in the document ({_names(document)})")


def _shown(saying: Saying, shares: Mapping[frozenset[int], float]) -> set[frozenset[int]]:
    """The culprits who are in the lists of a document, told by their ids."""
    rows = {row.get("pid") for row in _rows(saying.document)}
    return {pids for pids in shares if pids & rows}


def _names(document: Mapping[str, Any]) -> str:
    return ", ".join(dict.fromkeys(str(row.get("name")) for row in _rows(document))) or "nobody"
