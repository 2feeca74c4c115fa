"""Severity: the order of the severities of rules and alerts."""

from __future__ import annotations

RANKS: dict[str, int] = {"info": 0, "warning": 1, "critical": 2}
