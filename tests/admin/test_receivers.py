"""Receivers and messages in the admin: what is refused, what is never shown again, and what a test says."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.urls import reverse

from monitor.metrics.times import moment
from monitor.notifications import transports
from monitor.notifications.domain.delivery import Answer
from monitor.notifications.models import Notification, Receiver
from tests.factories import NOW_MS, make_alert, make_host, make_rule, make_user
from tests.stages.receivers import web_server

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
HOOK = "https://hooks.example.org/services/T0P5ECRET?token=4711abc"
FORM = {
    "name": "ops",
    "kind": "webhook",
    "address": HOOK,
    "minimum_severity": "warning",
    "repeat_hours": "4",
    "enabled": "on",
}
LIST = reverse("admin:monitor_receiver_changelist")
ADD = reverse("admin:monitor_receiver_add")


def clerk(client, *permissions: str):
    """A client of staff that may only do this."""
    user = make_user("clerk", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user, backend=BACKEND)
    return client


def make_receiver(**fields) -> Receiver:
    """A webhook."""
    return Receiver.objects.create(**({"name": "ops", "kind": "webhook", "address": HOOK} | fields))


def page(row: Receiver, name: str = "change") -> str:
    """The address of one of a receiver's pages."""
    return reverse(f"admin:monitor_receiver_{name}", args=[row.pk])


def text(answer) -> str:
    """What a person reads."""
    return html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))


# Saving


def test_a_receiver_is_added_with_its_rules(boss):
    rule = make_rule()
    boss.post(ADD, {**FORM, "rules": [rule.pk], "wants_drills": "on"})
    row = Receiver.objects.get()
    assert (row.address, list(row.rules.all()), row.wants_drills) == (HOOK, [rule], True)
    assert row.only_chosen_rules


def test_a_receiver_whose_rules_were_deleted_says_so_and_is_not_widened_unasked(boss):
    rule = make_rule("Load of mine")
    row = make_receiver(only_chosen_rules=True)
    row.rules.add(rule)
    assert "It hears of nothing" not in boss.get(LIST).content.decode()
    rule.delete()
    assert "It hears of nothing: the rules that it was limited to" in boss.get(LIST).content.decode()
    form = {**FORM, "address": "", "only_chosen_rules": "on"}
    assert "untick the field above for every rule" in boss.post(page(row), form).content.decode()
    assert boss.post(page(row), {**FORM, "address": ""}).status_code == 302
    row.refresh_from_db()
    assert not row.only_chosen_rules


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"address": ""}, "Give an address: there is none yet for this kind."),
        ({"address": "ftp://a.example/"}, "Give a URL that begins with https:// or http://."),
        ({"address": "http://169.254.169.254/"}, "it is a private address; LOADMON_PRIVATE_RECEIVERS=yes"),
        ({"address": "https://u:p@a.example/"}, "A webhook's URL cannot hold a user name"),
        ({"kind": "email"}, "is not an e-mail address."),
        ({"kind": "email", "address": "ann@"}, "ann@ is not an e-mail address."),
        ({"kind": "apprise", "address": "pigeon"}, "Give an Apprise URL such as ntfys://ntfy.sh/topic"),
        ({"repeat_hours": "-1"}, "Give 0 (never) to 168 hours."),
        ({"repeat_hours": "1e9"}, "Give 0 (never) to 168 hours."),
        ({"repeat_hours": "nan"}, "Enter a number."),
        ({"kind": "pigeon"}, "Select a valid choice."),
        ({"name": "a\0b"}, "Null characters are not allowed."),
        ({"name": "\u202e\u200b"}, "It holds nothing that can be seen."),
    ],
)
def test_what_cannot_work_is_refused_with_a_sentence(boss, changes, sentence):
    assert sentence in text(boss.post(ADD, FORM | changes))
    assert not Receiver.objects.exists()


def test_an_address_is_judged_before_the_transaction_begins(boss, monkeypatch):
    """Apprise takes seconds; inside it would hold SQLite's write lock, and the sampler would wait."""
    depths = []
    monkeypatch.setattr(
        transports, "refusal", lambda kind, address: depths.append(len(connection.savepoint_ids)) or ""
    )
    outside = len(connection.savepoint_ids)
    boss.post(ADD, FORM)
    assert depths == [outside]


def test_without_a_mail_server_saving_says_so(boss, settings):
    settings.EMAIL_HOST = ""
    answer = boss.post(ADD, {**FORM, "kind": "email", "address": "ann@example.org"}, follow=True)
    assert "No mail can be sent yet: set EMAIL_URL" in text(answer)


def test_a_name_is_stored_without_what_deceives(boss):
    boss.post(ADD, FORM | {"name": "o\u202ep\x1bs\u200b  team"})
    assert Receiver.objects.get().name == "ops team"


# Secrets


def test_no_page_shows_a_saved_address_or_key_again(boss):
    row = make_receiver(secret="whsec_T0P5ECRETKEY")
    for url in (
        LIST,
        page(row),
        reverse("admin:monitor_receiver_history", args=[row.pk]),
        page(row, "delete"),
    ):
        answer = boss.get(url).content.decode()
        assert "T0P5ECRET" not in answer
        assert "4711abc" not in answer
    assert "https://hooks.example.org/..." in text(boss.get(LIST))


def test_an_empty_address_keeps_the_stored_one(boss):
    row = make_receiver(secret="whsec_x")
    boss.post(page(row), {**FORM, "name": "new name", "address": ""})
    row.refresh_from_db()
    assert (row.name, row.address, row.secret) == ("new name", HOOK, "whsec_x")


def test_a_new_address_takes_the_old_one_s_place(boss):
    row = make_receiver()
    boss.post(page(row), {**FORM, "address": "https://other.example/"})
    row.refresh_from_db()
    assert row.address == "https://other.example/"


def test_the_address_of_another_kind_is_not_kept(boss):
    row = make_receiver()
    assert "there is none yet for this kind" in text(
        boss.post(page(row), {**FORM, "kind": "email", "address": ""})
    )


def test_another_kind_of_receiver_loses_its_key(boss):
    row = make_receiver(secret="whsec_x")
    boss.post(page(row), {**FORM, "kind": "email", "address": "ann@example.org"})
    row.refresh_from_db()
    assert (row.kind, row.secret) == ("email", "")


def test_e_mail_addresses_are_shown_and_can_be_edited(boss):
    row = make_receiver(kind="email", address="ann@example.org")
    assert 'value="ann@example.org"' in boss.get(page(row)).content.decode()


@pytest.mark.parametrize("lookup", ["address__startswith", "secret__startswith", "address", "secret__regex"])
def test_no_secret_is_guessed_letter_by_letter(client, lookup):
    make_receiver(secret="whsec_x")
    assert clerk(client, "view_receiver").get(LIST, {lookup: "h"}).status_code in (302, 400)


@pytest.mark.parametrize(
    "path", ["notification/?receiver__address__startswith=h", "loadtest/?receivers__secret__startswith=w"]
)
def test_not_by_way_of_other_lists_either(boss, path):
    assert boss.get(f"/admin/monitor/{path}").status_code in (302, 400)


def test_a_new_key_is_shown_once_and_signs_from_then_on(boss):
    row = make_receiver()
    shown = re.search(r"whsec_[A-Za-z0-9+/=]{40,}", boss.post(page(row, "key")).content.decode())
    row.refresh_from_db()
    assert shown
    assert shown.group() == row.secret
    assert row.secret not in boss.get(page(row)).content.decode()


def test_a_new_webhook_is_signed_from_the_start_and_shows_its_key_once(boss):
    answer = boss.post(ADD, FORM)
    shown = re.search(r"whsec_[A-Za-z0-9+/=]{40,}", answer.content.decode())
    row = Receiver.objects.get()
    assert shown
    assert shown.group() == row.secret
    assert "no-store" in answer.headers["Cache-Control"]
    assert row.secret not in boss.get(page(row)).content.decode()


def test_a_receiver_that_becomes_a_webhook_is_signed_too(boss):
    row = make_receiver(kind="email", address="ann@example.org")
    assert "whsec_" in boss.post(page(row), FORM).content.decode()
    row.refresh_from_db()
    assert row.secret.startswith("whsec_")


def test_nobody_s_webhook_begins_to_be_signed_because_it_is_saved_again(boss):
    row = make_receiver()
    boss.post(page(row), {**FORM, "name": "new name"})
    row.refresh_from_db()
    assert (row.name, row.secret) == ("new name", "")


def test_other_kinds_have_no_key(boss):
    boss.post(ADD, {**FORM, "kind": "email", "address": "ann@example.org"})
    assert Receiver.objects.get().secret == ""


def test_the_page_with_the_key_is_kept_nowhere(boss):
    assert "no-store" in boss.post(page(make_receiver(), "key")).headers["Cache-Control"]


def test_only_a_webhook_has_a_key(boss):
    assert boss.post(page(make_receiver(kind="email", address="a@b.de"), "key")).status_code == 400


# A test


def test_a_test_shows_what_the_other_side_answered(boss, settings):
    settings.LOADMON_PRIVATE_RECEIVERS = True
    with web_server() as web:
        web.status, web.body = 403, b"channel <b>gone</b>"
        answer = boss.post(page(make_receiver(address=web.url), "test"))
    words = text(answer)
    for part in (
        "The test was not delivered.",
        "403 Forbidden: channel <b>gone</b>",
        " ms",
        "given up at once",
    ):
        assert part in words
    assert "<b>gone" not in answer.content.decode()
    assert web.documents()[0]["type"] == "test"


def test_a_test_that_arrives_says_so_and_is_written_down(boss, monkeypatch):
    monkeypatch.setattr(transports, "deliver", lambda target, message: Answer(True, "200 OK"))
    row = make_receiver()
    assert "The test was delivered." in text(boss.post(page(row, "test")))
    assert "Sent a test: delivered." in text(
        boss.get(reverse("admin:monitor_receiver_history", args=[row.pk]))
    )


@pytest.mark.parametrize("name", ["test", "key"])
def test_the_buttons_need_the_permission_a_post_and_a_token(client, name):
    row = make_receiver()
    assert client.post(page(row, name)).status_code == 302
    assert clerk(client, "view_receiver").post(page(row, name)).status_code == 403
    client.handler.enforce_csrf_checks = True
    may = clerk_that_may(client)
    assert may.get(page(row, name)).status_code == 405
    assert may.post(page(row, name)).status_code == 403
    row.refresh_from_db()
    assert row.secret == ""


def clerk_that_may(client):
    """The same client, with the permission."""
    user = make_user("chief", ["change_receiver"], is_staff=True)
    client.force_login(user, backend=BACKEND)
    return client


def test_the_buttons_are_there_for_those_who_may(client):
    row = make_receiver()
    assert "Send a test" not in clerk(client, "view_receiver").get(page(row)).content.decode()
    assert "Send a test" in clerk_that_may(client).get(page(row)).content.decode()


def test_a_receiver_that_is_gone_is_not_tested(boss):
    assert boss.post("/admin/monitor/receiver/99/test/").status_code == 404


# Messages


@pytest.fixture
def message(boss) -> Notification:
    """A message that was tried twice, with names that somebody hostile chose."""
    alert = make_alert(make_host(), rule_name="<script>x</script>")
    at = moment(NOW_MS)
    row = Notification.objects.create(
        key="k-1", alert=alert, receiver=make_receiver(name="<b>ops"), receiver_name="<b>ops", kind="fired",
        severity="warning", state="pending", created_at=at, next_attempt_at=at + timedelta(minutes=1), attempts=2,
        reason="<i>later",
    )  # fmt: skip
    for answer in ("503 <u>busy", "No connection: Connection refused."):
        row.tries.create(started_at=at, duration_ms=17, delivered=False, answer=answer)
    return row


@pytest.mark.parametrize("where", ["list", "message", "alert"])
def test_every_try_is_browsable_and_nothing_becomes_markup(boss, message, where):
    url = {
        "list": reverse("admin:monitor_notification_changelist"),
        "message": reverse("admin:monitor_notification_change", args=[message.pk]),
        "alert": reverse("admin:monitor_alert_change", args=[message.alert_id]),
    }[where]
    answer = boss.get(url)
    assert "No connection: Connection refused." in text(answer)
    assert not re.search(r"<(script>x|b>ops|i>later|u>busy)", answer.content.decode())


def test_the_newest_message_comes_first(boss, message):
    Notification.objects.create(
        key="k-2", alert=message.alert, receiver_name="late", kind="resolved", severity="warning",
        created_at=message.created_at, next_attempt_at=message.next_attempt_at,
    )  # fmt: skip
    words = text(boss.get(reverse("admin:monitor_notification_changelist"))).partition("Last answer")[2]
    assert words.index("late") < words.index("Connection refused")


def test_the_list_of_messages_can_be_filtered(boss, message):
    url = reverse("admin:monitor_notification_changelist")
    for query in (
        "state__exact=pending",
        f"receiver__id__exact={message.receiver_id}",
        "kind__exact=fired",
        "q=ops",
    ):
        assert "Connection refused" in text(boss.get(f"{url}?{query}"))
    assert "Connection refused" not in text(boss.get(f"{url}?state__exact=sent"))


def test_a_message_cannot_be_changed_or_deleted(boss, message):
    assert (
        boss.post(
            reverse("admin:monitor_notification_change", args=[message.pk]), {"state": "sent"}
        ).status_code
        == 403
    )
    assert (
        boss.post(
            reverse("admin:monitor_notification_delete", args=[message.pk]), {"post": "yes"}
        ).status_code
        == 403
    )


def test_a_receiver_that_fails_is_named_in_the_list(boss):
    make_receiver(failing_since=moment(NOW_MS), failure="<b>550 no such user")
    answer = boss.get(LIST)
    assert "Failing since" in text(answer)
    assert "<b>550" not in answer.content.decode()


@pytest.mark.parametrize("name", ["receiver", "notification"])
def test_no_page_needs_inline_script_or_style(boss, message, name):
    row = message if name == "notification" else message.receiver
    for url in (f"/admin/monitor/{name}/", f"/admin/monitor/{name}/{row.pk}/change/"):
        found = boss.get(url).content.decode()
        assert not re.search(
            r"<style|\sstyle=|\son\w+=|<script(?![^>]*(src=|type=\"application/json))", found
        )
