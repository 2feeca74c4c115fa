"""Stable names: what stays of a name from start to start, without the numbers, ids and addresses that are new each time."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from monitor.collectors.domain.naming import CHANCE, UUID
from monitor.metrics.text import family, harmless

LONGEST = 512
KEPT = 8192
NOTHING_STAYS = "(random name)"
UNIT_END = re.compile(r"\.(?:service|scope|socket|mount|swap|slice)$")
ADDRESS = re.compile(
    r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])|(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])"
)
CONNECTION = re.compile(r":\d+\.\d+")
"""A program's name on a message bus, which a unit that the bus starts bears in its own."""

FOR_ONCE = re.compile(r"(run)-[a-z]?[0-9a-f]+(?:-i\d+)?")
"""Transient units to which nobody gave a name: run-r0123abcd, run-u17, run-p1234-i5678."""

TEMPORARY = re.compile(r"tmp[._-]?(?=\w*[\dA-Z])\w{6,}")
TOKEN = re.compile(r"(?P<gap>[^A-Za-z0-9]*)(?P<word>[A-Za-z0-9]+|$)")
HEX = re.compile(r"(?=[a-f]*\d|[0-9a-f]{10})[0-9a-f]{8,}", re.IGNORECASE)
SHORT_HEX = re.compile(r"(?=[a-f]*\d)[0-9a-f]{1,12}", re.IGNORECASE)
IN_A_WORD = re.compile(r"\d{4,}")
INSTANCE = re.compile(r"@\d{1,5}$")
"""A number that somebody chose, as a port or a user: redis@6379, user@1000."""

SWITCHES = 4
"""So many changes between letters and digits no word has that people made."""

LONG_NUMBER = 3
"""Of a number that stands alone; shorter ones are versions and places: postgresql-16, worker-2."""


@lru_cache(KEPT)
def stable(name: str) -> str:
    """Harmless text that is the same for all that bear `name` but for what is new each time; the same for the result.

    "run.scope" for run-r7c0ffee0.scope, "app-firefox.scope" for app-firefox-4711.scope. Of a scope, which is made anew each
    time, all numbers go; elsewhere the short ones stay: postgresql@16-main.service, redis@6379.service.
    """
    whole = name[:LONGEST]
    end = UNIT_END.search(whole)
    ending = end[0] if end else ""
    stem = whole[: end.start()] if end else family(whole)
    for _ in range(3):  # what one cut leaves behind may be such a name again
        before, stem = stem, _cut(stem, is_made_anew=ending == ".scope")
        if stem == before:
            break
    return harmless((stem or NOTHING_STAYS) + ending)


def _cut(stem: str, *, is_made_anew: bool) -> str:
    if FOR_ONCE.fullmatch(stem):
        return "run"
    kept = stem
    for pattern in (UUID, ADDRESS, CONNECTION):
        kept = pattern.sub("000", kept)
    kept = TEMPORARY.sub("tmp", kept)
    instance = INSTANCE.search(kept)
    if instance and not is_made_anew:
        return _cut(kept[: instance.start()], is_made_anew=False) + instance[0]
    return _without(kept, 1 if is_made_anew else LONG_NUMBER)


def _without(text: str, digits: int) -> str:
    """The words of `text` that stay; numbers and short hexadecimal beside one that goes, go as well."""
    tokens = [(found["gap"], found["word"]) for found in TOKEN.finditer(text) if found[0]]
    words = [word for _, word in tokens]
    going = [_is_chance(word, digits) for word in words]
    for order in (range(len(words)), range(len(words) - 1, -1, -1)):
        for index, beside in pairwise(order):
            going[beside] |= going[index] and bool(words[beside]) and bool(SHORT_HEX.fullmatch(words[beside]))
    kept = "".join(
        gap + IN_A_WORD.sub("", word) for (gap, word), goes in zip(tokens, going, strict=True) if not goes
    )
    return kept.strip("-_.:@/# ") if any(going) else kept


def _is_chance(word: str, digits: int) -> bool:
    if word.isdecimal():
        return len(word) >= digits
    is_digit = [each.isdecimal() for each in word]
    switches = sum(one != other for one, other in pairwise(is_digit))
    return bool(HEX.fullmatch(word) or CHANCE.fullmatch(word)) or switches >= SWITCHES
