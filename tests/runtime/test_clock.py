"""The clocks: one place asks for the time now in milliseconds, and one for the time since boot."""

import time

from monitor.conf import BASE_DIR
from monitor.runtime import clock


def test_the_time_now_is_whole_milliseconds_of_the_wall_clock(monkeypatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 1_760_000_000_123_999_999)
    assert clock.now_ms() == 1_760_000_000_123


def test_the_time_since_boot_never_goes_back_when_the_wall_clock_does(monkeypatch) -> None:
    before = clock.boottime()
    monkeypatch.setattr(time, "time", lambda: 0.0)
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    assert clock.boottime() >= before


def test_one_place_asks_for_the_time_now_in_milliseconds() -> None:
    modules = [
        path for path in (BASE_DIR / "monitor").rglob("*.py") if "time_ns() // 1_000_000" in path.read_text()
    ]
    assert modules == [BASE_DIR / "monitor" / "runtime" / "clock.py"]
