"""The notifier's steps: several receivers at once, each alone in its trouble."""

import threading
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from monitor.alerts.domain.nodata import Looked
from monitor.metrics.times import at_ms
from monitor.notifications import composing, heartbeat, notifier, transports
from monitor.notifications.domain.delivery import Answer
from monitor.notifications.models import Attempt, Notification, Notifier, Receiver
from monitor.notifications.notifier import Dispatcher
from monitor.notifications.transports import webhook
from monitor.runtime.clock import boottime
from tests.factories import make_receiver
from tests.stages.outbox import Stage, fates
from tests.stages.rude import rude_server, thank_for_ever
from tests.stages.servers import until

pytestmark = pytest.mark.django_db

OK = Answer(True, "HTTP 200")


class Side:
    """The other side of all receivers: keeps what it gets; those named in `hanging` do not answer until let()."""

    def __init__(self, *hanging):
        self.hanging, self.got = hanging, []
        self._open = threading.Event()
        self._lock = threading.Lock()
        self.at_once, self.most_at_once = {}, 0

    def __call__(self, target, message):
        with self._lock:
            self.at_once[target.name] = self.at_once.get(target.name, 0) + 1
            self.most_at_once = max(self.most_at_once, self.at_once[target.name])
        if target.name in self.hanging:
            self._open.wait(60)
        with self._lock:
            self.at_once[target.name] -= 1
            self.got.append((target.name, message.kind, message.key))
        return OK

    def let(self):
        self._open.set()


@pytest.fixture
def side(request):
    """One whose threads all come back before the next test."""
    made = Side(*getattr(request, "param", ()))
    yield made
    made.let()
    until(lambda: not any(made.at_once.values()), "the threads")


@pytest.fixture
def dispatcher(side, monkeypatch):
    monkeypatch.setattr(notifier, "POLL_SECONDS", 0.01)
    monkeypatch.setattr(notifier, "close_old_connections", lambda: None)  # the test's transaction is in it
    return Dispatcher(lambda event: None, side)


def turn(dispatcher):
    """One turn of the loop; true, so that until() can be told to go on."""
    busy = dispatcher.step()
    dispatcher._back += dispatcher._threads.wait(0.0 if busy else notifier.POLL_SECONDS)
    return True


def run_until(dispatcher, condition, what):
    until(lambda: turn(dispatcher) and condition(), what)


def test_a_message_goes_out_and_the_answer_is_stored(stage, side, dispatcher):
    make_receiver()
    stage.fire(timezone.now())
    run_until(dispatcher, lambda: fates() == [("fired", "sent")], "the message")
    attempt = Attempt.objects.get()
    assert (attempt.delivered, attempt.answer) == (True, "HTTP 200")
    assert side.got == [("ops", "fired", Notification.objects.get().key)]


@pytest.mark.parametrize("side", [("dead",)], indirect=True)
def test_nine_receivers_do_not_wait_for_a_tenth_that_hangs(stage, side, dispatcher):
    for name in ("a", "b", "c", "d", "dead", "e", "f", "g", "h", "i"):
        make_receiver(name)
    stage.fire(timezone.now())
    stage.resolve(timezone.now())
    run_until(dispatcher, lambda: len(side.got) == 18, "both messages of the nine")
    assert not any(name == "dead" for name, _, _ in side.got)
    assert Notification.objects.filter(receiver_name="dead", state="leased").count() == 1
    side.let()
    run_until(dispatcher, lambda: len(side.got) == 20, "those of the tenth")


def test_a_receiver_gets_one_message_at_a_time(side, dispatcher):
    make_receiver()
    for number in range(5):
        Stage(f"R{number}", f"h{number}").fire(timezone.now())
    run_until(dispatcher, lambda: len(side.got) == 5, "all messages")
    assert side.most_at_once == 1


@pytest.mark.parametrize("side", [("dead",)], indirect=True)
def test_a_thread_that_does_not_come_back_is_given_up_and_its_answer_still_recorded(
    stage, side, dispatcher, monkeypatch
):
    monkeypatch.setattr(notifier, "ABANDON_SECONDS", 0.05)
    make_receiver("dead")
    stage.fire(timezone.now())
    run_until(
        dispatcher,
        lambda: fates() == [("fired", "pending")] and Attempt.objects.exists(),
        "the end of patience",
    )
    assert Attempt.objects.get().answer == "No answer within 0.05 s."
    assert Receiver.objects.get().failing_since is not None
    side.let()
    run_until(dispatcher, lambda: Attempt.objects.count() == 2, "the late answer")
    assert dispatcher._lost == 0


@pytest.mark.parametrize("side", [("dead",)], indirect=True)
def test_what_is_under_way_at_the_end_is_given_back(stage, side, dispatcher, monkeypatch):
    monkeypatch.setattr(notifier, "FINISH_SECONDS", 0.05)
    make_receiver("dead")
    stage.fire(timezone.now())
    turn(dispatcher)
    assert fates() == [("fired", "leased")]
    dispatcher.finish()
    row = Notification.objects.get()
    assert (row.state, row.lease, row.attempts) == ("pending", "", 0)


def test_what_comes_back_while_finishing_is_stored(stage, side, dispatcher):
    make_receiver()
    stage.fire(timezone.now())
    dispatcher.step()
    dispatcher.finish()
    assert fates() == [("fired", "sent")]


def test_a_message_that_cannot_be_made_holds_up_nobody(stage, side, dispatcher, monkeypatch, caplog):
    make_receiver("a")
    make_receiver("b")
    real = composing.message

    def message(row):
        if row.receiver_name == "a":
            raise ValueError("no words")
        return real(row)

    monkeypatch.setattr(composing, "message", message)
    stage.fire(timezone.now())
    run_until(dispatcher, lambda: len(side.got) == 1, "the other message")
    assert dict(Notification.objects.values_list("receiver_name", "reason"))["a"] == (
        "The message could not be made: ValueError."
    )
    assert caplog.text.count("a message could not be made") == 1


def test_a_receiver_that_is_deleted_while_its_message_is_under_way_does_no_harm(stage, side, dispatcher):
    receiver = make_receiver()
    stage.fire(timezone.now())
    dispatcher.step()
    receiver.delete()
    run_until(dispatcher, Attempt.objects.exists, "the answer")
    assert fates() == [("fired", "sent")]


def test_an_alert_that_is_deleted_while_its_message_is_under_way_does_no_harm(stage, side, dispatcher):
    make_receiver()
    stage.fire(timezone.now())
    dispatcher.step()
    stage.alert.delete()
    run_until(dispatcher, lambda: not dispatcher._under_way, "the answer")
    assert not Attempt.objects.exists()


def test_after_a_clock_that_was_set_back_nothing_waits_for_the_old_time(stage, side, dispatcher):
    make_receiver()
    stage.fire(timezone.now() + timedelta(hours=1))  # stored before the clock was set
    dispatcher._clock.looked = Looked((at_ms(timezone.now()) or 0) + 3_600_000, boottime())
    run_until(dispatcher, lambda: fates() == [("fired", "sent")], "the message")


def test_it_says_anew_that_it_runs_as_soon_as_the_clock_was_set_back(dispatcher):
    now = timezone.now()
    Notifier.objects.create(pk=1, seen_at=now + timedelta(hours=1))
    dispatcher._clock.looked = Looked((at_ms(now) or 0) + 3_600_000, boottime())
    dispatcher._tend()
    assert now <= Notifier.objects.get().seen_at <= timezone.now()


@pytest.mark.parametrize("ahead", [3600, -3600, 3 * 86_400])
def test_a_clock_that_was_set_holds_the_heartbeat_back_until_it_can_be_told_and_no_longer(
    well, dispatcher, settings, monkeypatch, ahead
):
    settings.LOADMON_HEARTBEAT_URL = "http://hc.example/1"
    asked = []
    monkeypatch.setattr(heartbeat, "ping", lambda url: asked.append(url) or "")
    Notifier.objects.update(seen_at=well - timedelta(seconds=ahead))
    dispatcher._clock.looked = Looked((at_ms(well) or 0) - ahead * 1000, boottime())
    assert dispatcher._beat()
    assert Notifier.objects.get().heartbeat_failure == ""
    dispatcher._clock.set_at -= 60.0
    assert not dispatcher._beat()
    run_until(dispatcher, lambda: asked, "the heartbeat")
    assert Notifier.objects.get().heartbeat_failure == ""


@pytest.mark.django_db(transaction=True)  # its connection is closed
def test_without_a_database_file_it_waits_and_says_why(dispatcher, monkeypatch, caplog):
    with monkeypatch.context() as patched:
        patched.setattr("monitor.database.file.inode", lambda: None)
        assert dispatcher.step() is False
    assert "Cannot work with the database: the database file is gone; restore it" in caplog.text
    dispatcher.step()
    assert "the database works again" in caplog.text


@pytest.mark.django_db(transaction=True)  # its connection is closed
def test_a_locked_database_does_not_work_again_because_a_step_had_nothing_to_write(dispatcher, caplog):
    fails = [True]

    def write() -> None:
        if fails[0]:
            raise OperationalError("database is locked")

    for _ in range(2):
        dispatcher._surviving(write)
        dispatcher.step()  # reads alone
        assert "works again" not in caplog.text
    fails[0] = False
    dispatcher._surviving(write)
    dispatcher.step()
    assert caplog.text.count("works again") == 1


def test_it_says_that_it_runs(dispatcher):
    before = timezone.now()
    dispatcher.step()
    assert Notifier.objects.get().seen_at >= before


# The heartbeat


def test_a_heartbeat_goes_out_and_what_it_led_to_is_stored(well, dispatcher, settings, monkeypatch):
    asked = []
    settings.LOADMON_HEARTBEAT_URL = "http://127.0.0.1:9/secret"
    monkeypatch.setattr(heartbeat, "ping", lambda url: asked.append(url) or "")
    dispatcher._beat()
    run_until(dispatcher, lambda: Notifier.objects.get().heartbeat_at, "the heartbeat")
    assert asked == ["http://127.0.0.1:9/secret"]


def test_a_failing_heartbeat_is_logged_once_and_its_end_too(well, dispatcher, settings, monkeypatch, caplog):
    caplog.set_level("INFO", "monitor.notifications.notifier")
    settings.LOADMON_HEARTBEAT_URL = "http://127.0.0.1:9/secret"
    failures = iter(["HTTP 500", "HTTP 500", ""])
    monkeypatch.setattr(heartbeat, "ping", lambda url: next(failures))
    for stored in ("HTTP 500", "HTTP 500", ""):
        Notifier.objects.update(heartbeat_failure="?")
        dispatcher._beat()
        run_until(
            dispatcher, lambda stored=stored: Notifier.objects.get().heartbeat_failure == stored, "the answer"
        )
    assert caplog.text.count("HTTP 500") == 1
    assert caplog.text.count("all is well again") == 1
    assert "secret" not in caplog.text


def test_no_heartbeat_is_sent_in_trouble_and_the_reason_is_stored(dispatcher, settings, monkeypatch):
    settings.LOADMON_HEARTBEAT_URL = "http://127.0.0.1:9/secret"
    monkeypatch.setattr(heartbeat, "ping", lambda url: pytest.fail("sent"))
    dispatcher._say_seen()
    dispatcher._beat()
    assert Notifier.objects.get().heartbeat_failure.startswith("Not sent: Nothing has been sampled")


def test_a_thread_knows_which_addresses_have_the_message(stage, monkeypatch):
    targets = []
    make_receiver("both", kind="email", address="ann@x.org, bob@x.org")
    stage.fire(timezone.now())
    Notification.objects.update(told="ann@x.org")
    monkeypatch.setattr(notifier, "POLL_SECONDS", 0.01)
    monkeypatch.setattr(notifier, "close_old_connections", lambda: None)
    dispatcher = Dispatcher(lambda event: None, lambda target, message: targets.append(target) or OK)
    until(lambda: turn(dispatcher) and targets, "a thread")
    assert targets[0].told == ("ann@x.org",)
    until(lambda: turn(dispatcher) and fates() == [("fired", "sent")], "the answer")


def test_ten_receivers_that_thank_for_ever_hold_up_no_other_and_each_has_it_once(
    stage, web, dispatcher, monkeypatch
):
    monkeypatch.setattr(dispatcher, "_deliver", transports.deliver)
    monkeypatch.setattr(webhook, "TOTAL_SECONDS", 2.0)
    with rude_server(thank_for_ever()) as port:
        for number in range(10):
            make_receiver(f"rude {number}", address=f"http://127.0.0.1:{port}/{number}")
        make_receiver("other", address=web.url)
        stage.fire(timezone.now())
        run_until(dispatcher, lambda: web.got, "the other one")
        run_until(dispatcher, lambda: fates() == [("fired", "sent")] * 11, "all of them")
    assert set(Notification.objects.values_list("attempts", flat=True)) == {1}
    assert Attempt.objects.filter(delivered=True).count() == 11
