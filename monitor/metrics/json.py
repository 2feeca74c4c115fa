"""JSON encoding: one for everything that loadmon sends."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

DECEIVING = re.compile(
    r"""\\(?:([\\"])"""  # a backslash or a quote of the text itself: what follows it is no escape
    r"""|[bf]|u(?:00[01][0-9a-f]|007f|00[89][0-9a-f]|00ad|061c|180e|200[bef]|202[89a-e]|206[0-9a-f]|feff)"""
    r"""|udb40\\udc[0-9a-f]{2})"""
)
"""Controls, signs of direction and what is not seen, as json.dumps writes them; all begin alike: that is found fast."""


def encode(frame: Mapping[str, object]) -> str:
    """JSON text of one frame, without signs that would deceive whoever reads its texts on a page or a terminal.

    Raises ValueError for NaN and infinities, which no browser can read.
    """
    text = json.dumps(frame, allow_nan=False, separators=(",", ":"))
    return readable(text)


def readable(text: str) -> str:
    """The JSON `text`, which is ASCII, without the escapes of signs that would deceive."""
    return DECEIVING.sub(lambda found: "\\" + found[1] if found[1] else "", text) if "\\" in text else text
