"""The format of a line: what cannot be stored is refused by a sentence that names it."""

import re

import pytest

from monitor.alerts.models import Alert
from monitor.history.models import Sample
from monitor.transfer.exporting import Span, jsonl
from monitor.transfer.importing import BadFile
from tests.factories import NOW_MS, make_alert
from tests.transfer.lines import HEADER, sample_line, take


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
    ],
)  # fmt: skip
def test_a_bad_line_is_named_by_its_number_and_stores_nothing_of_its_batch(text, said):
    with pytest.raises(BadFile, match=said.replace("[", r"\[")):
        take([HEADER, sample_line(), text])
    assert not Sample.objects.exists()


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
