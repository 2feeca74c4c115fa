"""Untrusted names: whatever they hold, what comes out is one short line that can be stored and shown."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.metrics.text import (
    JOINERS,
    LONGEST,
    family,
    harmless,
    is_storable,
    one_line,
    visible,
    visible_lines,
    whole_number,
)
from tests.stages.deceit import DECEIVING


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("nginx", "nginx"),
        ("naïve söldner", "naïve söldner"),
        ("a\nb\tc\0d", "a?b?c?d"),
        ("\u202egnp.exe", "?gnp.exe"),
        ("half\ud800pair", "half?pair"),
        ("zero\u200bwidth\u2028line", "zero?width?line"),
        ("\x1b[31mred", "?[31mred"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("", "?"),
    ],
)
def test_what_must_not_be_shown_becomes_a_question_mark(name, shown):
    assert harmless(name) == shown


def test_a_name_of_four_kilobytes_is_cut():
    assert harmless("x" * 4096) == "x" * (LONGEST - 3) + "..."
    assert harmless("x" * LONGEST) == "x" * LONGEST


@given(st.text(st.characters(codec=None)))
def test_any_text_becomes_harmless(text):
    shown = harmless(text)
    assert 0 < len(shown) <= LONGEST
    assert shown.encode("utf-8")
    assert json.loads(json.dumps(shown)) == shown
    assert all(unicodedata.category(each) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for each in shown)


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("kworker/u8:2+flush-8:0", "kworker"),
        ("ksoftirqd/3", "ksoftirqd"),
        ("kswapd0", "kswapd"),
        ("jbd2/sda1-8", "jbd2"),
        ("nfsd", "nfsd"),
        ("rsync", "rsync"),
        ("md5sum", "md5sum"),
        ("kworkers-r-us", "kworkers-r-us"),
    ],
)
def test_threads_of_the_kernel_are_called_by_their_family(name, called):
    assert family(name) == called


@pytest.mark.parametrize(
    ("text", "fits"),
    [("", True), ("né \u202e", True), ("a\0b", False), ("\ud800", False), ("x\udfff", False)],
)
def test_text_that_no_database_takes_is_known(text, fits):
    assert is_storable(text) is fits


@pytest.mark.parametrize(
    "text", ["", "-1", "+1", " 1", "1 ", "1_0", "1.0", "٣", "²", "6", "10000000000000000000"]
)
def test_only_plain_digits_within_the_bounds_are_a_whole_number(text):
    assert whole_number(text, 0, 5) is None


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("5", 5), ("003", 3)])
def test_the_bounds_belong_to_the_whole_numbers(text, number):
    assert whole_number(text, 0, 5) == number


def test_the_largest_id_is_a_whole_number():
    assert whole_number(str(2**63 - 1), 0, 2**63 - 1) == 2**63 - 1


@given(st.text(max_size=200))
def test_one_line_shows_nothing_that_harmless_would_not(text):
    line = one_line(text, 80)
    assert not any(unicodedata.category(each).startswith(("C", "Zl", "Zp")) for each in line)
    assert line == " ".join(line.split())


@pytest.mark.parametrize("sign", [*DECEIVING, "\ud800", "\u00ad", "\u200d", "\u200c"])
def test_what_deceives_is_taken_out_of_what_people_type_and_a_text_of_nothing_else_is_none(sign):
    assert "".join(visible(f"ops{sign}team").split()) in (
        "opsteam",
        f"ops{sign}team" if sign in JOINERS else "opsteam",
    )
    assert visible(sign * 3) == visible(f" {sign}\n{sign} ") == visible_lines(f"{sign}\n{sign}") == ""
    assert visible_lines(f"one{sign}\n two{sign}").split() == ["one", "two"]


@pytest.mark.parametrize("text", ["\u3164", "\u2800\u2800", "\u0301", "\ufe0f", "\u3000", "\u1160", "\ue000"])
def test_a_text_that_is_drawn_as_nothing_is_none(text):
    assert visible(text) == visible_lines(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "naïve söldner",
        "می‌خواهم",
        "क्‍ष",
        "👩‍👩‍👧 family",
        "❤️",
        "日本語",
        "שלום",
        "<b>&amp;</b>",
        "a\\u202e",
        "e\u0301",
    ],
)
def test_what_people_mean_stays_as_it_is(text):
    assert visible(text) == visible_lines(text) == text


def test_a_name_is_one_line_and_a_note_keeps_its_lines():
    assert visible("  a\r\n b\tc\u2028d ") == "a b c d"
    assert visible_lines(" a\r\n  b\tc\u2028d  \n\n e\n") == "a\n  b c\nd  \n\n e"


@given(st.text(st.characters(codec=None)))
def test_cleaning_twice_is_cleaning_once_and_leaves_nothing_that_deceives(text):
    for clean in (visible, visible_lines):
        once = clean(text)
        assert clean(once) == once
        assert once.encode("utf-8") is not None
        assert not [
            each for each in once if unicodedata.category(each) in ("Cc", "Cf") and each not in f"\n{JOINERS}"
        ]
