"""What a person may give to others, and over whom."""

import pytest
from django.contrib.auth.models import AnonymousUser, Group, Permission, User

from monitor.access import ranks
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def names(found) -> set[str]:
    return {getattr(one, "codename", "") or getattr(one, "name", "") or one.username for one in found}


def test_one_has_the_permissions_of_his_own_and_of_his_groups() -> None:
    ann, group = make_user("ann", ["view_alert"]), Group.objects.create(name="office")
    group.permissions.set(Permission.objects.filter(codename="view_rule"))
    ann.groups.add(group)
    assert names(ranks.permissions(ann)) == {"view_alert", "view_rule"}
    assert names(ranks.groups(ann)) == {"office"}


def test_a_superuser_that_is_active_has_all_and_one_that_is_not_has_none() -> None:
    boss = make_user("boss", is_superuser=True)
    gone = make_user("gone", is_superuser=True, is_active=False)
    assert ranks.permissions(boss).count() == Permission.objects.count()
    assert not ranks.permissions(gone).exists()
    assert names(ranks.users(boss)) == {"boss", "gone"}


def test_who_has_no_more_is_within_reach_whoever_has_one_more_is_not() -> None:
    ann = make_user("ann", ["view_alert"])
    make_user("less")
    make_user("same", ["view_alert"])
    make_user("other", ["view_rule"])
    make_user("both", ["view_alert", "view_rule"])
    make_user("boss", is_superuser=True)
    assert names(ranks.users(ann)) == {"ann", "less", "same"}


def test_a_stranger_gives_nothing_and_reaches_who_has_nothing() -> None:
    User.objects.create_user("nobody")
    make_user("same", ["view_alert"])
    assert not ranks.permissions(AnonymousUser()).exists()
    assert names(ranks.users(AnonymousUser())) == {"nobody"}
