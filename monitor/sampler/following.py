"""Following of the rules: the open alerts and the door go by the rules as they are stored now."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from monitor.ingest.door import Door
from monitor.live import publishing
from monitor.rules import loading
from monitor.rules.domain.spec import RuleSpec

logger = logging.getLogger(__name__)


class Following:
    """Takes edited rules up; for the thread that stores."""

    def __init__(
        self, door: Door, publish: Callable[[publishing.Event], Any], changed: Callable[[], None]
    ) -> None:
        """`changed` is called once other rules apply."""
        self.is_due = False
        """Whether the rules may have changed."""
        self._door, self._publish, self._changed = door, publish, changed
        self._followed: tuple[RuleSpec, ...] | None = door.evaluator.rules  # by the open alerts

    def begin(self) -> None:
        """Let the open alerts follow the rules of the door; where that fails, the next step does."""
        self.is_due, self._followed = True, None
        self._apply(self._door.evaluator.rules)
        self.is_due = False

    def step(self) -> None:
        """Read the rules anew where that is due."""
        if not self.is_due:
            return
        rules = tuple(loading.load_rules())
        if rules != self._followed or rules != self._door.evaluator.rules:
            logger.info("the alert rules changed: %d are enabled", len(rules))
            if self._apply(rules):
                self._publish(publishing.alerts_event(self._door.host.name))
            self._door.reload_rules()
            self._changed()
        self.is_due = False

    def _apply(self, rules: tuple[RuleSpec, ...]) -> bool:
        """Let the open alerts follow their rules, as these are now; return whether any changed."""
        now = datetime.now(UTC)
        ended = self._door.recorder.end_orphans(rules, now)
        changed = self._door.recorder.follow(rules, now) or bool(ended)
        self._followed = rules
        return changed
