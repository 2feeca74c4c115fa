"""Odd requests to the admin: what makes no sense gets a sentence with 400 or the whole list, never a fault."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.admin.readonly import Bounded
from monitor.metrics.times import moment
from monitor.notifications import silences
from tests.factories import (
    NOW_MS,
    make_alert,
    make_host,
    make_load_test,
    make_notification,
    make_receiver,
    make_rule,
    make_user,
)
from tests.stages.examples import examples

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
DIGITS = "9" * 30
LISTS = {f"{model._meta.app_label}/{model._meta.model_name}": model for model in admin.site._registry}
ODD_IDS = ("abc", "%00", DIGITS, "-1", "1.0", "%ED%A0%80", "a" * 2000, "9223372036854775808", "_00")
OWN_PAGES = {"auth/user": ["password/"], "monitor/receiver": ["test/", "key/"]}
ODD_QUERIES = [
    "id__range=1", "id__range=1,2,3", "busy__contains=x",
    "id__in=abc", "id__in=", f"id={DIGITS}", f"id__gt={DIGITS}",
    "id=%00", "id__contains=%ED%A0%80", "id__regex=(a%2B)%2B$", "id__foo=1", "foo=1", f"id__in={DIGITS},1", "id__year=abc",
    "p=-1", "p=abc", f"p={DIGITS}", "o=99999", f"o={DIGITS}", "all=1", "e=1", "_popup=1", "_to_field=abc",
    "q=%00", f"q={'a' * 10_000}", "_facets=True", "e=1&id__range=1", "_changelist_filters=%00", "host__id__exact=%00",
    f"host__id__exact={DIGITS}", "rule__id__exact=abc", "state__exact=%00", "enabled__exact=2", "fired_at__gte=abc",
    "fired_at__year=1e9",
    f"fired_at__year={DIGITS}", "fired_at__year=2020&fired_at__month=13", "fired_at__day=31", "requested_at__year=0",
    "groups__id__exact=x",
    "is_staff__exact=abc", "date_joined__range=1", "permissions__range=1", "receiver__id__exact=abc", "created_at__range=1",
]  # fmt: skip


@pytest.fixture
def client() -> Client:
    """A superuser where there is one of everything; a fault is an answer with 500."""
    host, rule, boss = make_host(), make_rule("Mine"), make_user("boss", is_staff=True, is_superuser=True)
    make_load_test(host, "finished")
    make_notification(make_alert(host, fired_ms=NOW_MS, rule=rule), make_receiver())
    silences.create(boss, moment(NOW_MS), ends_at=moment(NOW_MS + 10**9))
    Group.objects.create(name="office")
    client = Client(raise_request_exception=False)
    client.force_login(boss, backend=BACKEND)
    return client


def assert_sane(answer, what: str) -> None:
    """No fault, and a sentence where it was refused."""
    assert answer.status_code in (200, 302, 400, 403, 404, 405), what
    if answer.status_code == 302:
        assert len(answer["Location"]) < 4000, what
    if answer.status_code == 400:
        assert answer.content.strip(), what


def test_every_list_of_the_admin_has_the_bounds() -> None:
    assert [name for name, one in admin.site._registry.items() if not isinstance(one, Bounded)] == []
    assert len(LISTS) == 9


@pytest.mark.parametrize("name", LISTS)
def test_no_query_breaks_the_list_of(client, name) -> None:
    for query in ODD_QUERIES:
        assert_sane(client.get(f"/admin/{name}/?{query}"), query)


@pytest.mark.parametrize("name", LISTS)
def test_no_id_breaks_a_page_of(client, name) -> None:
    for odd in ODD_IDS:
        for page in ("change/", "history/", "delete/", *OWN_PAGES.get(name, ())):
            assert_sane(client.get(f"/admin/{name}/{odd}/{page}"), f"{odd} {page}")
        for page in ("change/", *OWN_PAGES.get(name, ())):
            assert_sane(client.post(f"/admin/{name}/{odd}/{page}", {"post": "yes"}), f"{odd} {page}")


@pytest.mark.parametrize("name", LISTS)
def test_no_form_breaks_the_list_or_a_page_of(client, name) -> None:
    for odd in ("abc", "\0", DIGITS, "", "-1", "1.0"):
        for action in ("delete_selected", "export_selected"):
            for more in ({"post": "yes"}, {"index": odd, "select_across": "1"}):
                sent = {"action": action, "_selected_action": ["1", odd]} | more
                answer = client.post(f"/admin/{name}/", sent)
                assert (answer.status_code, b"No row of the list has the id" in answer.content) == (
                    400,
                    True,
                ), sent
    lists = {
        key: ["abc", DIGITS] for key in ("rules", "groups", "user_permissions", "permissions", "rule", "host")
    }
    for page in ("add/", f"{LISTS[name].objects.values_list('pk', flat=True)[0]}/change/"):
        for sent in (
            {}, lists, {"_popup": "1", "_to_field": "abc"}, {"form-TOTAL_FORMS": "abc"}, {"name": "a\0b"},
            {"_continue": "1"} | lists, {"_addanother": "1"}, {"tries-TOTAL_FORMS": DIGITS},
            {"window_seconds": DIGITS, "threshold": "1e400", "starts_at_0": "99999-01-01", "last_login_0": "x"},
        ):  # fmt: skip
            assert_sane(client.post(f"/admin/{name}/{page}", sent), f"{page} {sent}")


@pytest.mark.parametrize(
    "name", ["monitor/receiver", "monitor/rule", "monitor/silence", "auth/user", "auth/group"]
)
def test_nothing_is_saved_as_new_where_no_button_says_so(client, name) -> None:
    for page in ("add/", "1/change/"):
        answer = client.post(f"/admin/{name}/{page}", {"_saveasnew": "1", "name": "x"})
        assert (answer.status_code, b"Nothing is saved as new here" in answer.content) == (400, True)


@pytest.mark.parametrize(
    "query",
    [
        f"id={DIGITS}",
        f"id__gt={DIGITS}",
        "id__range=1",
        "host__id__exact=abc",
        "id=%00",
        "evidence__document__contains=x",
    ],
)
def test_an_export_is_refused_before_it_begins_or_ends_well(client, query) -> None:
    answer = client.get(f"/admin/monitor/alert/export/?{query}")
    if answer.streaming:
        assert b"".join(answer).startswith(b"id,host")
    else:
        assert (answer.status_code, bool(answer.content)) == (400, True)


def test_a_filter_that_makes_no_sense_leads_to_the_whole_list_and_then_to_a_sentence(client) -> None:
    answer = client.get("/admin/monitor/host/?id__range=1")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/monitor/host/?e=1")
    answer = client.get("/admin/monitor/host/?id__range=1&e=1")
    assert (answer.status_code, b"These filters are not understood." in answer.content) == (400, True)


@settings(max_examples=examples(40), deadline=None)
@given(
    name=st.sampled_from(sorted(LISTS)),
    field=st.sampled_from(["id", "name", "host", "rule", "state", "fired_at", "busy", "username", "e", "p", "o"]),
    way=st.sampled_from(["", "__range", "__in", "__isnull", "__contains", "__date", "__hour", "__gt", "__id", "__has_key"]),
    value=st.text(max_size=20),
)  # fmt: skip
def test_no_filter_whatsoever_breaks_a_list(name, field, way, value) -> None:
    client = Client(raise_request_exception=False)
    boss = User.objects.filter(username="root").first() or make_user("root", is_staff=True, is_superuser=True)
    client.force_login(boss, backend=BACKEND)
    assert_sane(client.get(f"/admin/{name}/", {f"{field}{way}": value}), f"{name} {field}{way}={value!r}")
