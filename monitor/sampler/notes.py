"""Notes of the sampler: sentences that it tells for as long as they are true."""

from __future__ import annotations

import logging

logger = logging.getLogger(__name__)


class Notes:
    """Told once in the log, and with every status."""

    def __init__(self) -> None:
        self._sentences: list[str] = []

    @property
    def text(self) -> str:
        """All that is true, in the order in which it came to be; "" where nothing is."""
        return " ".join(self._sentences)

    def tell(self, sentence: str, is_true: bool) -> None:
        """Note whether `sentence` is true now."""
        if is_true and sentence not in self._sentences:
            logger.warning(sentence)
            self._sentences.append(sentence)
        elif not is_true and sentence in self._sentences:
            self._sentences.remove(sentence)
