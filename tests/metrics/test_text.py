"""Untrusted names: whatever they hold, what comes out is one short line that can be stored and shown."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.metrics.text import LONGEST, family, harmless


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
