"""Users and groups in the admin: nobody gives what he has not, or rules over one who has more."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from tests.factories import make_user

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
CLERKS = [f"{deed}_{what}" for deed in ("view", "change", "add", "delete") for what in ("user", "group")]


def permission(name: str) -> Permission:
    return Permission.objects.get(codename=name)


def make_account(name: str, *names: str, **fields) -> User:
    """An account with these permissions of whichever app."""
    user = make_user(name, **fields)
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return user


def make_group(name: str, *names: str) -> Group:
    group = Group.objects.create(name=name)
    group.permissions.set(Permission.objects.filter(codename__in=names))
    return group


@pytest.fixture
def clerk() -> User:
    """Who may do everything with users and groups, and see alerts."""
    return make_account("clerk", *CLERKS, "view_alert", is_staff=True)


@pytest.fixture
def office(clerk) -> Client:
    """The clerk's browser."""
    client = Client()
    client.force_login(clerk, backend=BACKEND)
    return client


def form(user: User, **changes) -> dict[str, object]:
    """What the page of a user sends."""
    sent = {"username": user.username, "is_active": "on"} | ({"is_staff": "on"} if user.is_staff else {})
    sent |= {
        "user_permissions": [one.pk for one in user.user_permissions.all()],
        "groups": [one.pk for one in user.groups.all()],
    }
    return sent | changes


def change(client: Client, user: User, **changes):
    return client.post(f"/admin/auth/user/{user.pk}/change/", form(user, **changes))


def test_nobody_makes_himself_a_superuser(office, clerk) -> None:
    answer = change(office, clerk, is_superuser="on")
    clerk.refresh_from_db()
    assert (answer.status_code, clerk.is_superuser) == (403, False)
    assert b"Only a superuser makes somebody a superuser." in answer.content


def test_nobody_gives_himself_or_another_a_permission_that_he_lacks(office, clerk) -> None:
    other = make_account("other")
    wanted = permission("run_loadtest")
    for user in (clerk, other):
        answer = change(office, user, user_permissions=[*form(user)["user_permissions"], wanted.pk])
        assert answer.status_code == 200
        assert b"Select a valid choice" in answer.content
        assert wanted not in user.user_permissions.all()


def test_nobody_joins_a_group_or_fills_one_with_what_he_lacks(office, clerk) -> None:
    strong, weak = make_group("strong", "run_loadtest"), make_group("weak", "view_alert")
    assert change(office, clerk, groups=[strong.pk]).status_code == 200
    assert change(office, clerk, groups=[weak.pk]).status_code == 302
    assert list(clerk.groups.all()) == [weak]
    sent = {"name": "weak", "permissions": [permission("change_rule").pk]}
    assert b"Select a valid choice" in office.post(f"/admin/auth/group/{weak.pk}/change/", sent).content
    assert b"Select a valid choice" in office.post("/admin/auth/group/add/", sent | {"name": "new"}).content
    assert [one.codename for one in weak.permissions.all()] == ["view_alert"]


def test_what_one_has_one_may_give(office) -> None:
    other = make_account("other")
    assert (
        change(office, other, user_permissions=[permission("view_alert").pk], is_staff="on").status_code
        == 302
    )
    other.refresh_from_db()
    assert other.has_perm("monitor.view_alert")
    sent = {"name": "new", "permissions": [permission("view_alert").pk]}
    assert office.post("/admin/auth/group/add/", sent).status_code == 302


ABOVE = {
    "a superuser": {"is_superuser": True},
    "a superuser that is not active": {"is_superuser": True, "is_active": False},
    "one with a permission": {"names": ["run_loadtest"]},
    "one with a permission that is not active": {"names": ["run_loadtest"], "is_active": False},
    "one in a group": {"group": "run_loadtest"},
}


@pytest.mark.parametrize("who", ABOVE)
def test_nobody_changes_renames_locks_out_or_deletes(office, who) -> None:
    fields = dict(ABOVE[who])
    names, group = fields.pop("names", []), fields.pop("group", "")
    above = make_account("above", *names, **fields)
    if group:
        above.groups.add(make_group("strong", group))
    before = User.objects.filter(pk=above.pk).values().get()
    own = f"/admin/auth/user/{above.pk}"
    password = {"password1": "correct horse 7", "password2": "correct horse 7", "usable_password": "true"}
    assert office.get(f"{own}/change/").status_code == 200, "he may look"
    assert change(office, above, username="mine", is_active="on").status_code == 403
    assert office.get(f"{own}/password/").status_code == 403
    assert office.post(f"{own}/password/", password).status_code == 403
    assert office.post(f"{own}/delete/", {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [above.pk], "post": "yes"}
    assert office.post("/admin/auth/user/", chosen).status_code == 403
    assert User.objects.filter(pk=above.pk).values().get() == before


def test_nobody_deletes_or_renames_a_group_with_more(office) -> None:
    strong = make_group("strong", "run_loadtest")
    assert office.post(f"/admin/auth/group/{strong.pk}/change/", {"name": "x"}).status_code == 403
    assert office.post(f"/admin/auth/group/{strong.pk}/delete/", {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [strong.pk], "post": "yes"}
    assert office.post("/admin/auth/group/", chosen).status_code == 403
    assert Group.objects.get().name == "strong"


def test_those_with_no_more_rights_are_changed_and_deleted_as_ever(office) -> None:
    equal = make_account("equal", "view_alert")
    assert change(office, equal, username="renamed").status_code == 302
    assert office.get(f"/admin/auth/user/{equal.pk}/password/").status_code == 200
    assert office.post(f"/admin/auth/user/{equal.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not User.objects.filter(pk=equal.pk).exists()


def test_a_superuser_does_all_of_it(boss) -> None:
    other = make_account("other")
    wanted = [permission("run_loadtest").pk]
    assert change(boss, other, is_superuser="on", is_staff="on", user_permissions=wanted).status_code == 302
    other.refresh_from_db()
    assert other.is_superuser
    assert boss.post(f"/admin/auth/user/{other.pk}/delete/", {"post": "yes"}).status_code == 302


def test_nobody_sets_back_the_last_login_on_which_links_hang(boss) -> None:
    other = make_account("other")
    change(boss, other, last_login_0="2020-01-01", last_login_1="00:00:00")
    other.refresh_from_db()
    assert other.last_login is None


@pytest.mark.parametrize("sign", ["\u202e", "\u200b", "\x1b", "\u2066"])
def test_no_name_hides_something_or_turns_the_text_around(boss, sign) -> None:
    other = make_account("other")
    answer = change(boss, other, first_name=f"An{sign}n")
    assert b"It holds characters that are not seen, or turn the text around" in answer.content
    answer = boss.post("/admin/auth/group/add/", {"name": f"off{sign}ice"})
    assert b"It holds characters that are not seen, or turn the text around" in answer.content
    assert not Group.objects.exists()


@pytest.mark.parametrize("right", ["view_user", "change_user"])
def test_no_page_shows_a_hash_of_a_password(right) -> None:
    make_account("reader", right, is_staff=True)
    client, other = Client(), make_account("other")
    client.force_login(User.objects.get(username="reader"), backend=BACKEND)
    digest = other.password.rpartition("$")[2]
    for page in ("change", "history", "password"):
        assert digest not in client.get(f"/admin/auth/user/{other.pk}/{page}/").content.decode()
    for lookup in ("user__password__startswith", "password__startswith"):
        answer = client.get(f"/admin/auth/user/?{lookup}=p")
        assert answer.status_code in (302, 400)
