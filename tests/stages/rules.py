"""Rules: sound ones as values, told by what differs from the shipped CPU rule; and the panel on their pages."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from django.http import HttpResponse

from monitor.rules.domain.spec import RuleSpec

CPU = RuleSpec(
    id=1, name="CPU", metric="cpu_percent", severity="warning", window_seconds=120, threshold=75.0,
    clear_threshold=65.0, for_seconds=0, hold_seconds=60, per_core=False,
)  # fmt: skip


def a_rule(**fields: Any) -> RuleSpec:
    """The shipped CPU rule but for `fields`."""
    return replace(CPU, **fields)


def panel_of(response: HttpResponse) -> Any:
    """What the page of a rule, or its form, embedded for the script of the back-test panel."""
    text = response.content.decode().split('id="backtest-data" type="application/json">')[1]
    return json.loads(text.split("</script>")[0])
