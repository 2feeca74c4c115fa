"""Tables of receivers, notifications, flapping and silences: who is told of alerts, and what became of every message."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from monitor.alerts.models import Alert, Transition
from monitor.hosts.models import Host
from monitor.metrics.text import NOTHING_SEEN, visible
from monitor.notifications.domain.silences import refusals
from monitor.rules.models import Rule, Severity


class ReceiverKind(models.TextChoices):
    """How a receiver is reached."""

    EMAIL = "email", "e-mail"
    WEBHOOK = "webhook", "webhook"
    APPRISE = "apprise", "Apprise URL"


class Receiver(models.Model):
    """One person or program that is told of alerts."""

    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=10, choices=ReceiverKind.choices)
    address = models.CharField(
        max_length=1000,
        help_text="E-mail addresses by comma, or a URL; what a URL holds is never shown again.",
    )
    secret = models.CharField(
        max_length=200, blank=True, help_text="Key that signs the messages of a webhook."
    )
    minimum_severity = models.CharField(max_length=10, choices=Severity.choices, default=Severity.WARNING)
    only_chosen_rules = models.BooleanField(
        default=False,
        help_text="Hears of the rules that are ticked below alone, of none when they are deleted; unticked: of every rule.",
    )
    rules = models.ManyToManyField(Rule, blank=True)
    wants_drills = models.BooleanField(default=False, help_text="Also gets the messages of load tests.")
    repeat_hours = models.FloatField(
        default=4.0, help_text="Told again after this long while an alert stands unacknowledged; 0: never."
    )
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    delivered_at = models.DateTimeField(null=True, blank=True, editable=False)
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)
    failure = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Take what deceives out of the name; refuse one of nothing else."""
        name, self.name = self.name, visible(self.name)
        if name and not self.name:
            raise ValidationError({"name": NOTHING_SEEN})


class NotificationKind(models.TextChoices):
    """What a message tells."""

    FIRED = "fired"
    ESCALATED = "escalated"
    RESOLVED = "resolved"
    REPEAT = "repeat", "still firing"
    FLAPPING = "flapping"
    DIGEST = "digest", "calm again"


class NotificationState(models.TextChoices):
    """What became of a message."""

    HELD = "held", "held back by a silence"
    PENDING = "pending", "waits for its delivery"
    LEASED = "leased", "is being delivered"
    SENT = "sent", "accepted by the other side"
    FAILED = "failed", "refused by the other side"
    EXPIRED = "expired", "given up"
    DROPPED = "dropped", "not needed any more"


OWN_REASONS = (NotificationState.HELD, NotificationState.DROPPED)
"""States whose reason is in our own words; that of all others is the answer to the last try."""


class Notification(models.Model):
    """One message to one receiver: a row of the outbox, written in the transaction of the change that it tells of."""

    key = models.CharField(
        max_length=100, unique=True, help_text="Idempotency key; travels with the message."
    )
    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="notifications")
    transition = models.ForeignKey(Transition, on_delete=models.CASCADE, null=True, blank=True)
    receiver = models.ForeignKey(Receiver, on_delete=models.SET_NULL, null=True, related_name="notifications")
    receiver_name = models.CharField("receiver", max_length=80)
    kind = models.CharField(max_length=10, choices=NotificationKind.choices)
    severity = models.CharField(max_length=10, choices=Severity.choices)
    state = models.CharField(
        max_length=10, choices=NotificationState.choices, default=NotificationState.PENDING
    )
    reason = models.CharField(
        max_length=300, blank=True, help_text="Why it is held, was dropped or given up."
    )
    held_back = models.CharField(
        max_length=300, blank=True, help_text="What held it back, and until when it did."
    )
    created_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    lease = models.CharField(max_length=40, blank=True, help_text="Who delivers it now.")
    settled_at = models.DateTimeField(null=True, blank=True)
    told = models.CharField(
        max_length=1000,
        blank=True,
        help_text="Addresses of the receiver that need no further try, by space, where others were asked to wait.",
    )

    class Meta:
        ordering = ["id"]
        indexes = [
            # Read by the outbox at each step: what is not settled, of each receiver the messages of an alert in order.
            # SQLite uses it where a query says settled_at IS NULL, not where it names the states as parameters.
            models.Index(
                fields=["receiver", "alert", "id"],
                condition=Q(settled_at__isnull=True),
                name="notification_unsettled",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.receiver_name}"


class Attempt(models.Model):
    """One try to deliver a message, with what the other side answered."""

    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="tries")
    started_at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField()
    delivered = models.BooleanField()
    answer = models.CharField(max_length=500, help_text="What the other side answered, without secrets.")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{'delivered' if self.delivered else 'failed'}: {self.answer}"


class Flapping(models.Model):
    """A time in which a rule fired and recovered so often that single messages would be noise."""

    host = models.ForeignKey(Host, on_delete=models.CASCADE)
    rule = models.ForeignKey(Rule, on_delete=models.CASCADE)
    began_at = models.DateTimeField()
    last_change_at = models.DateTimeField()
    changes = models.PositiveIntegerField(help_text="How often it fired or resolved in all.")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-began_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["host", "rule"], condition=Q(ended_at__isnull=True), name="one_flapping_per_rule"
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule} on {self.host}, {self.changes} changes"


class Notifier(models.Model):
    """The one row in which the notifier says that it runs, and what became of its heartbeat."""

    seen_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True, help_text="The last heartbeat that was answered well.")
    heartbeat_failure = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"Notifier, seen {self.seen_at}"


class Silence(models.Model):
    """A time in which messages are held back, once or every week; recording goes on."""

    rule = models.ForeignKey(
        Rule, on_delete=models.CASCADE, null=True, blank=True, help_text="Empty: every rule."
    )
    host = models.ForeignKey(
        Host, on_delete=models.CASCADE, null=True, blank=True, help_text="Empty: every host."
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="A silence for once needs an end; a weekly one without an end goes on for ever.",
    )
    weekdays = models.CharField(
        max_length=7,
        blank=True,
        help_text="Of a weekly one: digits, 0 is Monday, such as 01234; empty: once.",
    )
    from_time = models.TimeField(
        null=True,
        blank=True,
        help_text="For a weekly silence: when it begins on each of its days, in its time zone.",
    )
    until_time = models.TimeField(
        null=True,
        blank=True,
        help_text="For a weekly silence: when it ends; at or before the time of its beginning means the next day.",
    )
    time_zone = models.CharField(
        max_length=60, default="UTC", help_text="In which the local times are meant."
    )
    resumes_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="Of a weekly one that was ended early: it holds nothing back before this.",
    )
    maintenance = models.BooleanField(default=False, help_text="Made by one click: everything is quiet.")
    note = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-starts_at"]
        # Read by the outbox and the banner: which may stand.
        indexes = [models.Index(fields=["ends_at"], name="silence_by_end")]

    def __str__(self) -> str:
        return f"{self.rule or 'Every rule'} on {self.host or 'every host'}"

    def clean(self) -> None:
        """Refuse a silence that could not be kept, each reason with a sentence."""
        times = (self.starts_at, self.ends_at, self.weekdays, self.from_time, self.until_time)
        errors = refusals(*times, self.time_zone)
        note, self.note = self.note, visible(self.note)
        errors |= {"note": NOTHING_SEEN} if note and not self.note else {}
        if errors:
            raise ValidationError(errors)
