"""The file guard: whether the database file may be written, and whether it is still the same."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.database import wal
from monitor.database.file import Damaged
from monitor.database.guard import FileGuard, Follower

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def inode(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The number of the file, as the test says under "is"."""
    found: dict[str, Any] = {"is": 7}
    monkeypatch.setattr("monitor.database.file.inode", lambda: found["is"])
    monkeypatch.setattr(
        "monitor.database.file.is_plain", lambda: False
    )  # its real log is not to be set aside
    return found


def test_the_same_file_keeps_its_number(inode: dict[str, Any]) -> None:
    guard = FileGuard()
    assert [guard.look(), guard.look()] == [guard.number, guard.number]


def test_another_file_gets_another_number_once(inode: dict[str, Any]) -> None:
    guard = FileGuard()
    first = guard.look()
    inode["is"] = 8
    assert guard.look() == guard.look() == first + 1


def test_a_file_that_is_gone_raises_and_another_of_its_number_is_noticed(inode: dict[str, Any]) -> None:
    guard = FileGuard()
    first = guard.look()
    inode["is"] = None
    with pytest.raises(OSError, match="gone"):
        guard.look()
    inode["is"] = 7
    assert guard.look() == first + 1


def test_nothing_is_stored_in_a_damaged_file_until_it_is_trusted(inode: dict[str, Any]) -> None:
    guard = FileGuard()
    guard.distrust("Tree 5 page 7")
    with pytest.raises(Damaged, match="Tree 5 page 7"):
        guard.look()
    guard.trust()
    assert guard.look() == guard.number


def test_a_file_in_the_place_of_the_damaged_one_is_trusted(inode: dict[str, Any]) -> None:
    guard = FileGuard()
    guard.distrust("Tree 5 page 7")
    inode["is"] = 8
    guard.look()
    assert guard.damage == ""


def test_a_removed_log_is_saved_before_anything_is_stored(
    inode: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = []
    monkeypatch.setattr(wal.Journal, "is_removed", lambda journal: not saved)
    monkeypatch.setattr(wal.Journal, "save", lambda journal: saved.append(journal))
    guard = FileGuard()
    guard.look()
    guard.look()
    assert len(saved) == 1


def test_who_follows_goes_on_with_another_file_but_not_without_one(inode: dict[str, Any]) -> None:
    follower = Follower()
    inode["is"] = None
    with pytest.raises(OSError, match="gone"):
        follower.look()
    inode["is"] = 8
    follower.look()


def test_who_follows_lets_a_removed_log_be_saved_and_rests(
    inode: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    said, now = [True, False, False], [100.0]
    monkeypatch.setattr(wal.Journal, "is_removed", lambda journal: said.pop(0))
    monkeypatch.setattr(wal.Journal, "save", lambda journal: pytest.fail("the sampler saves it"))
    monkeypatch.setattr("monitor.database.guard.time.monotonic", lambda: now[0])
    follower = Follower()
    for _ in range(2):
        with pytest.raises(OSError, match="the sampler saves what it held"):
            follower.look()
    now[0] += 5.0
    follower.look()
