"""Examination of the sources: whether each can be read and understood, and which rules are blind without one."""

from __future__ import annotations

from monitor.collectors.collection import Collection
from monitor.doctor.finding import Examination, Finding, failure, ok, warning
from monitor.doctor.sampler import read_own
from monitor.rules.blind import blind

READ_REMEDY = "See that this process may read it, and that nothing is mounted over it: docs/operations.md, Under systemd."
BLIND_REMEDY = "Give it its source again, or switch the rule off."


def sources_tell() -> list[Finding]:
    """Each source read once by this process, which may see more or less than the sampler."""
    collection = Collection()
    collection.collect(None)
    failing = [failure("sources", sentence, READ_REMEDY) for sentence in collection.failing.values()]
    return failing or [ok("sources", "Every source that this system has can be read and understood.")]


def rules_see() -> list[Finding]:
    """Which rules cannot be judged by what the sampler stored last."""
    found = read_own(blind) or {}
    return [warning("rules", f"{name}: {reason}", BLIND_REMEDY) for name, reason in found.items()]


EXAMINATIONS = (Examination("sources", sources_tell), Examination("rules", rules_see))
