"""The format of a line: what cannot be stored is refused by a sentence that names it."""

import re

import pytest

from monitor.alerts.models import Alert
from monitor.history.models import Sample
from monitor.transfer import format
from monitor.transfer.exporting import Span, jsonl
from monitor.transfer.importing import BadFile
from tests.factories import NOW_MS, make_alert
from tests.transfer.lines import HEADER, alert_line, sample_line, take


def rollup_line(values):
    """A minute of CPU."""
    return format.line(
        "rollup", {"host": "db-01", "resolution": 60, "at": 0, "values": {"cpu_percent": values}}
    )


def host_line(**facts):
    """The facts of a host."""
    times = {"created_at": "2026-01-31T12:00:00.000000Z", "booted_at": None, "sampler_started_at": None}
    usual = {
        "host": "db-01",
        "sampler_stopped_at": None,
        "boot_id": "",
        "effective_cores": 4.0,
        "cores_reason": "",
    }
    return format.line("host", times | usual | {"interval": 1.0} | facts)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "Line 3: it is not JSON"),
        ("[]", "Line 3: it is not an object"),
        ("[" * 100_000, "Line 3: it is not JSON"),
        (sample_line().replace('"v":1', '"v":2'), "Line 3: it has format version 2, and this loadmon knows 1"),
        (sample_line().replace('"v":1', '"v":true'), "Line 3: it has no format version"),
        (sample_line().replace('"sample"', '"speck"'), "there is no type 'speck'"),
        (sample_line().replace("1.5", "NaN"), "NaN is not a finite number"),
        (sample_line().replace("1.5", "1e999"), "is not a finite number"),
        (sample_line().replace("1.5", '"1"'), "values: 'load1': '1' is not a finite number"),
        (sample_line().replace("1.5", "true"), "is not a finite number"),
        (sample_line(at=-1), "at: '-1' is no time"),
        (sample_line(at=253_402_300_800_000), "between the years 1970 and 9999"),
        (sample_line(host="a b"), "host: 'a b' is no host name"),
        (sample_line(covered_ms=-5), "covered_ms: '-5' is no duration"),
        (sample_line().replace('"covered_ms":1000,', ""), "a sample has no field 'covered_ms'"),
        (sample_line().replace('"at"', '"to"'), "field"),
        ("x" * 1_000_001, "longer than"),
        (sample_line(values={"cpu_percent": -500}), "values: 'cpu_percent': '-500' does not lie between 0 and 100"),
        (sample_line(values={"cpu_percent": 1e300}), "values: 'cpu_percent': '1e.300' is more than anything can be"),
        (sample_line(values={"cpu_percent": 100.1}), "values: 'cpu_percent': '100.1' does not lie between 0 and 100"),
        (sample_line(values={"load1": -0.1}), "values: 'load1': '-0.1' does not lie between 0 and 1e.07"),
        (sample_line(values={"memory_used_bytes": 2**64}), "values: 'memory_used_bytes': '18446744073709551616' is more"),
        (sample_line(values={"a new one": 1.0}), "values: 'a new one' is no name of a metric"),
        (sample_line(values={"\x1b[31m": 1.0}), "is no name of a metric"),
        (rollup_line([6e6, 60_000, 99.0, 101.0]), "values: 'cpu_percent': '101.0' does not lie between 0 and 100"),
        (rollup_line([6e5, 60_000, -1.0, 50.0]), "values: 'cpu_percent': '-1.0' does not lie between 0 and 100"),
        (rollup_line([6e5, 60_000, 50.0, 60.0]), "has no mean between its extremes"),
        (rollup_line([6e5, 0, 1.0, 60.0]), "has no mean between its extremes"),
        (rollup_line([6e5, 2**46, 1.0, 60.0]), "has no mean between its extremes"),
        (rollup_line([1e300, 60_000, 1.0, 60.0]), "is not a finite number"),
        (host_line(interval=-1), "interval: '-1' does not lie between 0.01 and 3600"),
        (host_line(effective_cores=-4), "effective_cores: '-4' does not lie between 0 and 1e.06"),
    ],
)  # fmt: skip
def test_a_bad_line_is_named_by_its_number_and_stores_nothing_of_its_batch(text, said):
    with pytest.raises(BadFile, match=said.replace("[", r"\[")):
        take([HEADER, sample_line(), text])
    assert not Sample.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"peak":100.5', '"peak":-3', "peak: 'load1': '-3.0' does not lie between 0 and 1e.07"),
        ('"state":"resolved"', '"state":"firing"', "an alert is firing with a resolved_at"),
        ('"value":7.0', '"value":1e300', "transitions|value"),
    ],
)
def test_an_alert_that_cannot_have_been_is_refused(host, old, new, said):
    alert = make_alert(host, NOW_MS - 1000, NOW_MS, metric="load1", peak=100.5, value=7.0)
    line = alert_line(host)
    assert old in line
    alert.delete()
    with pytest.raises(BadFile, match=f"Line 2: .*({said})"):
        take([HEADER, line.replace(old, new)])
    assert not Alert.objects.exists()


@pytest.mark.django_db
def test_what_deceives_the_eye_is_taken_out_of_imported_names_and_notes(host):
    make_alert(host, NOW_MS - 1000, NOW_MS, rule_name="CPU", note="quiet")
    line = alert_line(host)
    Alert.objects.all().delete()
    take([HEADER, line.replace('"CPU"', r'"C\u202ePU\u001b[31m"').replace('"quiet"', r'"\u2066quiet\u009b"')])
    stored = Alert.objects.get()
    assert (stored.rule_name, stored.note) == ("CPU[31m", "quiet")


@pytest.mark.django_db
def test_an_imported_name_of_which_nothing_is_seen_is_refused(host):
    make_alert(host, NOW_MS - 1000, NOW_MS, rule_name="CPU")
    line = alert_line(host)
    with pytest.raises(BadFile, match=r"rule: '.*' holds nothing that can be seen"):
        take([HEADER, line.replace('"CPU"', r'"\u202e\u2066"')])


@pytest.mark.django_db
def test_a_field_that_came_later_may_be_missing_and_is_not_known_then(host):
    alert = make_alert(host, NOW_MS - 1000, NOW_MS, critical_metric="load5", critical_metric_threshold=8.0)
    lines = [text for _, text in jsonl([host], Span())]
    host.delete()
    older = [re.sub(r',"critical_metric(?:_threshold)?":(?:"load5"|8.0)', "", text) for text in lines]
    assert "critical_metric" not in "".join(older)
    take([text.strip() for text in older])
    stored = Alert.objects.get()
    assert stored.pk != alert.pk
    assert (stored.critical_metric, stored.critical_metric_threshold) == ("", None)
