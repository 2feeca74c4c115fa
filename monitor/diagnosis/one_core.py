"""One core that is full while others are not: what a program does that can use only one."""

from __future__ import annotations

from monitor.diagnosis.evidence import Evidence

FULL_CORE_PERCENT = 90.0


def one_core_is_full(evidence: Evidence) -> bool:
    """Whether one process fills one core, and all else that was used cannot fill another."""
    busiest, busy = evidence.cpu.busiest_core, evidence.busy_cores
    if busiest is None or busiest < FULL_CORE_PERCENT or busy is None:
        return False
    used = [row.cpu_percent or 0.0 for row in evidence.by_cpu]
    filled = [percent for percent in used if percent >= FULL_CORE_PERCENT]
    if len(filled) != 1 or filled[0] >= 2 * FULL_CORE_PERCENT:
        return False
    return 100 * busy - sum(used) < FULL_CORE_PERCENT
