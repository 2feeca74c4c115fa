"""Ids of rows, as an address, a form or a frame names them."""

from __future__ import annotations

from monitor.metrics.text import whole_number

LARGEST_ID = 2**63 - 1


def id_of(text: str) -> int | None:
    """The id of a row that an address or a form names; None where it is none."""
    return whole_number(text, 0, LARGEST_ID)
