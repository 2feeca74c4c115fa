"""Verdict of a drill, whether it proved that alerts arrive: decided and told from the times at which each step happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.loadtests.domain.report import Fired, fitting

WAIT_SECONDS = 60.0  # for the messages, after the alert fired
BROWSER_SECONDS = 3.0  # for a browser, likewise
LATE_SECONDS = 5.0  # after the promised time, so that late can be told from never
SENT, FAILED, LOST = "sent", ("failed", "expired", "dropped"), "none"
LIMITED = "loadmon may use only some of the cores here ({}): its workers cannot fill the rest, and CPU counts them all."
UNPROVEN = (
    "Nothing is proven about delivery: no receiver was to be told. "
    "One takes part that wants the messages of drills; its form in the admin says so."
)
WAYS = {"email": "mail", "webhook": "webhook", "apprise": "service"}


@dataclass(frozen=True, slots=True)
class Delivery:
    """How far the message of the alert has come to one receiver.

    state: that of its notification, "none" where there is none. after: seconds from the reading to the other side's
    yes. next_after: seconds from the reading to the next try, None where none is due. reason: ours,
    never what the other side answered, for whoever may look reads the report.
    """

    receiver: str
    way: str
    state: str = LOST
    after: float | None = None
    tries: int = 0
    next_after: float | None = None
    reason: str = ""

    @property
    def settled(self) -> bool:
        """Whether waiting up to the bound could change nothing any more."""
        too_late = self.next_after is not None and self.tries > 0 and self.next_after > WAIT_SECONDS
        return self.state == SENT or self.state in FAILED or too_late


@dataclass(frozen=True, slots=True)
class Course:
    """What is known of a drill so far; times in seconds.

    promised: within which the rule must fire. fired: the alert, None while it has not. missed: why it has not, in a
    sentence. limit: what keeps workers from filling the machine, such as "container: 2 of 32". seen: from the reading
    until a browser had said that it shows the alert. notifier: whether one runs.
    """

    rule: str
    promised: float
    fired: Fired | None = None
    missed: str = ""
    limit: str = ""
    seen: float | None = None
    deliveries: Sequence[Delivery] = ()
    notifier: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a drill proved; the report has a line for each thing."""

    passed: bool
    report: str


def is_decided(course: Course, elapsed: float) -> bool:
    """Whether nothing that may still come, `elapsed` seconds after the start, counts."""
    if course.fired is None:
        return elapsed >= course.promised + LATE_SECONDS
    waited = elapsed - course.fired.fired
    if waited >= WAIT_SECONDS:
        return True
    shown = course.seen is not None or waited >= BROWSER_SECONDS
    return shown and all(delivery.settled for delivery in course.deliveries)


def judge(course: Course) -> Verdict:
    """The verdict on a drill that is decided."""
    if course.fired is None:
        head = f"Failed: {course.rule} did not fire within the {_rounded(course.promised)} that it promises."
        limit = LIMITED.format(course.limit) if course.limit else ""
        return Verdict(False, fitting([head, course.missed, limit], "\n"))
    in_time = course.fired.fired <= course.promised
    arrived = sum(delivery.state == SENT for delivery in course.deliveries)
    passed = in_time and arrived == len(course.deliveries)
    lines = [_head(course, course.fired, passed, in_time, arrived), _times(course.fired, course.seen)]
    lines += [_told(delivery, course.notifier) for delivery in course.deliveries]
    return Verdict(passed, fitting(lines, "\n"))


def _head(course: Course, fired: Fired, passed: bool, in_time: bool, arrived: int) -> str:
    promise = f"the {_rounded(course.promised)} that it promises"
    when = f"fired within {promise}" if in_time else f"fired only at t+{fired.fired:.1f} s, after {promise}"
    many = len(course.deliveries)
    word = "Passed" if passed else "Failed"
    if not many:
        return f"{word}: {course.rule} {when}. {UNPROVEN}"
    if arrived == many:
        who = "its receiver was told" if many == 1 else f"all {many} receivers were told"
    else:
        who = f"{many - arrived} of {many} receivers {'was' if many - arrived == 1 else 'were'} not told"
    return f"{word}: {course.rule} {when}{', and ' if passed else '; '}{who}."


def _times(fired: Fired, seen: float | None) -> str:
    crossed = "before the test" if fired.crossed < 0 else f"t+{fired.crossed:.1f} s"
    parts = [f"Threshold crossed {crossed}"]
    if fired.fired - fired.crossed >= 0.05:
        parts.append(f"fired t+{fired.fired:.1f} s")
    parts.append("not stored" if fired.stored is None else f"stored {_later(fired.stored)}")
    parts.append("no browser was open to show it" if seen is None else f"in the browser {_later(seen)}")
    return f"{', '.join(parts)}."


def _told(delivery: Delivery, notifier: bool) -> str:
    way = WAYS.get(delivery.way, delivery.way)
    why = f": {delivery.reason.rstrip('.')}" if delivery.reason else ""
    tries = f"{delivery.tries} {'try' if delivery.tries == 1 else 'tries'}"
    if delivery.state == SENT:
        what = f"{way} accepted {_later(delivery.after or 0.0)}"
        why = ""
    elif delivery.state == LOST:
        what = "no message was written for it"
    elif delivery.state == "held":
        what = "held back by a silence"
    elif delivery.state == "dropped":
        what = "dropped"
    elif delivery.state in FAILED:
        what = f"{way} refused after {tries}"
    elif delivery.tries:
        what = f"{way} not accepted in {WAIT_SECONDS:.0f} s, {tries}"
    else:
        what = f"not tried in {WAIT_SECONDS:.0f} s" + ("" if notifier else ", for no notifier runs")
    return f"{delivery.receiver}: {what}{why}."


def _later(seconds: float) -> str:
    """A delay after the reading: "+0.004 s", "+1.4 s"; never negative, clocks may differ a little."""
    seconds = max(0.0, seconds)
    return (
        f"+{seconds:.3f} s" if seconds < 0.1 else f"+{seconds:.2f} s" if seconds < 1 else f"+{seconds:.1f} s"
    )


def _rounded(seconds: float) -> str:
    return f"{seconds:.1f}".removesuffix(".0") + " s"
