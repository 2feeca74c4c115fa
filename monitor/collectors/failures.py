"""Log of failing and silent collectors: each reason once, and then at most hourly."""

import logging

logger = logging.getLogger("monitor.collectors")

HOUR_SECONDS = 3600.0
MOST_REASONS = 10


class FailureLog:
    """Remembers when each (collector, reason) was last logged.

    Reasons that differ each time cannot flood the log.
    """

    def __init__(self) -> None:
        self._logged: dict[str, dict[str, float]] = {}

    def failed(self, collector: str, reason: str, now: float) -> None:
        """Log the exception in flight with its traceback, unless this reason was logged within the hour."""
        if self._due(collector, reason, now):
            logger.exception("Collector %s failed: %s", collector, reason)

    def told(self, collector: str, sentence: str, now: float) -> None:
        """Log what can be foreseen in a sentence, unless it was logged within the hour."""
        if self._due(collector, sentence, now):
            logger.warning("%s", sentence)

    def not_offered(self, collector: str, sentence: str, now: float) -> None:
        """Log as information what this system does not have."""
        if self._due(collector, sentence, now):
            logger.info("%s", sentence)

    def recovered(self, collector: str, now: float) -> None:
        """Log that the collector works again, at most hourly."""
        if self._due(collector, "recovered", now):
            logger.info("Collector %s works again", collector)

    def _due(self, collector: str, reason: str, now: float) -> bool:
        recent = {
            known: at for known, at in self._logged.get(collector, {}).items() if now - at < HOUR_SECONDS
        }
        self._logged[collector] = recent
        if reason in recent or len(recent) >= MOST_REASONS:
            return False
        recent[reason] = now
        return True
