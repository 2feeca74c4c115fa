"""News of the database: what another process wrote, and nothing of what this one did."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from django.db import connection

from monitor.sampler.news import News
from tests.factories import make_host

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def news() -> News:
    """One that has looked before."""
    news = News()
    news.look()
    return news


def write_elsewhere() -> None:
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
        other.execute("insert into monitor_notifier (id, heartbeat_failure) values (1, '')")


def test_the_first_look_finds_news() -> None:
    assert News().look()


def test_what_another_process_wrote_is_news_once(news: News) -> None:
    write_elsewhere()
    assert [news.look(), news.look()] == [True, False]


def test_what_this_process_wrote_is_none(news: News) -> None:
    make_host()
    assert not news.look()


def test_what_was_written_before_a_new_connection_is_news(news: News) -> None:
    write_elsewhere()
    connection.close()
    assert [news.look(), news.look()] == [True, False]


def test_a_database_that_does_not_tell_is_asked_every_time(
    news: News, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "vendor", "postgresql")
    assert [news.look(), news.look()] == [True, True]
