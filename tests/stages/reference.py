"""The semantics of docs/alerts.md once more, as plainly as possible and slow: what the real machine is held against.

It keeps the whole past, adds it up anew each time in fractions, and shares no code with monitor.rules.domain.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

HOUR = 3600


@dataclass
class Level:
    """One level of one rule: plain words instead of states."""

    is_open: bool = False
    calming: bool = False
    waiting: bool = False
    waited: Fraction = Fraction(0)
    calm_for: Fraction = Fraction(0)
    unknown_for: Fraction = Fraction(0)
    fresh: bool = False  # the condition began to hold with this reading

    def see(self, value, covered, gap, beyond, calm, pending_for, hold, allowed=True):
        """One reading; returns "begins", "ends", "ends unseen", "calms", "flares" or None."""
        if value is None:
            self.unknown_for += covered + gap
            return None
        self.fresh = False
        unknown_for, self.unknown_for = self.unknown_for + gap, Fraction(0)
        if self.is_open:
            return self._open(covered, unknown_for, calm(value), hold)
        if not allowed or not beyond(value):
            self.waiting, self.waited = False, Fraction(0)
            return None
        if self.waiting and unknown_for <= HOUR:
            self.waited += covered
        else:
            self.waiting, self.waited, self.fresh = True, Fraction(0), True
        if self.waited < pending_for:
            return None
        self.is_open, self.calming, self.waiting, self.waited = True, False, False, Fraction(0)
        return "begins"

    def _open(self, covered, unknown_for, is_calm, hold):
        if not is_calm:
            flared, self.calming, self.calm_for = self.calming, False, Fraction(0)
            return "flares" if flared else None
        if unknown_for > hold:
            self.is_open, self.calming = False, False
            return "ends unseen"
        began = not self.calming
        self.calm_for = Fraction(0) if began else self.calm_for + covered
        self.calming = True
        if self.calm_for >= hold:
            self.is_open, self.calming = False, False
            return "ends"
        return "calms" if began else None


WORDS = {
    "begins": "fired",
    "ends": "resolved",
    "ends unseen": "ended_unseen",
    "calms": "recovering",
    "flares": "relapsed",
}


@dataclass
class Reference:
    """One rule (a mapping of plain numbers) over the readings of one host."""

    rule: dict[str, Any]
    past: list[tuple[Fraction, Fraction, dict[str, float | None], float | None]] = field(default_factory=list)
    cores: float | None = None
    base: Level = field(default_factory=Level)
    critical: Level = field(default_factory=Level)
    peak: float | None = None

    def see(self, covered: float, gap: float, values: dict[str, float | None]) -> list[tuple[str, str]]:
        """Take one reading in; return (change, severity after it) in order."""
        covered, gap = Fraction(round(covered * 1000), 1000), Fraction(round(gap * 1000), 1000)
        self.cores = values.get("cpu_effective_cores") or self.cores
        self.past.append((covered, gap, values, self.cores))
        rule = self.rule
        value = self.judged()
        worse = (
            None
            if value is None
            else (values.get(rule["critical_metric"]) if rule["critical_metric"] else value)
        )
        was_open = self.base.is_open
        was_critical = self.critical.is_open
        found = []
        word = self.base.see(
            value,
            covered,
            gap,
            self.beyond("threshold"),
            self.calm("clear"),
            rule["for"],
            rule["hold"],
            self.allowed(),
        )
        self._remember(value)
        shift = None
        if not self.base.is_open and not self.base.waiting:
            self.critical = Level()
        elif rule["critical"] is not None:
            shift = self.critical.see(worse, covered, gap, self.beyond("critical", True), self.calm("critical_clear", True),
                                      rule["for"], rule["hold"])  # fmt: skip
        if word:
            critical = self.critical.is_open if word == "begins" else was_critical
            found.append((WORDS[word], "critical" if critical else rule["severity"]))
        if was_open and self.base.is_open and shift in ("begins", "ends", "ends unseen"):
            begins = shift == "begins"
            found.append(("escalated", "critical") if begins else ("stepped_down", rule["severity"]))
        return found

    def _remember(self, value):
        if value is None:
            return
        if self.peak is None or self.base.fresh:
            self.peak = value
        else:
            self.peak = min(self.peak, value) if self.fires_below() else max(self.peak, value)

    def fires_below(self, critical=False):
        share = self.rule["statistic"] == "share" and not (critical and self.rule["critical_metric"])
        return self.rule["below"] and not share

    def scale(self, critical=False):
        share = self.rule["statistic"] == "share" and not (critical and self.rule["critical_metric"])
        return (self.cores or 1.0) if self.rule["per_core"] and not share else 1.0

    def beyond(self, name, critical=False):
        limit, low = (self.rule[name] or 0.0) * self.scale(critical), self.fires_below(critical)
        return lambda value: value <= limit if low else value >= limit

    def calm(self, name, critical=False):
        limit, low = (self.rule[name] or 0.0) * self.scale(critical), self.fires_below(critical)
        return lambda value: value > limit if low else value < limit

    def allowed(self):
        rule = self.rule
        if not rule["unless_metric"]:
            return True
        seen = self.over(rule["unless_metric"], "mean")
        return seen is None or seen < rule["unless_value"]

    def judged(self):
        if self.rule["per_core"] and self.cores is None:
            return None
        return self.over(self.rule["metric"], self.rule["statistic"])

    def over(self, metric, statistic):
        """What the window holds, added up from the whole past."""
        window = Fraction(self.rule["window"])
        if not window:
            return self.past[-1][2].get(metric)
        known, age = [], Fraction(0)
        for covered, gap, values, cores in reversed(self.past):
            inside = min(covered, window - age)
            if age >= window:
                break
            value = self.part(values.get(metric), statistic, cores)
            if value is not None and inside:
                known.append((inside, Fraction(str(value))))
            age += covered + gap
        total = sum(inside for inside, _ in known)
        if total < window * Fraction(8, 10):
            return None
        if statistic == "max":
            return float((min if self.rule["below"] else max)(value for _, value in known))
        return float(sum(inside * value for inside, value in known) / total)

    def part(self, value, statistic, cores):
        if value is None or statistic != "share":
            return value
        if self.rule["per_core"] and cores is None:
            return None
        level = self.rule["level"] * (cores if self.rule["per_core"] else 1.0)
        return 100.0 if (value <= level if self.rule["below"] else value >= level) else 0.0
