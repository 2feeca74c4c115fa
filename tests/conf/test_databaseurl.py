"""DATABASE_URL: what a PostgreSQL that is silent may take, unless the URL says otherwise."""

from __future__ import annotations

import pytest

from monitor.conf import databaseurl


def test_a_server_has_time_outs_and_what_the_url_says_counts_more() -> None:
    found = databaseurl.parse("postgres://user@db/loadmon?connect_timeout=9&sslmode=require")
    options = found["OPTIONS"]
    assert (int(options["connect_timeout"]), options["sslmode"]) == (9, "require")
    assert options["tcp_user_timeout"] == 10_000
    assert {"keepalives_idle", "keepalives_interval", "keepalives_count"} <= options.keys()


def test_a_file_has_none() -> None:
    assert databaseurl.parse("sqlite:////tmp/loadmon.sqlite3").get("OPTIONS", {}) == {}


def test_a_server_without_its_library_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"needs psycopg: pip install 'psycopg\[binary\]"):
        databaseurl.parse("postgres://user@db/loadmon")
