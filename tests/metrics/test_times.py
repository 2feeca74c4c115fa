"""Times as they are written in queries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.metrics.times import LATEST_MS, parse, shown

NOW = 1_760_000_000_000


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("now", NOW),
        ("-1s", NOW - 1000),
        ("-90m", NOW - 90 * 60_000),
        ("-1h", NOW - 3_600_000),
        ("-7d", NOW - 7 * 86_400_000),
        ("-2w", NOW - 14 * 86_400_000),
        ("-1y", NOW - 365 * 86_400_000),
        ("1970-01-01T00:00:00Z", 0),
        ("2025-10-09T08:53:20Z", NOW),
        ("2025-10-09T10:53:20+02:00", NOW),
        ("2025-10-09T10:53:20 02:00", NOW),
        ("2025-10-09t03:23:20.5-05:30", NOW + 500),
        ("9999-12-31T23:59:59.999Z", LATEST_MS),
    ],
)
def test_a_time_is_read_to_the_millisecond(text: str, ms: int) -> None:
    assert parse(text, NOW) == ms


def test_the_two_half_past_two_of_an_autumn_night_are_an_hour_apart() -> None:
    assert parse("2026-10-25T02:30:00+01:00", NOW) - parse("2026-10-25T02:30:00+02:00", NOW) == 3_600_000


BAD = [
    *("", " ", "tomorrow", "-1", "-h", "1h", "+1h", "-1_0h", "-1.5h", "-١h", "-1Y", "NaN", "inf"),
    *(
        "1760000000000",
        "2025-10-09",
        "2025-10-09T08:53:20",
        "٢٠٢٥-10-09T08:53:20Z",
        "now\0",
        "now\n",
        "-1h\n",
    ),
    *("2025-13-01T00:00:00Z", "2025-02-30T00:00:00Z", "2025-10-09T24:00:00Z", "2025-10-09T08:53:20+24:00"),
    *("2025-10-09T08:53:20+02:60", "10000-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "1969-12-31T23:59:59Z"),
    *("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-01:00", "-999999999w", "9" * 5000, f"-{'9' * 5000}s"),
]


@pytest.mark.parametrize("text", BAD)
def test_anything_else_is_refused_by_a_sentence_that_quotes_it(text: str) -> None:
    with pytest.raises(ValueError) as refusal:
        parse(text, NOW)
    assert shown(text) in str(refusal.value)
    assert str(refusal.value).endswith(".")


@given(st.text())
def test_no_text_raises_anything_but_a_value_error(text: str) -> None:
    try:
        ms = parse(text, NOW)
    except ValueError:
        return
    assert 0 <= ms <= LATEST_MS


def test_a_quoted_value_is_short_and_printable() -> None:
    assert shown("a" * 5000) == "'" + "a" * 57 + "...'"
    assert shown("\x1b[31m\0\ud800") == r"'\x1b[31m\x00\ud800'"
