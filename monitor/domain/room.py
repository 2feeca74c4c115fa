"""Whether a disk has room for a test that writes to it."""

from __future__ import annotations

from .quantities import number

LEAST_BYTES = 10**9
LEAST_SHARE = 0.1


def refusal(directory: str, total: int, free: int) -> str:
    """Why no test may write in `directory`, on a disk of `total` bytes of which `free` are left; "" where it may."""
    if free >= LEAST_BYTES and free >= LEAST_SHARE * total:
        return ""
    left = f"{number(free / 10**9)} GB of {number(total / 10**9)} GB"
    return f"Only {left} are free at {directory}: a disk test needs 1 GB and a tenth of the disk."
