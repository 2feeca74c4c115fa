"""Decisions of rules: values and times in, values out; pure."""

__all__ = [
    "aggregates",
    "evaluator",
    "outcome",
    "sentences",
    "severity",
    "spec",
    "states",
    "validation",
]
