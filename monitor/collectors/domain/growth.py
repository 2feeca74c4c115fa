"""Growth of counters a second, with a memory: what a counter lost and then has again is nobody's traffic."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf

from monitor.collectors.domain.rates import measurable, rate

COMES_BACK_SHARE = 0.5
"""One step of half of what was lost brings it back; what really happens grows in smaller ones."""

WORDS = (2**32, 2**32 * 512)
"""Where a counter of 32 bits, of bytes or of sectors, begins anew; one that falls below 0 stands just under it."""

NEAR_SHARE = 1 / 256

USUAL_BYTES_PER_SECOND, FAR_ABOVE = 1e9, 4.0
"""A counter that grows faster than this, and so many times as fast as it ever did, is believed the second time in a row:
one that stood too low at first, or is too high once, makes such a step a single time."""

MOST_REMEMBERED = 256

Possible = Callable[[str, float, float], bool]
"""Whether a counter of that name can grow so fast, over so many seconds."""


@dataclass(slots=True)
class Lost:
    """What a counter had before it stepped down, and the least that it has had since; nothing at first."""

    top: float = -inf
    low: float = inf

    @property
    def is_missing(self) -> bool:
        """Whether there is anything to come back."""
        return self.top > self.low

    def fell(self, before: float, after: float) -> None:
        """Remember a step down."""
        self.top, self.low = max(self.top, before), min(self.low, after)

    def comes_back(self, before: float, after: float) -> bool:
        """Whether a step up is what was lost and is there again; at the old value and above nothing is missing."""
        returns = self.is_missing and after - before >= COMES_BACK_SHARE * (self.top - self.low)
        if after >= self.top:
            self.top, self.low = -inf, inf
        return returns


@dataclass(slots=True)
class _Past:
    """One counter: its last value, and the last one that it can have come to by what really happened."""

    value: float
    honest: float
    usual: float
    lost: Lost = field(default_factory=Lost)
    is_doubted: bool = False

    def grow(self, now: float, elapsed: float | None, is_possible: Callable[[float], bool]) -> float | None:
        """The rate of the step to `now`; None as for `rate`, and where it leads back to what was there before."""
        before, self.value = self.value, now
        if now < before:
            self.is_doubted = False
            if now < self.honest:
                self.lost.fell(self.honest, now)
            self.honest = now
            return None
        returns = self.lost.comes_back(before, now)
        found = None if fell_below_zero(before, now) else rate(before, now, elapsed)
        if found is not None and not (is_possible(found) and (returns or self._believes(found))):
            found = None
        if found is not None or returns or not measurable(elapsed):
            self.honest = now
        return None if returns else found

    def _believes(self, found: float) -> bool:
        """Whether a rate is like those of its past, or the second in a row that is not."""
        is_new = found > FAR_ABOVE * self.usual
        self.is_doubted = is_new and not self.is_doubted
        if not self.is_doubted:
            self.usual = max(self.usual, found)
        return not self.is_doubted


def fell_below_zero(before: float, after: float) -> bool:
    """Whether a counter of 32 bits that stood little above 0 went below it: it is just under its end then."""
    return any(before < word * NEAR_SHARE and word * (1 - NEAR_SHARE) <= after < word for word in WORDS)


class Growth:
    """The rates of counters by name. A counter that goes and comes again is known by its name."""

    def __init__(self, is_possible: Possible, usual: float = inf) -> None:
        """usual: per second, up to which a rate is believed without having been seen before."""
        self._is_possible = is_possible
        self._usual = usual / FAR_ABOVE
        self._pasts: dict[str, _Past] = {}
        self._present: frozenset[str] = frozenset()

    def rates(self, now: Mapping[str, float], elapsed: float | None) -> dict[str, float | None]:
        """Growth per second of `elapsed` of each counter, never negative.

        None for one that was not there before, after a gap (`elapsed` None), where it went back and where it came back
        to what it had before, above what is possible, and for the first step of several that are far above all that it did.
        """
        present, self._present = self._present, frozenset(now)
        if len(self._pasts) > MOST_REMEMBERED:
            self._pasts = {name: past for name, past in self._pasts.items() if name in now}
        return {
            name: self._rate(name, value, elapsed if name in present else None) for name, value in now.items()
        }

    def all_rates(self, now: Mapping[str, float], elapsed: float | None) -> dict[str, float] | None:
        """The rates of all counters, empty without any; None where any is, and for the tick in which one came or went."""
        is_same = now.keys() == self._present
        found = self.rates(now, elapsed)
        known = {name: each for name, each in found.items() if each is not None}
        return known if is_same and len(known) == len(found) else None

    def _rate(self, name: str, value: float, elapsed: float | None) -> float | None:
        past = self._pasts.get(name)
        if past is None:
            self._pasts[name] = _Past(value, value, self._usual)
            return None
        return past.grow(value, elapsed, lambda found: self._is_possible(name, found, elapsed or inf))


def up_to(highest: float) -> Possible:
    """The same bound for all, per second."""
    return lambda _name, per_second, _elapsed: per_second <= highest
