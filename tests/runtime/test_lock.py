"""Where the lock of a host lies; that it is held and let go is shown with real processes."""

from __future__ import annotations

from pathlib import Path

from monitor.runtime import lock


def test_the_lock_bears_the_name_of_its_host(tmp_path: Path) -> None:
    assert lock.path_for(tmp_path, "web_01.example.org").name == "sampler-web_01.example.org.lock"


def test_a_name_beyond_ascii_is_held_by_a_file_that_any_system_can_have(tmp_path: Path) -> None:
    path, other = lock.path_for(tmp_path, "日" * 100), lock.path_for(tmp_path, "日" * 99)
    assert path.name.isascii()
    assert len(path.name) < 60
    assert path != other
    with lock.acquire(path):
        assert lock.is_held(path)
        assert not lock.is_held(other)
