"""Severity of rules and alerts: the words, mildest first, and their order."""

from __future__ import annotations

SEVERITIES = ("info", "warning", "critical")
INFO, WARNING, CRITICAL = SEVERITIES


def rank(severity: str) -> int:
    """How bad: 0 for the mildest; -1 for a word that is no severity."""
    return SEVERITIES.index(severity) if severity in SEVERITIES else -1


def worst(one: str, other: str) -> str:
    """The graver of two."""
    return max(one, other, key=rank)


def up_to(severity: str) -> tuple[str, ...]:
    """`severity` and all that are milder; ValueError where it is none."""
    return SEVERITIES[: SEVERITIES.index(severity) + 1]
