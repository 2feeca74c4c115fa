"""Process names: what this process is called in lists of processes, so that nobody hunts for an anonymous python."""

from __future__ import annotations

import ctypes
import sys

PR_SET_NAME = 15  # from <linux/prctl.h>
LONGEST = 15  # bytes that the kernel keeps

SUPERVISOR, WEB, SAMPLER, NOTIFIER = "loadmon", "loadmon-web", "loadmon-sampler", "loadmon-notify"
OTHERS = frozenset({SUPERVISOR, WEB, NOTIFIER})
"""The parts of loadmon beside the sampler."""


def be_called(name: str) -> None:
    """Be `name`, of which Linux keeps 15 bytes; elsewhere nothing changes. For the main thread."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_NAME, name.encode(), 0, 0, 0)
