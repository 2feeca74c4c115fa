"""Cleaning of text that others chose, so that it can be shown: process names, units, users, what a task waits in."""

from __future__ import annotations

import re
import unicodedata

ELLIPSIS = "..."

LONGEST = 64
FAMILY = re.compile(r"^(kworker|ksoftirqd|migration|kswapd|jbd2|xfsaild|nfsd)(?:/|\d).*$")
HARMFUL = ("C", "Zl", "Zp")
"""Unicode categories: control and format (direction overrides too), surrogates, unassigned, breaks of lines."""


def harmless(text: str, longest: int = LONGEST) -> str:
    """`text` on one line of at most `longest` characters; "?" stands for what must not be shown, "..." for the rest."""
    if text.isascii() and text.isprintable() and 0 < len(text) <= longest:
        return text
    cut = text[: longest + 1]
    clean = "".join("?" if unicodedata.category(each).startswith(HARMFUL) else each for each in cut)
    if len(clean) > longest:
        clean = clean[: longest - 3] + "..."
    return clean or "?"


def family(name: str) -> str:
    """What a person calls the process: "kworker" for "kworker/u8:2+flush-8:0", others as they are."""
    return FAMILY.sub(r"\1", name)


def one_line(text: str, most: int) -> str:
    """`text` without control, format (right-to-left overrides) and surrogate characters, on one line, `most` long."""
    visible = "".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in text[: most * 4 + 100])
    return clipped(" ".join(visible.split()), most)


def clipped(text: str, most: int) -> str:
    """`text`, cut to `most` characters with dots at its end where something is missing."""
    return text if len(text) <= most else text[: most - len(ELLIPSIS)].rstrip() + ELLIPSIS


def counted(name: str, count: int) -> str:
    """The name alone, or "5 x rsync"."""
    return name if count == 1 else f"{count} x {name}"
