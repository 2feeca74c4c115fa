"""Composer of messages: from a row of the outbox to what its receiver reads, at the time of sending."""

from __future__ import annotations

import time
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from monitor.access import login_links
from monitor.alerts.models import Alert, Change, Evidence, EvidenceMoment
from monitor.diagnosis import sentence
from monitor.diagnosis.listing import Listing
from monitor.diagnosis.reader import read
from monitor.notifications import chart_cache, outbox
from monitor.notifications.domain.delivery import Message
from monitor.notifications.messages import message as messages_message
from monitor.notifications.messages.facts import Facts
from monitor.notifications.models import Notification, NotificationKind, ReceiverKind
from monitor.notifications.recent_course import recent_course
from monitor.rules.models import Comparison, Rule

MOST_NAMED = 5
VALUE_OF_THE_CHANGE = (NotificationKind.FIRED, NotificationKind.ESCALATED, NotificationKind.RESOLVED)
NOT_RECOVERED = (Change.RULE_GONE, Change.ENDED)
FLAPS = (NotificationKind.FLAPPING, NotificationKind.DIGEST)
MOMENTS = {
    NotificationKind.FIRED: (EvidenceMoment.ONSET, EvidenceMoment.PEAK),
    NotificationKind.RESOLVED: (EvidenceMoment.PEAK, EvidenceMoment.ONSET),
}
WORST_FIRST = (EvidenceMoment.PEAK, EvidenceMoment.ONSET)


def message(notification: Notification) -> Message:
    """The message of `notification`; reads its alert and what belongs to it, and draws the chart for e-mail alone."""
    receiver = notification.receiver
    found = facts(notification, timezone.now())
    wants_chart = receiver is not None and receiver.kind == ReceiverKind.EMAIL
    return messages_message.message(found, chart_cache.chart(notification, found) if wants_chart else b"")


def test_message(receiver: str) -> Message:
    """What "send a test" sends to the receiver of that name; its key is new each time."""
    key = f"test-{time.time_ns()}"
    return messages_message.test_message(
        key, receiver, settings.LOADMON_HOST_NAME, f"{site_url()}{reverse('dashboard')}"
    )


def site_url() -> str:
    """Where people reach this site, without a slash or the sub-path at its end."""
    own = str(settings.LOADMON_URL)
    return own.removesuffix(settings.LOADMON_BASE_PATH) if own else login_links.base_url()


def alert_url(alert_id: int) -> str:
    """The absolute address of an alert's page."""
    return f"{site_url()}{reverse('alert', args=[alert_id])}"


def facts(notification: Notification, now: datetime) -> Facts:
    """Everything that the message of `notification` may tell, as known at `now`."""
    alert, change = notification.alert, notification.transition
    rule: Rule | None = alert.rule
    of_the_change = change is not None and notification.kind in VALUE_OF_THE_CHANGE
    value = change.value if of_the_change and change is not None and change.value is not None else alert.value
    row = _evidence(alert, notification.kind)
    found = read(row.document if row else None)
    lists = Listing(found)
    flapping = outbox.flapping_of(notification) if notification.kind in FLAPS else None
    told = change.note if change is not None and of_the_change else ""
    is_ended = change is not None and change.change in NOT_RECOVERED
    escalated = notification.kind == NotificationKind.ESCALATED
    return Facts(
        key=notification.key,
        kind=notification.kind,
        alert_id=alert.pk,
        host=alert.host.name,
        rule=alert.rule_name,
        metric=alert.metric,
        severity=notification.severity or alert.severity,
        state=alert.state,
        comparison=alert.comparison,
        value=value,
        peak=alert.peak,
        threshold=alert.threshold,
        clear_threshold=alert.clear_threshold,
        critical_threshold=alert.critical_threshold,
        critical_elsewhere=alert.critical_words.removeprefix("critical ") if alert.critical_metric else "",
        level=rule.spec().aggregate.level if rule is not None else None,
        level_is_low=rule is not None and rule.comparison == Comparison.BELOW,
        started_at=timezone.localtime(alert.started_at),
        fired_at=timezone.localtime(alert.fired_at),
        changed_at=timezone.localtime(change.at) if change is not None else None,
        last_seen_at=timezone.localtime(alert.last_seen_at),
        resolved_at=timezone.localtime(alert.resolved_at) if alert.resolved_at else None,
        told_at=timezone.localtime(now),
        end_observed=alert.end_observed,
        # Of what is left a course would be that of others.
        course=None
        if alert.unseen
        else recent_course(alert, change.at if change is not None and of_the_change else now),
        cores=found.cores or alert.host.effective_cores,
        explanation=(row.sentence if row else "") or alert.explanation,
        explained=row.title if row else "",
        cause=sentence.in_few_words(found, alert.metric),
        culprits=lists.blamed(alert.metric)[:MOST_NAMED],
        waiting=lists.waiting[:MOST_NAMED],
        pressure=found.pressure.known(),
        is_drill=alert.is_test,
        acknowledged=alert.acknowledged_at is not None,
        note=("" if escalated else told) or ("" if is_ended else alert.note),
        reason=told if escalated else "",
        changes=flapping.changes if flapping else 0,
        changed_since=timezone.localtime(flapping.began_at) if flapping else None,
        changed_until=timezone.localtime(flapping.last_change_at) if flapping else None,
        fires_now=_fires(alert),
        unseen=alert.unseen,
        unseen_since=timezone.localtime(alert.unseen_since) if alert.unseen_since else None,
        how_ended=alert.note if is_ended else "",
        link=alert_url(alert.pk),
    )


def _evidence(alert: Alert, kind: str) -> Evidence | None:
    """The evidence that fits the message: onset when it fires, else from the peak; None where there is none yet."""
    found = {one.moment: one for one in alert.evidence.all()}
    wanted = MOMENTS.get(NotificationKind(kind), WORST_FIRST)
    return next((found[moment] for moment in wanted if moment in found), None)


def _fires(alert: Alert) -> bool:
    """Whether the alert, or a later one of its rule on its host, stands."""
    if alert.resolved_at is None or alert.rule_id is None:
        return alert.resolved_at is None
    return Alert.objects.filter(host=alert.host_id, rule=alert.rule_id, resolved_at=None).exists()
