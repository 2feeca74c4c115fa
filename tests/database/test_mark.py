"""The mark of a file: a log that is left is of this file, or of another."""

import functools
import sqlite3
from contextlib import closing

import pytest

from monitor.database import backup, header, mark, opening


def known(path):
    opening.require(path)
    return mark.read(path)


def with_log(path):
    path.with_name(f"{path.name}-wal").write_bytes(b"x" * 100)


def changed(path):
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE more (x)")


def test_a_file_that_got_further_is_the_same(path):
    known(path)
    changed(path)
    with_log(path)
    assert not opening.is_exchanged(path)


def test_a_copy_from_before_is_another(path):
    before = path.read_bytes()
    changed(path)
    known(path)
    path.write_bytes(before)
    with_log(path)
    assert opening.is_exchanged(path)
    with pytest.raises(opening.Unopened, match="is another one than before"):
        opening.require(path)


def test_after_a_power_cut_a_file_may_have_lost_a_little(path, monkeypatch):
    before = path.read_bytes()
    changed(path)
    known(path)
    path.write_bytes(before)
    with_log(path)
    monkeypatch.setattr(mark, "boot", lambda: "another")
    assert not opening.is_exchanged(path)


def test_a_backup_is_another_whatever_it_is_a_copy_of(path, tmp_path):
    known(path)
    backup.make(path, tmp_path / "copy.sqlite3")
    (tmp_path / "copy.sqlite3").rename(path)
    with_log(path)
    assert opening.is_exchanged(path)


def test_without_a_log_any_file_is_right_and_known_from_then_on(path, tmp_path):
    known(path)
    backup.make(path, tmp_path / "copy.sqlite3")
    (tmp_path / "copy.sqlite3").rename(path)
    assert known(path).numbers == (header.read(path).number,)
    with_log(path)
    assert not opening.is_exchanged(path)


def test_a_number_that_is_only_in_the_log_yet_is_expected_and_the_old_one_goes_with_it(path):
    known(path)
    mark.expect(path, 77)
    mark.expect(path, 77)
    assert mark.read(path).numbers == (0, 77)
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA user_version = 77")
    mark.follow(path)
    assert mark.read(path).numbers == (77,)


def test_a_boot_is_read_once_and_asked_again_only_where_it_could_not_be(tmp_path, monkeypatch):
    place = tmp_path / "boot_id"
    monkeypatch.setattr(mark, "BOOT_ID", place)
    monkeypatch.setattr(mark, "_boot_id", functools.cache(mark._boot_id.__wrapped__))
    assert mark.boot() == ""
    place.write_text("one\n")
    assert mark.boot() == "one"
    place.unlink()
    assert mark.boot() == "one"


def test_a_mark_that_was_cut_short_is_none(path):
    known(path)
    mark.place(path).write_text('{"numbers": [')
    with_log(path)
    assert mark.read(path) is None
    assert not opening.is_exchanged(path)
