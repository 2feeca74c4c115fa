"""A log that floods is one line, then one a minute with the number; what is new is told at once."""

from __future__ import annotations

import io
import logging

import pytest

from monitor.runtime.quietlog import MOST_OF_OURS, MOST_THINGS, Handler


class Log:
    """A logger with a quiet handler of its own, and a clock that is set."""

    def __init__(self) -> None:
        self.now, self.stream = 0.0, io.StringIO()
        self.handler = Handler(self.stream, lambda: self.now, patient=False)

    def __call__(
        self, name: str, level: int, text: str, *args: object, error: Exception | None = None, **more
    ):
        record = logging.LogRecord(
            name, level, "x.py", 1, text, args, (type(error), error, None) if error else None
        )
        record.__dict__.update(more)
        self.handler.handle(record)

    def lines(self) -> list[str]:
        found = self.stream.getvalue().splitlines()
        self.stream.seek(0)
        self.stream.truncate()
        return found


@pytest.fixture
def log():
    log = Log()
    yield log
    log.handler.close()


def test_a_flood_is_one_line_and_then_one_a_minute_with_the_number(log):
    for tenth in range(1500):
        log.now = tenth / 10
        log("daphne", logging.ERROR, "Exception inside application: %s", tenth)
    assert log.lines() == [
        "Exception inside application: 0",
        "Exception inside application: 1 (599 more like this in the last minute)",
        "Exception inside application: 600 (600 more like this in the last minute)",
    ]


def test_what_was_held_back_is_told_as_the_process_ends(log):
    for _ in range(3):
        log("django", logging.WARNING, "odd")
    log.handler.close()
    assert log.lines() == ["odd", "odd (2 more like this in the last minute)"]


def test_the_traceback_is_told_once_and_nothing_is_kept_of_the_others(log):
    for _ in range(5):
        log("asyncio", logging.ERROR, "it broke", error=ValueError("no"))
    assert sum("it broke" in line for line in log.lines()) == 1
    assert all(held.exc_info is None for held in log.handler._held.values())
    log.now = 60.0
    log.handler.tell_held()
    assert log.lines() == ["it broke (ValueError: no) (4 more like this in the last minute)"]


def test_other_loggers_templates_and_exceptions_are_told_at_once(log):
    log("a", logging.ERROR, "x", error=ValueError())
    log("a", logging.ERROR, "x", error=KeyError())
    log("a", logging.ERROR, "y")
    log("b", logging.ERROR, "y")
    assert [line for line in log.lines() if line in ("x", "y")] == ["x", "x", "y", "y"]


def test_numbers_in_a_finished_text_make_no_new_thing(log):
    for number in range(100):
        log("twisted", logging.ERROR, f"connection {number} at 0x{number:x} is lost")
    assert len(log.lines()) == 1


def test_our_own_sentences_are_bounded_and_what_they_are_about_counts_where_they_say_it(log):
    for number in range(100):
        log("monitor.sampler", logging.WARNING, "collector %s failed", number)
    assert len(log.lines()) == MOST_OF_OURS
    for _ in range(100):
        log("monitor.web", logging.ERROR, "GET %s failed", "/x", about="locked")
        log("monitor.web", logging.ERROR, "GET %s failed", "/y", about="gone")
    assert log.lines() == ["GET /x failed", "GET /y failed"]


def test_information_is_never_held_back(log):
    for _ in range(50):
        log("monitor", logging.INFO, "well")
    assert len(log.lines()) == 50


def test_texts_that_differ_each_time_are_bounded_too(log):
    for number in range(5000):
        word = "".join(chr(97 + int(digit)) for digit in str(number))
        log("stranger", logging.ERROR, word)
    assert len(log.lines()) <= MOST_THINGS + 1
    assert len(log.handler._held) <= MOST_THINGS + 1
