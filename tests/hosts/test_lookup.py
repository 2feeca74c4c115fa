"""Which host a name means, and how one is refused."""

import pytest

from monitor.hosts import lookup
from monitor.metrics.times import moment
from tests.factories import NOW_MS, make_host

pytestmark = pytest.mark.django_db
START = NOW_MS - NOW_MS % 60_000


def test_a_host_is_found_by_name_or_as_this_machine_or_as_the_only_one(settings) -> None:
    only = make_host("web-01")
    assert lookup.find_host(None) == only == lookup.find_host("web-01")
    own = make_host(settings.LOADMON_HOST_NAME)
    assert lookup.find_host("") == own


@pytest.mark.parametrize(
    "name", ["nobody", "web-01\0", "web-01\ud800", "x" * 5000, "'; drop table monitor_host; --"]
)
def test_an_unknown_host_is_named_with_the_choices(name) -> None:
    make_host("web-01")
    with pytest.raises(lookup.UnknownHost, match=r"There is no host .*Hosts: web-01\.") as refusal:
        lookup.find_host(name)
    assert len(str(refusal.value)) < 200


def test_with_several_foreign_hosts_one_must_be_named() -> None:
    make_host("web-01")
    make_host("web-02")
    with pytest.raises(lookup.UnknownHost, match=r"Say which host. Hosts: web-01, web-02."):
        lookup.find_host(None)


def test_without_hosts_the_sentence_says_so() -> None:
    with pytest.raises(lookup.UnknownHost, match=r"No sampler has stored anything yet."):
        lookup.find_host(None)


@pytest.mark.parametrize("name", ["", "nobody", "web-01\0", "\0", "x" * 5000])
def test_a_name_that_no_host_has_stands_for_none(name) -> None:
    make_host("web-01")
    assert lookup.named(name) is None
    assert lookup.own() is None


@pytest.mark.parametrize("name", ["web-01\0", "web-01\ud800", "x" * 101])
def test_a_name_that_no_host_can_have_is_no_question_for_the_database(
    name, django_assert_num_queries
) -> None:
    with django_assert_num_queries(0):
        assert lookup.named(name) is None


def test_the_own_host_is_the_one_that_bears_the_name_of_this_machine(settings) -> None:
    make_host("web-01")
    host = make_host(settings.LOADMON_HOST_NAME)
    assert lookup.own() == host == lookup.named(settings.LOADMON_HOST_NAME)


def test_a_name_of_old_leads_to_the_host_that_had_it_last_unless_another_has_it_now() -> None:
    make_host("web-02", renamed_from="web-01", renamed_at=moment(NOW_MS))
    last = make_host("web-03", renamed_from="web-01", renamed_at=moment(NOW_MS + 1000))
    assert lookup.named("web-01") == last
    new = make_host("web-01")
    assert lookup.named("web-01") == new
