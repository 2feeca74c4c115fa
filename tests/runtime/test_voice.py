"""Voices: whole lines to the terminal, the last ones remembered, and nobody ever waits or grows without bound."""

from __future__ import annotations

import os

import pytest

from monitor.runtime.voice import KEPT_LINES, LONGEST_KEPT, LONGEST_LINE, Terminal, Voice


@pytest.fixture
def pipe():
    """The two ends of what stands for a terminal."""
    reader, writer = os.pipe()
    yield reader, writer
    os.close(reader)
    os.close(writer)


def said(voice: Voice, text: bytes) -> None:
    """`text`, as its process writes it; heard piece by piece."""
    while text:
        text = text[os.write(voice.writer, text[:4096]) :]
        voice.hear()


def test_lines_are_passed_on_whole_however_they_are_cut(pipe):
    terminal = Terminal(pipe[1])
    one, other = Voice(terminal), Voice(terminal)
    said(one, b"first ha")
    said(other, b"other line\n")
    said(one, b"lf\nsecond\n")
    terminal.settle(60.0)
    assert os.read(pipe[0], 1000) == b"other line\nfirst half\nsecond\n"


def test_the_last_lines_are_kept_clean_and_short(pipe):
    voice = Voice(Terminal(os.open(os.devnull, os.O_WRONLY)))
    said(voice, b"".join(b"line %d\n\n" % number for number in range(50)))
    assert list(voice.last) == [f"line {number}" for number in range(50 - KEPT_LINES, 50)]
    said(voice, b"\x1b[2J\xff" + b"x" * 5000 + b"\n")
    assert len(voice.last[-1]) == LONGEST_KEPT
    assert "\x1b" not in voice.last[-1]


def test_a_line_without_an_end_is_cut(pipe):
    voice = Voice(Terminal(os.open(os.devnull, os.O_WRONLY)))
    said(voice, b"x" * (3 * LONGEST_LINE))
    assert len(voice._begun) < LONGEST_LINE + 65_536
    assert voice.last


def test_what_a_slow_terminal_does_not_take_is_left_out_and_counted(pipe):
    terminal = Terminal(pipe[1], most=100_000)
    line = b"y" * 999 + b"\n"
    for _ in range(1000):
        terminal.say(line)  # nobody reads, and nobody waits
    taken = b""
    while taken.count(b"\n") < 100:
        taken += os.read(pipe[0], 65_536)
    terminal.settle(60.0)
    terminal.say(b"after\n")
    while not taken.endswith(b"after\n"):
        taken += os.read(pipe[0], 65_536)
    lines = taken.split(b"\n")
    left_out = [one for one in lines if b"lines are left out" in one]
    assert len(left_out) == 1
    assert int(left_out[0].split()[0][1:]) == 1000 - lines.count(b"y" * 999)


def test_a_terminal_that_is_closed_holds_nobody_up():
    reader, writer = os.pipe()
    os.close(reader)
    terminal = Terminal(writer, most=1000)
    for _ in range(100):
        terminal.say(b"z" * 500 + b"\n")
        terminal.settle(60.0)
    assert terminal._bytes == 0
    os.close(writer)


def test_the_last_word_of_one_that_ended_in_the_middle_of_a_line_is_kept(pipe):
    voice = Voice(Terminal(pipe[1]))
    os.write(voice.writer, b"killed here")
    voice.given()
    voice.end()
    assert list(voice.last) == ["killed here"]
