"""Numbers that no alert could live with are refused, each with a sentence."""

import pytest

from monitor.rules.domain.validation import complaints
from tests.stages.rules import a_rule

INSTANT: dict[str, object] = {"window_seconds": 0}
BELOW = {"comparison": "below", "threshold": 10.0, "clear_threshold": 15.0}
CRITICAL = {"critical_threshold": 95.0, "critical_clear_threshold": 85.0}
SHARE = {
    "statistic": "share",
    "window_seconds": 600,
    "level": 90.0,
    "threshold": 50.0,
    "clear_threshold": 30.0,
}
SILENT = {"metric": "sampler_silent_seconds", "threshold": 30.0, "clear_threshold": 10.0}
OTHER = {"critical_metric": "load5", "critical_threshold": 2.0, "critical_clear_threshold": 1.6}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"clear_threshold": 75.0},
        BELOW,
        CRITICAL,
        {**CRITICAL, "critical_clear_threshold": 65.0},
        {**BELOW, "critical_threshold": 5.0, "critical_clear_threshold": 8.0},
        OTHER,  # other numbers than the rule's own: they need not lie beyond these
        SHARE,
        {**SHARE, "comparison": "below"},
        {**SHARE, "threshold": 100.0, "clear_threshold": 0.0},
        {**SHARE, **OTHER, "critical_threshold": 400.0},
        SILENT,
        {"unless_metric": "load1", "unless_value": 0.0},
        {"window_seconds": 3600, "for_seconds": 3600, "hold_seconds": 86_400},
    ],
)
def test_what_can_work_is_let_pass(fields):
    assert complaints(a_rule(**INSTANT | fields)) == {}


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"threshold": float("nan")}, "threshold", "nan is not a usable number."),
        ({"unless_value": float("inf")}, "unless_value", "inf is not a usable number."),
        ({"level": -1e300}, "level", "-1e+300 is not a usable number."),
        ({"clear_threshold": 80.0}, "clear_threshold", "The alert could never clear: 80 lies above the threshold 75."),
        ({**BELOW, "clear_threshold": 8.0}, "clear_threshold",
         "The alert could never clear: 8 lies below the threshold 10."),
        ({"critical_threshold": 95.0}, "critical_clear_threshold", "Give both critical thresholds, or neither."),
        ({"critical_clear_threshold": 95.0}, "critical_threshold", "Give both critical thresholds, or neither."),
        ({"critical_metric": "load5"}, "critical_threshold",
         "Give both critical thresholds for this metric, or choose no critical metric."),
        ({**CRITICAL, "severity": "critical"}, "critical_threshold",
         "The alert is critical from the start: leave this empty, or lower the severity."),
        ({**CRITICAL, "critical_clear_threshold": 96.0}, "critical_clear_threshold",
         "The alert could never step down: 96 lies above the critical threshold 95."),
        ({**CRITICAL, "critical_threshold": 75.0, "critical_clear_threshold": 70.0}, "critical_threshold",
         "It must lie above the threshold 75, where the alert fires."),
        ({**CRITICAL, "critical_clear_threshold": 60.0}, "critical_clear_threshold",
         "It must not lie below the clear threshold 65, where the alert ends."),
        ({**BELOW, "critical_threshold": 12.0, "critical_clear_threshold": 13.0}, "critical_threshold",
         "It must lie below the threshold 10, where the alert fires."),
        ({**BELOW, "critical_threshold": 5.0, "critical_clear_threshold": 4.0}, "critical_clear_threshold",
         "The alert could never step down: 4 lies below the critical threshold 5."),
        ({**BELOW, "critical_threshold": 5.0, "critical_clear_threshold": 16.0}, "critical_clear_threshold",
         "It must not lie above the clear threshold 15, where the alert ends."),
        ({**OTHER, "critical_clear_threshold": 3.0}, "critical_clear_threshold",
         "The alert could never step down: 3 lies above the critical threshold 2."),
        ({"level": 5.0}, "level", "Only a share of time has a level: leave this empty, or judge a share of time."),
        ({**SHARE, "window_seconds": 0}, "window_seconds", "A share of time needs a window."),
        ({**SHARE, "level": None}, "level", "A share of time needs a level: the value that counts as beyond."),
        ({**SHARE, "threshold": 101.0}, "threshold", "A share of time lies between 0 and 100 %, not at 101."),
        ({**SHARE, "critical_threshold": 200.0, "critical_clear_threshold": 60.0}, "critical_threshold",
         "A share of time lies between 0 and 100 %, not at 200."),
        ({"unless_metric": "load1"}, "unless_value", "Give the value too, or no metric."),
        ({"unless_value": 1.0}, "unless_metric", "Choose the metric too, or give no value."),
        ({**OTHER, "critical_metric": "sampler_silent_seconds"}, "critical_metric",
         "The silence of the sampler is no value of a sample: only a rule of its own can judge it."),
        ({**SILENT, "window_seconds": 60}, "window_seconds",
         "The silence of the sampler is judged by its latest value: give 0."),
        ({**SILENT, **BELOW}, "comparison", "The silence of the sampler can only be too long: choose at or above."),
        ({**SILENT, "per_core": True}, "per_core", "The silence of the sampler does not depend on the cores."),
        ({**SILENT, **CRITICAL}, "critical_threshold",
         "The silence of the sampler has one level: set the severity instead."),
        ({**SILENT, "unless_metric": "load1", "unless_value": 1.0}, "unless_metric",
         "While the sampler is silent no other metric is known: leave this empty."),
        ({"statistic": "median"}, "statistic", "There is no statistic called 'median'."),
        ({"window_seconds": 3601}, "window_seconds", "Give at most 3600 seconds."),
        ({"hold_seconds": 86_401}, "hold_seconds", "Give at most 86400 seconds."),
    ],
)  # fmt: skip
def test_what_cannot_work_is_told(fields, field, sentence):
    assert complaints(a_rule(**INSTANT | fields))[field] == sentence


@pytest.mark.parametrize("missing", ["threshold", "clear_threshold", "window_seconds"])
def test_a_number_that_was_not_typed_is_no_reason_to_fail(missing):
    assert complaints(a_rule(**INSTANT | {**CRITICAL, missing: None})).get(missing) is None
