"""Rules that are blind on a host: what they judge has had no number in its newest samples."""

from __future__ import annotations

from monitor.history import samples
from monitor.hosts.models import Host
from monitor.rules import loading
from monitor.rules.domain.blindness import blindness

LOOKED_AT, LEAST = 5, 3
"""Samples that must all be without: one alone may be, as a rate is after a gap."""


def blind(host: Host) -> dict[str, str]:
    """Why each rule that cannot be judged on `host` cannot be, by its name; whether samples still come others tell."""
    found = samples.newest_samples(host, LOOKED_AT)
    if len(found) < LEAST:
        return {}
    unmeasured = {name for name in found[0]["values"] if all(one["values"][name] is None for one in found)}
    if not unmeasured and host.effective_cores is not None:
        return {}
    told = {rule.name: blindness(rule, unmeasured, host.effective_cores) for rule in loading.load_rules()}
    return {name: reason for name, reason in told.items() if reason}
