"""Drills as rows: which rule is expected to fire, who must be told, and how far the message of its alert has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.alerts.models import Alert
from monitor.history import samples
from monitor.hosts.models import Host
from monitor.loadtests.domain.drill_verdict import Delivery
from monitor.loadtests.domain.driven import DAMPING_SECONDS, drives
from monitor.loadtests.domain.promise import NoPromise, Start, promised_seconds
from monitor.loadtests.models import UNFINISHED, LoadTest, LoadTestKind
from monitor.metrics.catalogue import JUDGED
from monitor.metrics.times import shown
from monitor.notifications import health
from monitor.notifications.models import OWN_REASONS, Notification, NotificationState, Receiver
from monitor.rules.domain.severity import up_to
from monitor.rules.models import Rule

METRICS = {
    LoadTestKind.CPU: ("cpu_percent",),
    LoadTestKind.IO: ("pressure_io_full_percent", "pressure_io_some_percent"),
}
DEAF = (
    "The receiver {} hears of {} alerts and worse only, and the rule {} fires as {}: "
    "whether it becomes worse is no part of a drill."
)


class Unfit(ValueError):
    """No drill can be made of what was asked for; the message is a sentence that says why."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a drill has to prove, by name. receivers None: all that want drills; rule "": the usual one of its kind."""

    receivers: Sequence[str] | None = None
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a drill will prove: this rule fires within `promised` seconds, and these are told."""

    rule: Rule
    receivers: list[Receiver]
    promised: float


@dataclass(frozen=True, slots=True)
class Offer:
    """What the page may ask for: the usual rule of one kind of test, and who can be told; or why there is none."""

    rule: str = ""
    promised: float = 0.0
    receivers: Sequence[str] = ()
    problem: str = ""


def plan(host: Host, kind: str, workers: int, wanted: Wanted) -> Plan:
    """The drill that is wanted, ready to be asked for; raises Unfit."""
    rule = expected_rule(kind, wanted.rule)
    if not drives(kind, rule.metric):
        raise Unfit(_out_of_reach(kind, rule))
    try:
        promised = promised_seconds(rule.spec(), _start(host, workers))
    except NoPromise as error:
        raise Unfit(str(error)) from error
    if wanted.receivers is None:
        return Plan(rule, [each for each in _wanting() if not deafness(each, rule)], promised)
    return Plan(rule, [_chosen(name, rule) for name in dict.fromkeys(wanted.receivers)], promised)


def expected_rule(kind: str, name: str = "") -> Rule:
    """The enabled rule called `name`, or the first one with a mean that this kind of test drives; raises Unfit."""
    rules = Rule.objects.filter(enabled=True)
    if name:
        named = rules.filter(name=name).first() if "\0" not in name else None
        if named is None:
            known = ", ".join(rules.values_list("name", flat=True)) or "none"
            raise Unfit(f"No rule {shown(name)} is switched on. Those that are: {known}.")
        return named
    means = rules.filter(statistic="mean", window_seconds__gt=0, comparison="above").order_by("pk")
    for metric in METRICS[LoadTestKind(kind)]:
        if (found := means.filter(metric=metric).first()) is not None:
            return found
    what = "I/O pressure" if kind == LoadTestKind.IO else "CPU"
    raise Unfit(f"No rule that judges a mean of the {what} is switched on: name the rule to expect.")


def _out_of_reach(kind: str, rule: Rule) -> str:
    label = JUDGED[rule.metric].label if rule.metric in JUDGED else rule.metric
    return f"A load test of the {LoadTestKind(kind).label} does not drive what {rule} judges ({label}): expect another rule."


def offer(host: Host, kind: str, workers: int) -> Offer:
    """What a drill of this kind would prove."""
    try:
        found = plan(host, kind, workers, Wanted())
    except Unfit as error:
        return Offer(problem=str(error))
    return Offer(found.rule.name, found.promised, [receiver.name for receiver in found.receivers])


def candidates(rule: Rule) -> list[Receiver]:
    """The receivers that a drill of `rule` may choose from."""
    return [each for each in _wanting() if not deafness(each, rule)]


def deafness(receiver: Receiver, rule: Rule) -> str:
    """Why `receiver` would not be told of a drill of `rule`, as a sentence; "" where it would."""
    if not receiver.enabled:
        return f"The receiver {receiver} is switched off."
    if not receiver.wants_drills:
        return f"The receiver {receiver} does not want the messages of drills; its form in the admin says so."
    filters = list(receiver.rules.all())
    if (filters or receiver.only_chosen_rules) and rule not in filters:
        return f"The receiver {receiver} does not want to hear of the rule {rule}."
    if receiver.minimum_severity not in up_to(rule.severity):
        return DEAF.format(receiver, receiver.minimum_severity, rule, rule.severity)
    return ""


def follow(test: LoadTest, alert_id: int, now: datetime) -> tuple[float | None, list[Delivery], bool]:
    """(when a browser showed the alert, how far each receiver's message is, whether a notifier runs).

    Times are seconds from the reading that made the alert fire. An alert that is gone, with its host or with the
    database that held it, was shown by no browser and has no messages.
    """
    is_told = health.is_notifier_alive(now, health.NOTIFIER_SILENT_AT_A_DRILL)
    alert = Alert.objects.filter(pk=alert_id).first()
    if alert is None:
        return None, [Delivery(each.name, each.kind) for each in test.receivers.all()], is_told
    seen = LoadTest.objects.filter(pk=test.pk).values_list("seen_in_browser_at", flat=True).first()
    rows = Notification.objects.filter(alert=alert).order_by("id").prefetch_related("tries")
    newest_last = {row.receiver_id: row for row in reversed(rows)}  # of each receiver the first message
    told = [_delivery(each, newest_last.get(each.pk), alert.fired_at) for each in test.receivers.all()]
    return None if seen is None else _after(seen, alert.fired_at), told, is_told


def answers(test: LoadTest) -> list[str]:
    """What receivers of a drill answered that have not got its message: not for everybody who sees the report."""
    rows = Notification.objects.filter(alert=test.alert, receiver__in=test.receivers.all())
    failed = rows.exclude(state__in=(NotificationState.SENT, *OWN_REASONS)).order_by("receiver__name", "id")
    found = {row.receiver: row.tries.last() for row in failed.select_related("receiver")}
    return [f"{receiver} answered: {last.answer}" for receiver, last in found.items() if last]


def note_seen(host_name: str, alert_id: int, at: datetime) -> bool:
    """Store that a browser said at `at` that it shows the alert of the drill that runs; once, and only of that one."""
    alert = Alert.objects.filter(pk=alert_id, host__name=host_name, is_test=True, resolved_at=None).first()
    if alert is None:
        return False
    running = LoadTest.objects.filter(
        host=alert.host_id,
        state__in=UNFINISHED,
        expects_alert=True,
        rule=alert.rule_id,
        seen_in_browser_at=None,
    )
    return bool(running.filter(started_at__lte=alert.fired_at).update(seen_in_browser_at=at))


def _wanting() -> list[Receiver]:
    return list(Receiver.objects.filter(enabled=True, wants_drills=True).prefetch_related("rules"))


def _chosen(name: str, rule: Rule) -> Receiver:
    receiver = Receiver.objects.filter(name=name).first() if "\0" not in name else None
    if receiver is None:
        known = ", ".join(str(each) for each in candidates(rule)) or "none"
        raise Unfit(f"There is no receiver {shown(name)}. Those that hear of this drill: {known}.")
    if problem := deafness(receiver, rule):
        raise Unfit(problem)
    return receiver


def _start(host: Host, workers: int) -> Start:
    newest = samples.latest(host)
    values = {name: newest["values"][name] for name in DAMPING_SECONDS} if newest else {}
    return Start(workers, host.effective_cores or float(workers), host.interval, values)


def _delivery(receiver: Receiver, row: Notification | None, fired_at: datetime) -> Delivery:
    if row is None:
        return Delivery(receiver.name, receiver.kind)
    tries = list(row.tries.all())
    sent = row.state == NotificationState.SENT and row.settled_at is not None
    waits = row.state == NotificationState.PENDING
    return Delivery(
        receiver=receiver.name,
        way=receiver.kind,
        state=row.state,
        after=_after(row.settled_at, fired_at) if sent and row.settled_at else None,
        tries=len(tries),
        next_after=_after(row.next_attempt_at, fired_at) if waits else None,
        reason=row.reason if row.state in OWN_REASONS else "",
    )


def _after(at: datetime, fired_at: datetime) -> float:
    return (at - fired_at).total_seconds()
