"""Text from outside (process names, host names, answers of other servers) made fit to be shown: one line, bounded."""

from __future__ import annotations

import unicodedata

ELLIPSIS = "..."


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
