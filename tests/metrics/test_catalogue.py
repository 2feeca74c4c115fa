"""The catalogue: families and kinds, which everything that goes by the sort of a metric derives from."""

from monitor.metrics.catalogue import CATALOGUE, JUDGED, Family, Kind, Unit, family_of


def test_every_family_has_a_metric():
    assert {metric.family for metric in JUDGED.values()} == set(Family)


def test_a_metric_that_is_not_in_the_catalogue_is_of_no_family():
    assert family_of("cpu_of_another_version") is None


def test_what_moves_a_second_is_told_between_two_readings():
    wrong = [
        one.name for one in CATALOGUE.values() if one.unit is Unit.BYTES_PER_SECOND and one.kind is Kind.LEVEL
    ]
    assert wrong == []


def test_the_name_of_a_metric_ends_in_its_unit():
    endings = {Unit.PERCENT: "_percent", Unit.BYTES: "_bytes", Unit.BYTES_PER_SECOND: "_bytes_per_second"}
    wrong = [name for name, metric in CATALOGUE.items() if not name.endswith(endings.get(metric.unit, ""))]
    assert wrong == []


def test_every_metric_has_a_short_label_and_one_sentence_of_help():
    for metric in CATALOGUE.values():
        assert 0 < len(metric.label) <= 24
        assert metric.help.endswith(".")
        assert metric.help.count(". ") == 0
