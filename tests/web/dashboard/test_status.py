"""The state of a host: made in one place, and told alike by the page, the live frame and the JSON API."""

import time

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory

from monitor.history.models import Gap
from monitor.hosts.models import Host
from monitor.web.dashboard import page, status
from tests.factories import NOW_MS, make_alert, make_host, make_load_test, make_samples

pytestmark = pytest.mark.django_db


@pytest.fixture
def host(settings, monkeypatch) -> Host:
    """A host with samples, an alert, a load test and a gap, at a time that stands still."""
    settings.LOADMON_PUBLIC = "yes"
    monkeypatch.setattr(time, "time_ns", lambda: NOW_MS * 1_000_000)
    host = make_host()
    make_samples(host, 5)
    make_alert(host, NOW_MS - 60_000)
    make_load_test(host, started_ms=NOW_MS - 1000)
    Gap.objects.create(host=host, start_ms=NOW_MS - 90_000, end_ms=NOW_MS - 60_000, kind="suspended")
    return host


def test_page_frame_and_api_tell_the_same_state(host: Host, client: Client) -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    shown = page.context(request, host, NOW_MS)["page"]
    frame = status.status_frame(host, NOW_MS, None)
    answer = client.get("/api/v1/status").json()
    assert shown["sampler"] == frame["sampler"] == answer["sampler"]
    assert shown["load_test"] == frame["load_test"] == answer["load_test"]
    assert (shown["rules"], shown["gaps"], shown["busy"]) == (frame["rules"], frame["gaps"], frame["busy"])
    assert shown["verdict"] == answer["verdict"]
    assert [one["id"] for one in shown["alerts"]["open"]] == [one["id"] for one in answer["open_alerts"]]


def test_what_nobody_asks_of_a_state_costs_no_query(host: Host, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        assert status.HostState(host, NOW_MS).latest is not None


def test_a_state_reads_each_part_once(host: Host, django_assert_num_queries) -> None:
    state = status.HostState(host, NOW_MS)
    assert state.latest is not None
    with django_assert_num_queries(0):
        assert state.latest["values"]["load1"] is not None
