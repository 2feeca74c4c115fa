"""JSON encoding: one for everything that loadmon sends."""

from __future__ import annotations

import json
from collections.abc import Mapping


def encode(frame: Mapping[str, object]) -> str:
    """JSON text of one frame; raises ValueError for NaN and infinities, which no browser can read."""
    return json.dumps(frame, allow_nan=False, separators=(",", ":"))
