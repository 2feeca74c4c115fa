"""The lease of a host: one sampler at a time, and who may take over at once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from monitor.hosts.lease import RENEW_SECONDS, Claim, Lost
from monitor.hosts.models import Host, Lease

pytestmark = pytest.mark.django_db


class Clock:
    """A monotonic clock that the test sets."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def claim(tmp_path: Path, clock: Clock) -> Claim:
    return Claim(tmp_path, "b1", clock)


def test_it_is_renewed_every_ten_seconds_and_costs_nothing_between(
    claim: Claim, host: Host, clock: Clock, django_assert_num_queries: Any
) -> None:
    claim.take(host)
    with django_assert_num_queries(0):
        claim.renew(host)
    clock.now += RENEW_SECONDS
    with django_assert_num_queries(1):
        claim.renew(host)
    assert Lease.objects.get().turns == 1


def test_who_lost_it_is_told_to_whom(claim: Claim, host: Host, clock: Clock, tmp_path: Path) -> None:
    claim.take(host)
    Claim(tmp_path, "b2").take(host)
    clock.now += RENEW_SECONDS
    with pytest.raises(Lost, match=f"Another sampler has taken this host over: process {os.getpid()} on "):
        claim.renew(host)
    claim.keep(host)
    assert str(tmp_path) in claim.lost
    claim.release(host)
    assert Lease.objects.get().holder != ""


def test_a_row_that_is_gone_or_was_released_is_taken_anew(claim: Claim, host: Host, clock: Clock) -> None:
    claim.take(host)
    claim.release(host)
    clock.now += RENEW_SECONDS
    claim.renew(host)
    assert Lease.objects.get().holder == claim.holder
    Lease.objects.all().delete()
    clock.now += RENEW_SECONDS
    claim.renew(host)
    assert Lease.objects.get().holder == claim.holder


@pytest.mark.parametrize(
    ("fields", "gone"),
    [
        ({"holder": ""}, True),
        ({}, True),  # of the data directory whose lock we hold
        ({"place": "1:1"}, False),  # it is this very process
        ({"place": "1:1", "pid": 2**22 + 1}, True),
        ({"place": "1:1", "pid": 2**22 + 1, "namespace": "pid:[1]"}, False),  # of another container
        ({"place": "1:1", "pid": 2**22 + 1, "boot_id": "b2"}, False),  # of another machine
        ({"boot_id": ""}, False),
    ],
)
def test_a_dead_holder_is_known_where_that_is_certain(
    claim: Claim, host: Host, fields: dict[str, Any], gone: bool
) -> None:
    claim.take(host)
    Lease.objects.update(**fields)
    assert claim.is_gone(Lease.objects.get()) is gone
