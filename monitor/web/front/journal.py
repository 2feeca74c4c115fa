"""What the front door tells in the log: each kind of trouble at once, and then once a minute with its count."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable

from monitor.runtime.repeats import Repeats

logger = logging.getLogger("monitor.web.front")


class Journal:
    """Counts what happens at the door; `note` tells the first of a kind, `tell` what came after it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._repeats = Repeats(clock)
        self._untold: Counter[str] = Counter()

    def note(self, sentence: str, detail: str = "") -> None:
        """Something happened, told as `sentence`, which names no client: a flood of them is one line a minute."""
        if self._untold[sentence] == 0 and self._repeats.is_due(sentence):
            logger.warning("%s.", f"{sentence}: {detail}".removesuffix(": "))
        else:
            self._untold[sentence] += 1

    def tell(self) -> None:
        """Tell what was counted since it was last told, a minute after that; call it now and then."""
        for sentence, times in list(self._untold.items()):
            if times and self._repeats.is_due(sentence):
                logger.warning("%s: %d more since it was last told.", sentence, times)
                del self._untold[sentence]
