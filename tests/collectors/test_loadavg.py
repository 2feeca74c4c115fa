"""/proc/loadavg."""

import pytest

from monitor.collectors.loadavg import LoadCollector, parse_loadavg


def test_the_first_three_words_are_the_load():
    assert parse_loadavg("3.10 0.06 12.04 1/83 4566\n") == (3.1, 0.06, 12.04)


def test_what_is_missing_is_none():
    assert parse_loadavg("0.50") == (0.5, None, None)


def test_an_empty_text_is_no_load():
    assert parse_loadavg("") == (None, None, None)


def test_a_word_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="could not convert"):
        parse_loadavg("much more most")


def test_load_is_a_gauge_and_there_on_the_first_call():
    values = LoadCollector(lambda: (3.0, 2.0, 1.0)).collect(None)
    assert values == {"load1": 3.0, "load5": 2.0, "load15": 1.0}
