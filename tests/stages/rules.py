"""Rules as values: sound ones, told by what differs from the CPU rule that loadmon ships with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from monitor.rules.domain.spec import RuleSpec

CPU = RuleSpec(
    id=1, name="CPU", metric="cpu_percent", severity="warning", window_seconds=120, threshold=75.0,
    clear_threshold=65.0, for_seconds=0, hold_seconds=60, per_core=False,
)  # fmt: skip


def a_rule(**fields: Any) -> RuleSpec:
    """The shipped CPU rule but for `fields`."""
    return replace(CPU, **fields)
