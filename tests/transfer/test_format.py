"""The format of a line: what cannot be stored is refused by a sentence that names it."""

import pytest

from monitor.history.models import Sample
from monitor.transfer.importing import BadFile
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
