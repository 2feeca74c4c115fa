"""Footprint of the history in short: how far back the samples of a host go, and how large the database is."""

import pytest

from monitor.history import footprint
from tests.factories import NOW_MS, make_host, make_samples

pytestmark = pytest.mark.django_db


def test_the_storage_tells_how_far_back_samples_go() -> None:
    host = make_host()
    make_samples(host, 3)
    storage = footprint.footprint(host)
    assert (storage["oldest_sample_at"], storage["raw_hours"]) == (NOW_MS - 2000, 48.0)
    assert storage["database_bytes"] > 0
