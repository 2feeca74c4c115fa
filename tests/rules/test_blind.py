"""A rule whose metric has no number is blind, and says so where rules are looked at; one that has them is not."""

from __future__ import annotations

import pytest
from django.urls import reverse

from monitor.metrics.catalogue import NAMES
from monitor.rules import loading
from monitor.rules.blind import blind
from monitor.rules.domain.blindness import blindness
from monitor.rules.models import Rule
from monitor.runtime import clock
from tests.factories import make_samples
from tests.stages.api import get

pytestmark = pytest.mark.django_db
KNOWN = dict.fromkeys(NAMES, 1.0)
WITHOUT = {name: None if name.startswith("memory") else 1.0 for name in NAMES}


def on_memory() -> set[str]:
    return {rule.name for rule in loading.load_rules() if rule.metric.startswith("memory")}


def test_rules_over_what_is_not_measured_are_blind_and_the_others_are_not(host, now_ms):
    assert on_memory()
    make_samples(host, 5, end_ms=now_ms, **WITHOUT)
    found = blind(host)
    assert set(found) == on_memory()
    assert all(reason.startswith("Blind") for reason in found.values())


def test_one_sample_without_a_number_makes_nothing_blind(host, now_ms):
    make_samples(host, 4, end_ms=now_ms - 1000, **KNOWN)
    make_samples(host, 1, end_ms=now_ms, **WITHOUT)
    assert not on_memory() & set(blind(host))


def test_where_all_has_numbers_no_rule_is_read(host, now_ms, django_assert_num_queries):
    make_samples(host, 5, end_ms=now_ms, **KNOWN)
    with django_assert_num_queries(1):
        assert blind(host) == {}


def test_a_host_without_samples_has_no_blind_rules(host):
    assert blind(host) == {}


def test_the_status_and_the_page_of_the_rule_say_it(client, settings, host):
    settings.LOADMON_PUBLIC = "yes"
    make_samples(host, 5, end_ms=clock.now_ms(), **WITHOUT)
    told = {one["rule"]: one["reason"] for one in get(client, "status")["blind"]}
    name = on_memory().pop()
    assert "is not measured at present" in told[name]
    row = Rule.objects.get(name=name)
    assert told[name] in client.get(reverse("rule", args=[row.pk])).content.decode()


def test_a_rule_for_each_core_is_blind_where_the_cores_are_not_known():
    (rule, *_) = [one for one in loading.load_rules() if one.per_core]
    assert "how many cores" in blindness(rule, (), None)
    assert blindness(rule, (), 4.0) == ""
