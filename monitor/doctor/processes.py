"""Examination of the sight of processes: whether those that use this machine can be named, and how to let loadmon see."""

from __future__ import annotations

from monitor.alerts.evidence import busy_now
from monitor.doctor.finding import Examination, Finding, ok, warning
from monitor.doctor.machine import scanned
from monitor.doctor.sampler import read_own
from monitor.runtime import clock

LET_IT_SEE = (
    "For a service set ProtectProc=default; or mount /proc with gid= of a group, and let loadmon run in it. For a "
    "container share the processes of the host (pid: host). See docs/evidence.md, What cannot be seen."
)


def processes_are_seen() -> list[Finding]:
    """By the sampler, as it told within the last minute; else by whoever runs the doctor, who may see more or less."""
    told = read_own(lambda host: busy_now(host, clock.now_ms()))
    if told is not None and told.get("hidden_tasks") is not None:
        return [_finding("The sampler sees", told.get("hidden_tasks"), told.get("hidden_reason") or "")]
    seen = scanned()
    if seen is None:
        return [_finding("This user sees", None, "")]
    return [_finding("This user sees", seen.hidden_tasks, seen.hidden_reason)]


def _finding(who: str, hidden: int | None, reason: str) -> Finding:
    if hidden is None:
        return ok("processes", "Whether any are hidden is not told by this system.")
    if not hidden:
        return ok("processes", f"{who} all tasks that the kernel counts.")
    because = f" ({reason})" if reason else ""
    text = f"{who} all but {hidden} tasks{because}: who uses the machine may be among those."
    return warning("processes", text, LET_IT_SEE)


EXAMINATIONS = (Examination("processes", processes_are_seen),)
