"""The registry of collectors: each metric of the catalogue is brought by one of them."""

import pytest

from monitor.collectors.registry import REGISTRY, register
from monitor.metrics.catalogue import CATALOGUE, NAMES


def test_each_metric_of_the_catalogue_is_filled_by_exactly_one_collector():
    filled = [metric for collector in REGISTRY.values() for metric in collector.metrics]
    assert sorted(filled) == sorted(NAMES)


def test_the_catalogue_names_the_collector_that_brings_each_metric():
    brought = {metric: collector.name for collector in REGISTRY.values() for metric in collector.metrics}
    assert {name: metric.collector for name, metric in CATALOGUE.items()} == brought


def test_two_collectors_of_one_name_are_refused():
    with pytest.raises(ValueError, match="Two collectors are named 'cpu'"):
        register(REGISTRY["cpu"])


def test_a_metric_that_is_not_in_the_catalogue_is_refused():
    wrong = type("Wrong", (), {"name": "wrong", "metrics": ("load99",), "collect": lambda self, elapsed: {}})
    with pytest.raises(ValueError, match="'load99', which is not in the catalogue"):
        register(wrong)
