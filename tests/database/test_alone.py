"""Counting and then writing: of many who do both at once none sees an old count."""

import pytest
from django.contrib.auth.models import Group

from monitor.database.alone import only_writer
from tests.stages.crowds import at_once


@pytest.mark.django_db(transaction=True)
def test_of_many_who_count_and_then_write_none_is_too_many() -> None:
    def add() -> None:
        with only_writer(Group):
            count = Group.objects.count()
            if count < 3:
                Group.objects.create(name=str(count))

    assert at_once(12, add) == [None] * 12
    assert Group.objects.count() == 3
