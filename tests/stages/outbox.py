"""One rule on one host, its changes at times of the test's choice, and a notifier whose receivers always answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from monitor.alerts.models import Alert, Transition
from monitor.notifications import outbox
from monitor.notifications.domain.delivery import Answer
from monitor.notifications.models import Notification
from tests.factories import make_alert, make_host, make_rule

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
ACCEPTED = Answer(True, "HTTP 200")
REFUSED = Answer(False, "HTTP 410", permanent=True)
BUSY = Answer(False, "HTTP 503")


def after(**time: float) -> datetime:
    """So long after noon."""
    return NOON + timedelta(**time)


class Stage:
    """Alerts of one rule: fire, escalate, resolve; deliver() is one notifier that works until nothing is due."""

    def __init__(self, rule: str = "CPU", host: str = "db-01") -> None:
        self.rule = make_rule(f"{rule} of a test")
        self.host = make_host(host)
        self.alert: Alert | None = None

    def fire(self, at: datetime = NOON, **fields: object) -> Alert:
        """A new alert, with its row and its messages."""
        ms = round(at.timestamp() * 1000)
        self.alert = make_alert(self.host, ms, rule=self.rule, rule_name=self.rule.name, **fields)
        self.change("fired", at)
        return self.alert

    def escalate(self, at: datetime) -> None:
        """The standing alert becomes critical."""
        self._update(severity="critical", worst_severity="critical")
        self.change("escalated", at)

    def step_down(self, at: datetime) -> None:
        """The standing alert becomes a warning again."""
        self._update(severity="warning")
        self.change("stepped_down", at)

    def resolve(self, at: datetime, change: str = "resolved") -> None:
        """The standing alert ends."""
        self._update(state="resolved", resolved_at=at)
        self.change(change, at)

    def change(self, change: str, at: datetime) -> Transition:
        """Record a change as it would have been at `at`."""
        assert self.alert is not None
        transition = Transition.objects.create(alert=self.alert, at=at, change=change, value=80.0)
        transition.stored_at = at
        transition.save()
        outbox.enqueue(self.alert, transition)
        return transition

    def acknowledge(self, at: datetime) -> None:
        """Somebody takes the standing alert on."""
        self._update(acknowledged_at=at)

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

    def _update(self, **fields: object) -> None:
        assert self.alert is not None
        for name, value in fields.items():
            setattr(self.alert, name, value)
        self.alert.save()


def fates() -> list[tuple[str, str]]:
    """(kind, state) of every message, in order."""
    return list(Notification.objects.order_by("pk").values_list("kind", "state"))


def reasons() -> list[str]:
    """Why messages are held or were dropped, in order."""
    return [
        reason for reason in Notification.objects.order_by("pk").values_list("reason", flat=True) if reason
    ]
