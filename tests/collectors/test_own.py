"""The sampler's own cost."""

import pytest

from monitor.collectors.own import OwnCollector, parse_statm


def test_the_second_word_is_the_resident_pages():
    assert parse_statm("7036 4120 1823 1 0 2671 0\n", 4096) == 4120 * 4096


def test_an_empty_text_tells_nothing():
    assert parse_statm("", 4096) is None


def test_cpu_is_percent_of_one_core_since_the_call_before():
    seconds = iter([10.0, 10.02])
    collector = OwnCollector(lambda: next(seconds), lambda: 1)
    collector.collect(None)
    assert collector.collect(2.0)["self_cpu_percent"] == pytest.approx(1.0)


def test_several_threads_can_use_more_than_one_core():
    seconds = iter([0.0, 1.5])
    collector = OwnCollector(lambda: next(seconds), lambda: 1)
    collector.collect(None)
    assert collector.collect(1.0)["self_cpu_percent"] == 150.0


def test_the_first_call_gives_memory_and_no_cpu():
    assert OwnCollector(lambda: 5.0, lambda: 7).collect(None) == {
        "self_cpu_percent": None,
        "self_rss_bytes": 7,
    }
