"""Whoever may look at receivers, or change, add or delete them: no page of the site shows a saved address or key."""

from __future__ import annotations

from itertools import product

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from monitor.notifications.models import Attempt, Receiver
from tests.factories import (
    NOW_MS,
    make_alert,
    make_host,
    make_load_test,
    make_notification,
    make_rule,
    make_user,
)

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
SECRETS = ("T0P5ECRETPATH", "4711abcQUERY", "FR4GMENT", "K3YWITHWHICH", "APPR1SETOKEN")
HOOK = "https://hooks.example.org/services/T0P5ECRETPATH?token=4711abcQUERY#FR4GMENT"
CHAT = "ntfys://APPR1SETOKEN@ntfy.example.org/T0P5ECRETPATH?auth=4711abcQUERY"
KEY = "whsec_K3YWITHWHICH"
RIGHTS = ("view", "change", "add", "delete")


@pytest.fixture
def receivers() -> list[Receiver]:
    """A webhook and a chat, both of one rule, with a message and a try each, that a drill told as well."""
    host, rule = make_host("db-01"), make_rule("Disk of mine")
    rows = [
        Receiver.objects.create(name="hook", kind="webhook", address=HOOK, secret=KEY, failing_since=host.created_at,
                                failure="404 Not Found: [hidden]"),
        Receiver.objects.create(name="chat", kind="apprise", address=CHAT),
    ]  # fmt: skip
    alert = make_alert(host, fired_ms=NOW_MS, rule=rule)
    test = make_load_test(host, "finished", NOW_MS)
    for row in rows:
        row.rules.add(rule)
        test.receivers.add(row)
        message = make_notification(alert, row, state="failed")
        Attempt.objects.create(
            notification=message, started_at=host.created_at, duration_ms=5, delivered=False, answer="404"
        )
    return rows


def member(*codenames: str, **more: bool) -> Client:
    """A client of staff with these permissions alone."""
    user = make_user("clerk", is_staff=True, **more)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client(raise_request_exception=False)
    client.force_login(user, backend=BACKEND)
    return client


def told(answer) -> str:
    """Everything that an answer carries: its headers and its body."""
    body = answer.getvalue() if answer.streaming else answer.content
    return f"{dict(answer.headers)} {body.decode('utf-8', 'replace')}"


def assert_hidden(answer, where: str) -> None:
    """Nothing secret is in `answer`, and it is no fault."""
    assert answer.status_code < 500, where
    assert [secret for secret in SECRETS if secret in told(answer)] == [], where


def own_pages(row: Receiver) -> list[str]:
    """Every page of a receiver, asked for in every way."""
    own, kind = f"/admin/monitor/receiver/{row.pk}", ContentType.objects.get_for_model(Receiver).pk
    return [
        f"{own}/change/", f"{own}/change/?_popup=1&_to_field=id", f"{own}/change/?_to_field=address",
        f"{own}/history/", f"{own}/delete/", f"{own}/delete/?_popup=1", f"{own}/test/", f"{own}/key/",
        f"/admin/r/{kind}/{row.pk}/",
    ]  # fmt: skip


def other_pages() -> list[str]:
    """Every other page of the admin that has to do with receivers."""
    return [
        "/admin/", "/admin/autocomplete/?app_label=monitor&model_name=notification&field_name=receiver",
        "/admin/monitor/receiver/", "/admin/monitor/receiver/?_popup=1&_to_field=id", "/admin/monitor/receiver/?o=3",
        "/admin/monitor/receiver/?_to_field=address&_popup=1", "/admin/monitor/receiver/add/",
        *(f"/admin/monitor/{kind}/{page}" for kind in ("notification", "alert", "loadtest", "rule")
          for page in ("", "1/change/", "1/delete/")),
    ]  # fmt: skip


@pytest.mark.parametrize("right", [*RIGHTS, "boss"])
def test_no_page_of_the_admin_shows_a_secret_to_a_holder_of(receivers, right):
    others = [f"view_{name}" for name in ("notification", "alert", "loadtest", "rule")] + ["delete_rule"]
    client = member(f"{right}_receiver", *others, is_superuser=right == "boss")
    for path in [*own_pages(receivers[0]), *own_pages(receivers[1]), *other_pages()]:
        assert_hidden(client.get(path), path)


@pytest.mark.parametrize("right", ["view", "change"])
def test_as_much_of_an_address_as_may_be_seen_stands_on_the_page_for_a_holder_of(receivers, right):
    answer = member(f"{right}_receiver").get(f"/admin/monitor/receiver/{receivers[0].pk}/change/")
    assert "https://hooks.example.org/..." in told(answer)


@pytest.mark.parametrize("right", [*RIGHTS, "boss"])
def test_no_answer_to_a_form_shows_a_stored_secret_to_a_holder_of(receivers, right):
    client = member(f"{right}_receiver", is_superuser=right == "boss")
    pks = [row.pk for row in receivers]
    form = {
        "name": "hook",
        "kind": "webhook",
        "address": "",
        "minimum_severity": "warning",
        "repeat_hours": "4",
    }
    for changes in (
        {}, {"name": "chat"}, {"kind": "email"}, {"repeat_hours": "x"}, {"_continue": "1"}, {"_addanother": "1"},
        {"_saveasnew": "1"}, {"_popup": "1"}, {"_popup": "1", "_to_field": "address"},
    ):  # fmt: skip
        for path in ("add", f"{pks[0]}/change"):
            answer = client.post(f"/admin/monitor/receiver/{path}/", form | changes, follow=True)
            assert_hidden(answer, f"{path} {changes}")
    chosen = {"action": "delete_selected", "_selected_action": pks}
    assert_hidden(client.post("/admin/monitor/receiver/", chosen, follow=True), "delete selected")
    deleted = client.post(f"/admin/monitor/receiver/{pks[0]}/delete/", {"post": "yes"}, follow=True)
    assert_hidden(deleted, "delete")
    for entry in LogEntry.objects.all():
        assert not [one for one in SECRETS if one in f"{entry.object_repr} {entry.change_message}"]


@pytest.mark.parametrize("lookup", ["address", "secret"])
def test_no_filter_tells_whether_a_secret_begins_so(lookup):
    boss = member(is_superuser=True)
    ways = ("", "__startswith", "__in", "__isnull", "__gt", "__range", "__iregex")
    paths = ("receiver/?", "notification/?receiver__", "loadtest/?receivers__", "rule/?receiver__")
    for path, way in product(paths, ways):
        answer = boss.get(f"/admin/monitor/{path}{lookup}{way}=h")
        assert (answer.status_code, answer.headers.get("Location", "?e=1").endswith("?e=1")) in {
            (302, True), (400, True)
        }, path  # fmt: skip


def test_no_page_and_no_operation_of_the_site_shows_a_secret(receivers, public):
    boss = member(is_superuser=True)
    paths = [
        "/", "/alerts/", "/alerts/1/", "/alerts/1/parts/", "/alerts/1.json", "/metrics", "/rules/1/",
        *(f"/api/v1/{name}" for name in (
            "status", "alerts", "alerts/1", "loadtests", "loadtests/current", "rules", "silences", "hosts", "samples",
            "openapi.json", "docs",
        )),
    ]  # fmt: skip
    for path in paths:
        assert_hidden(boss.get(path), path)


def test_the_table_above_knows_every_page_of_receivers(receivers):
    own = [one.name for one in admin.site._registry[Receiver].get_urls() if getattr(one, "name", None)]
    assert sorted(own) == sorted(
        f"monitor_receiver_{name}"
        for name in ("test", "key", "changelist", "add", "history", "delete", "change")
    )
