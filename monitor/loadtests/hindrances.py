"""Hindrances to a load test: why nobody could carry one out, before it is asked for."""

from __future__ import annotations

from datetime import datetime

from monitor.history.domain.age import age
from monitor.hosts.models import Host

UNSAMPLED_SECONDS = 60  # a host without a sample for longer has no sampler that could load it


def hindrance(host: Host, now: datetime, newest_ms: int | None) -> str:
    """Why nobody could carry out a test of `host`, whose newest sample is of `newest_ms`, as a sentence.

    "" where its sampler runs, may just have begun, or has never stored anything.
    """
    if host.is_synthetic:
        return f"{host.name} is made up: there is no machine that a load test could keep busy."
    started, stopped = host.sampler_started_at, host.sampler_stopped_at
    if stopped is None or (started is not None and started > stopped):
        ages = [age(one, now) for one in (newest_ms, started)]
        patience = max(UNSAMPLED_SECONDS, 2 * host.interval)
        if newest_ms is None or any(one is not None and one <= patience for one in ages):
            return ""
        if ages[0] is None:  # it lies ahead of the clock
            return f"A load test runs on the sampled machine only, and whether a sampler of {host.name} runs is not known."
    return f"A load test runs on the sampled machine only, and no sampler of {host.name} runs."
