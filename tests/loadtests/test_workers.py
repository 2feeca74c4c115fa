"""When a disk is too full for a test that writes."""

from __future__ import annotations

import pytest

from monitor.loadtests.workers import refusal

GB = 10**9


@pytest.mark.parametrize(("total", "free"), [(10 * GB, GB), (100 * GB, 10 * GB), (2 * GB, GB)])
def test_a_gigabyte_and_a_tenth_are_enough(total: int, free: int) -> None:
    assert refusal("/data", total, free) == ""


@pytest.mark.parametrize(("total", "free"), [(5 * GB, GB - 1), (100 * GB, 10 * GB - 1), (0, 0)])
def test_less_is_refused(total: int, free: int) -> None:
    assert refusal("/data", total, free).endswith("a disk test needs 1 GB and a tenth of the disk.")


def test_the_refusal_names_the_numbers_and_the_place() -> None:
    assert refusal("/data", 252 * GB, 4_200_000_000).startswith(
        "Only 4.2 GB of 252 GB are free at /data: a disk test needs"
    )
