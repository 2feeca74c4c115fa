"""Members: what the value of a metric over a set is made of: each file system, core, interface or disk that was measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Members:
    """The value of each member that was measured, in the metric's unit, by its name.

    adds_up: the metric is their sum, otherwise the highest of them. Without values: there was none to measure. What
    could not be measured at all has no Members.
    """

    values: Mapping[str, float]
    adds_up: bool = False
