"""One rule on one host, its changes at times of the test's choice, and a notifier whose receivers always answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.alerts import actions
from monitor.alerts.models import Alert, Change, Transition
from monitor.alerts.recording import Recorder
from monitor.notifications import outbox
from monitor.notifications.domain.delivery import Answer
from monitor.notifications.models import Notification
from monitor.rules.domain import states
from monitor.rules.domain.outcome import Outcome
from monitor.rules.domain.states import State, Status
from tests.factories import make_host, make_rule, make_user

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
ACCEPTED = Answer(True, "HTTP 200")
REFUSED = Answer(False, "HTTP 410", permanent=True)
BUSY = Answer(False, "HTTP 503")


def after(**time: float) -> datetime:
    """So long after noon."""
    return NOON + timedelta(**time)


class Stage:
    """Alerts of one rule, recorded as the sampler does; deliver() is one notifier that works until nothing is due."""

    def __init__(self, rule: str = "CPU", host: str = "db-01") -> None:
        self.rule = make_rule(f"{rule} of a test", critical_threshold=95.0, critical_clear_threshold=85.0)
        self.host = make_host(host)
        self.alert: Alert | None = None
        self._spec = self.rule.spec()
        self._is_test = False

    def fire(self, at: datetime = NOON, severity: str = "warning", is_test: bool = False) -> Alert:
        """A new alert, with its row and its messages."""
        self._is_test = is_test
        self.change("fired", at, severity)
        assert self.alert is not None
        return self.alert

    def escalate(self, at: datetime) -> None:
        """The standing alert becomes critical."""
        self.change("escalated", at, "critical")

    def step_down(self, at: datetime) -> None:
        """The standing alert becomes a warning again."""
        self.change("stepped_down", at)

    def resolve(self, at: datetime, change: str = "resolved") -> None:
        """The standing alert ends."""
        if change != Change.RULE_GONE:
            self.change(change, at, self._severity())
        elif self._recorder().end_orphans([], at) and self.alert is not None:
            self.alert.refresh_from_db()

    def change(self, change: str, at: datetime, severity: str = "warning") -> None:
        """Record a change of the rule as it would have been at `at`."""
        ms = int(at.timestamp() * 1000)
        begun = Status(State.FIRING, ms - 30_000, seen_at_ms=ms - 1000, value=80.0, peak=90.0)
        self.alert = self._recorder().record(
            Outcome(
                self._spec, states.Change(change), ms, 80.0, self._spec.condition(1.0),
                begun, replace(begun, seen_at_ms=ms), severity, self._spec.critical_condition(1.0), 80.0,
            )
        )  # fmt: skip

    def acknowledge(self, at: datetime) -> None:
        """Somebody takes the standing alert on."""
        assert self.alert is not None
        actions.acknowledge(self.alert, make_user(f"ann-{self.alert.pk}", ["acknowledge_alert"]), "", at)

    def deliver(self, now: datetime, answer: Answer = ACCEPTED) -> list[tuple[str, str]]:
        """(receiver, kind) of every message that is due at `now`, in order, each answered with `answer`."""
        outbox.tend(now)
        sent, again = [], True
        while again:
            claimed, again = outbox.claim(now, [], 100)
            for row in claimed:
                sent.append((row.receiver_name, row.kind))
                outbox.settle(row, answer, now, 0.1, now, 1.0)
            again = again or bool(claimed)
        return sent

    def _severity(self) -> str:
        return self.alert.severity if self.alert is not None else "warning"

    def _recorder(self) -> Recorder:
        return Recorder(self.host, tell=_tell, is_test=lambda *_: self._is_test)


def _tell(alert: Alert, transition: Transition) -> None:
    """Put its messages into the outbox at the time at which it happened, not at that of the test."""
    transition.stored_at = transition.at
    transition.save()
    outbox.enqueue(alert, transition)


def fates() -> list[tuple[str, str]]:
    """(kind, state) of every message, in order."""
    return list(Notification.objects.order_by("pk").values_list("kind", "state"))


def reasons() -> list[str]:
    """Why messages are held or were dropped, in order."""
    return [
        reason for reason in Notification.objects.order_by("pk").values_list("reason", flat=True) if reason
    ]
