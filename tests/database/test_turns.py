"""A long work leaves room for others, and hurries where there are none."""

import sqlite3
from contextlib import closing

import pytest
from django.db import connection

from monitor.database import turns

pytestmark = pytest.mark.django_db(transaction=True)


class Time:
    """A clock by which each turn takes a tenth of a second; what is slept is noted."""

    def __init__(self):
        self.now, self.rests = 1000.0, []

    def monotonic(self):
        """Each look is 0.1 s after the one before."""
        self.now += 0.1
        return self.now

    def sleep(self, seconds):
        """Time goes on."""
        self.rests.append(round(seconds, 3))
        self.now += seconds


@pytest.fixture
def time(monkeypatch):
    """The clock of the turns."""
    time = Time()
    monkeypatch.setattr(turns, "time", time)
    monkeypatch.setattr(turns, "LONGEST_REST", 0.5)
    monkeypatch.setattr(turns, "_others", turns._Others())
    return time


def take(count):
    """So many turns, in each of which this connection writes."""
    for _ in range(count):
        with turns.short_turn(), connection.cursor() as cursor:
            cursor.execute("UPDATE monitor_host SET interval = interval")


def write_as_another():
    """Somebody else commits."""
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as other:
        other.execute("UPDATE monitor_rule SET name = name")
        other.commit()


def test_at_first_others_may_be_there_and_soon_it_is_known_that_they_are_not(time):
    take(40)
    assert time.rests[:5] == [0.2] * 5
    assert time.rests[-20:] == [0.025] * 20


def test_where_another_writes_each_second_every_rest_is_long(time):
    for _ in range(20):
        write_as_another()
        take(3)
    assert set(time.rests) == {0.2}


def test_who_comes_to_write_is_given_way_from_then_on(time):
    take(40)
    write_as_another()
    take(1)
    assert time.rests[-1] == 0.2
