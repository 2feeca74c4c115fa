"""Cleaning of text that others chose, so that it can be shown: process names, units, users, what a task waits in."""

from __future__ import annotations

import re
import unicodedata

ELLIPSIS = "..."

LONGEST = 64
FAMILY = re.compile(r"^(kworker|ksoftirqd|migration|kswapd|jbd2|xfsaild|nfsd)(?:/|\d).*$")
HARMFUL = ("C", "Zl", "Zp")
"""Unicode categories: control and format (direction overrides too), surrogates, unassigned, breaks of lines."""

NOTHING_SEEN = "It holds nothing that can be seen."
JOINERS = "\u200c\u200d"
BLANKS = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and signs that are drawn as nothing: fillers of Hangul, the empty pattern of Braille."""


def harmless(text: str, longest: int = LONGEST) -> str:
    """`text` on one line of at most `longest` characters; "?" stands for what must not be shown, "..." for the rest."""
    if text.isascii() and text.isprintable() and 0 < len(text) <= longest:
        return text
    cut = text[: longest + 1]
    clean = _without_harm(cut, "?")
    if len(clean) > longest:
        clean = clean[: longest - 3] + "..."
    return clean or "?"


def visible(text: str) -> str:
    """`text` as its writer means it: on one line, without what is not seen or deceives; "" where nothing of it is seen."""
    line = " ".join(_joined(_shown(text)).split())
    return line if any(map(_is_seen, line)) else ""


def visible_lines(text: str) -> str:
    """The same of a text of several lines, which stay lines; "" where nothing of it is seen."""
    lines = (_joined(_shown(line)) for line in re.split(r"\r\n|[\n\r\v\f\x85\u2028\u2029]", text))
    whole = "\n".join(lines).strip()
    return whole if any(map(_is_seen, whole)) else ""


def plain(text: str) -> str:
    """`text` without what deceives whoever reads it; its spaces, tabs and breaks of lines stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(each for each in text if each in "\t\n\r" or not _deceives(each))


def is_storable(text: str) -> bool:
    """Whether a database takes `text`: no NUL, which PostgreSQL refuses, no half of a surrogate pair: that is no UTF-8."""
    return not any(each == "\0" or "\ud800" <= each <= "\udfff" for each in text)


def whole_number(text: str, low: int, high: int) -> int | None:
    """The number in plain ASCII digits, from `low` to `high`; None for any other text: no sign, no underscore, no space."""
    if not re.fullmatch(r"[0-9]{1,19}", text):
        return None
    return int(text) if low <= int(text) <= high else None


def _without_harm(text: str, instead: str) -> str:
    return "".join(instead if unicodedata.category(each).startswith(HARMFUL) else each for each in text)


def _shown(text: str) -> str:
    """`text` with a space for each break, and nothing for each other control and each sign that turns or hides text."""
    return "".join(" " if each.isspace() else each for each in text if each.isspace() or not _deceives(each))


def _deceives(each: str) -> bool:
    """Whether it is a control, a sign of direction, invisible, or half a pair. Joiners are judged by their neighbours."""
    return each not in JOINERS and (
        unicodedata.category(each) in ("Cc", "Cf", "Cs") or "\U000e0000" <= each <= "\U000e0fff"
    )


def _joined(text: str) -> str:
    """`text` without the joiners that join nothing: families of emoji and many scripts need the others."""
    return re.sub(f"(?<![^\\s{JOINERS}])[{JOINERS}]|[{JOINERS}](?![^\\s{JOINERS}])", "", text)


def _is_seen(each: str) -> bool:
    return unicodedata.category(each)[0] not in "CMZ" and each not in BLANKS


def family(name: str) -> str:
    """What a person calls the process: "kworker" for "kworker/u8:2+flush-8:0", others as they are."""
    return FAMILY.sub(r"\1", name)


def one_line(text: str, most: int) -> str:
    """`text` without control, format (right-to-left overrides) and surrogate characters, on one line, `most` long."""
    return clipped(" ".join(_without_harm(text[: most * 4 + 100], " ").split()), most)


def clipped(text: str, most: int) -> str:
    """`text`, cut to `most` characters with dots at its end where something is missing."""
    return text if len(text) <= most else text[: max(0, most - len(ELLIPSIS))].rstrip() + ELLIPSIS


def counted(name: str, count: int) -> str:
    """The name alone, or "5 x rsync"."""
    return name if count == 1 else f"{count} x {name}"
