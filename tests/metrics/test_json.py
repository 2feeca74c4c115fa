"""JSON: nothing in it deceives whoever reads its texts, and everything else comes through as it is."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.metrics.json import encode
from tests.stages.deceit import DECEIVING


@pytest.mark.parametrize("sign", DECEIVING)
def test_no_text_in_it_deceives(sign) -> None:
    assert json.loads(encode({f"a{sign}b": [f"c{sign}d", {"e": sign}]})) == {"ab": ["cd", {"e": ""}]}


@given(st.text(st.sampled_from('\\u202e"\\\\ubf\nt0é家👩‍👩‍👧')))
def test_backslashes_quotes_and_all_other_signs_come_through(text) -> None:
    assert json.loads(encode({"a": text})) == {"a": text}


@given(st.text(st.sampled_from([*DECEIVING, *'\\"u202ebf\né'])))
def test_what_deceives_is_found_among_backslashes_and_quotes(text) -> None:
    assert json.loads(encode({"a": text})) == {"a": text.translate(dict.fromkeys(map(ord, DECEIVING)))}


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_no_browser_can_read_is_refused(number) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        encode({"a": number})
