"""What can be seen from where loadmon stands: how much of the machine's work the processes in sight explain."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.diagnosis.document import Sight
from monitor.diagnosis.evidence import HOLDERS, Evidence
from monitor.diagnosis.proofs import MANY_STARTED_PER_SECOND
from monitor.metrics.snapshot import Snapshot

EXPLAINS = 0.5
"""Of what the machine used: where those in sight did less, nobody of them is blamed."""

WORTH_EXPLAINING_CORES = 0.2
TOO_MANY = "there are more processes than are looked at"
SHORT_LIVED = "processes too short-lived to be seen"


def of(measured: Iterable[Snapshot], newest: Snapshot | None) -> Sight:
    """What the looks of some seconds could see, the newest of them being `newest`."""
    known = [(each, used) for each in measured if (used := each.machine_cpu_seconds) is not None]
    seconds, machine = sum(each.seconds or 0.0 for each, _ in known), sum(used for _, used in known)
    interrupts = [each.interrupt_cpu_seconds for each, _ in known]
    told = [used for used in interrupts if used is not None]
    return {
        "machine_cpu_percent": round(100.0 * machine / seconds, 1) if seconds else None,
        "interrupt_cpu_percent": (
            round(100.0 * sum(told) / seconds, 1) if seconds and len(told) == len(known) else None
        ),
        "seen_percent": (
            round(min(100.0, 100.0 * sum(each.cpu_seconds for each, _ in known) / machine), 1)
            if machine > 0
            else None
        ),
        "hidden_tasks": newest.hidden_tasks if newest else None,
        "hidden_reason": (newest.hidden_reason or (TOO_MANY if newest.truncated else None))
        if newest
        else None,
    }


def unseen(evidence: Evidence) -> str:
    """ "who uses it cannot be seen from here (hidepid)"; "" where those in sight explain it, or nothing is known."""
    busy, seen = evidence.busy_cores, _seen_cores(evidence)
    if busy is None or seen is None or busy < WORTH_EXPLAINING_CORES or seen >= EXPLAINS * busy:
        return ""
    reason = _reason(evidence)
    if not reason and _looked_at_another_time(evidence, busy):
        return "who uses it is not known"
    return "who uses it cannot be seen from here" + (f" ({reason})" if reason else "")


def unseen_memory(evidence: Evidence) -> str:
    """ "who holds it cannot be seen from here (hidepid)"; "" where what is known to be held explains it, or is unknown."""
    memory = evidence.memory
    parts = [getattr(memory, name) or 0.0 for name in HOLDERS]
    if not memory.used_bytes or memory.processes_bytes is None or sum(parts) >= EXPLAINS * memory.used_bytes:
        return ""
    if not evidence.hidden_reason:
        return "who holds it is not known"
    return f"who holds it cannot be seen from here ({evidence.hidden_reason})"


def hidden(evidence: Evidence) -> str:
    """ "who waits cannot be seen from here (hidepid)"; "" where no task is hidden."""
    reason = evidence.hidden_reason
    return f"who waits cannot be seen from here ({reason})" if reason and evidence.hidden_tasks else ""


def _seen_cores(evidence: Evidence) -> float | None:
    """Cores' worth of CPU time that those in sight used, and the kernel in interrupts; None where nobody looked."""
    machine, share = evidence.machine_cpu_percent, evidence.seen_percent
    if machine is not None and share is not None:
        return (machine * share / 100 + (evidence.interrupt_cpu_percent or 0.0)) / 100
    if not evidence.by_cpu and not evidence.short_lived.by:
        return None
    listed = sum(row.cpu_percent or 0.0 for row in evidence.by_cpu)
    return (listed + (evidence.short_lived.cpu_percent or 0.0)) / 100


def _looked_at_another_time(evidence: Evidence, busy: float) -> bool:
    """Whether the machine had much less to do while it was looked at."""
    machine = evidence.machine_cpu_percent
    return machine is not None and machine / 100 < EXPLAINS * busy


def _reason(evidence: Evidence) -> str:
    if evidence.hidden_reason:
        return evidence.hidden_reason
    started = evidence.short_lived.started_per_second
    return SHORT_LIVED if started is not None and started >= MANY_STARTED_PER_SECOND else ""
