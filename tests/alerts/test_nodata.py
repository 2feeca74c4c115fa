"""A sampler that falls silent is noticed by another process, and only then."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError

from monitor.alerts import recording
from monitor.alerts.models import Alert, Transition
from monitor.alerts.nodata import Watch
from monitor.hosts.models import SYNTHETIC, Host
from monitor.loadtests.models import LoadTest
from monitor.metrics.times import moment
from monitor.notifications.models import Notification
from monitor.notifications.outbox import enqueue
from monitor.rules import loading
from monitor.rules.models import Rule
from tests.factories import NOW_MS, make_alert, make_host, make_receiver, make_samples
from tests.stages.recorder import recorder

pytestmark = pytest.mark.django_db


class Night:
    """A watcher and two clocks that run together, unless told otherwise; samples come while `sampling`."""

    def __init__(self, host):
        self.host, self.sampling, self.events = host, True, []
        self.boot, self.wall, self.ahead_ms = 1000.0, NOW_MS, -500
        self.restart()

    def restart(self):
        """A new watcher, with nothing in its memory."""
        self.watch = Watch(self.events.append, enqueue, lambda: self.boot)

    def __call__(self, seconds):
        """So many seconds pass, with a look every two."""
        for _ in range(0, seconds, 2):
            self.boot += 2
            self.wall += 2000
            if self.sampling:
                make_samples(self.host, 1, end_ms=self.wall + self.ahead_ms)
            self.watch.look(moment(self.wall))

    def sleep(self, seconds):
        """Machine and clock go on, nobody looks."""
        self.boot += seconds
        self.wall += seconds * 1000


@pytest.fixture
def rule():
    Rule.objects.all().delete()
    return Rule.objects.create(
        name="Sampler silent", metric="sampler_silent_seconds", severity="critical", threshold=30.0,
        clear_threshold=10.0, hold_seconds=0,
    )  # fmt: skip


@pytest.fixture
def night(rule):
    make_receiver()
    return Night(make_host())


def changes():
    return list(Transition.objects.values_list("change", flat=True))


def test_a_sampler_that_dies_is_an_alert_with_its_message(night):
    night(60)
    night.sampling = False
    night(28)
    assert not Alert.objects.exists()
    night(6)
    alert = Alert.objects.get()
    assert (alert.rule_name, alert.severity, alert.state) == ("Sampler silent", "critical", "firing")
    assert 30 <= alert.value < 34
    assert Notification.objects.get().kind == "fired"
    assert night.events == [{"type": "live.alerts", "host": "db-01"}]


def test_it_is_over_when_samples_come_again(night):
    night(40)
    night.sampling = False
    night(60)
    night.sampling = True
    night(4)
    assert changes()[-1] == "resolved"
    assert Alert.objects.get().resolved_at is not None
    assert list(Notification.objects.values_list("kind", flat=True)) == ["fired", "resolved"]


def test_a_sampler_that_is_stopped_on_purpose_is_no_alert(night):
    night(40)
    night.sampling = False
    night.host.sampler_stopped_at = moment(night.wall)
    night.host.save()
    night(120)
    assert not Alert.objects.exists()


def test_a_sampler_that_was_started_again_and_died_is_an_alert(night):
    night(40)
    night.host.sampler_stopped_at = None
    night.host.save()
    night.sampling = False
    night(60)
    assert Alert.objects.exists()


def test_an_open_alert_outlives_the_watcher_without_a_second_message(night):
    night(40)
    night.sampling = False
    night(60)
    night.restart()
    night(60)
    assert changes() == ["fired"]
    assert Notification.objects.count() == 1


def test_a_sampler_that_died_while_nobody_watched_is_noticed_by_the_next_watcher(night):
    night(40)
    night.sampling = False
    night.sleep(3600)
    night.restart()
    night(18)
    assert not Alert.objects.exists()
    night(10)
    assert Alert.objects.exists()


def test_after_a_suspend_the_sampler_gets_its_time_to_wake(night):
    night(40)
    night.sleep(8 * 3600)
    night.sampling = False
    night(10)
    night.sampling = True
    night(60)
    assert not Alert.objects.exists()


def test_a_clock_that_is_set_is_no_silence(night):
    night(40)
    night.wall += 3_600_000
    night.sampling = False
    night(4)
    night.sampling = True
    night(60)
    assert not Alert.objects.exists()


def test_after_a_clock_that_was_set_back_a_silence_is_noticed_all_the_same(night):
    night(40)
    night.wall -= 3_600_000
    night(40)
    night.sampling = False
    night(60)
    assert Alert.objects.exists()


def test_with_two_hosts_too_a_silence_after_a_clock_that_was_set_back_is_noticed(night):
    other = make_host("db-02", sampler_stopped_at=moment(NOW_MS + 86_400_000))
    night(40)
    night.wall -= 3_600_000
    night(40)
    make_samples(other, 1, end_ms=night.wall)  # stored last of all
    night.sampling = False
    night(60)
    assert [alert.host for alert in Alert.objects.all()] == [night.host]


def test_a_sampler_that_died_just_when_the_clock_was_set_back_leaves_its_alert_as_it_stands(night):
    night(40)
    night.sampling = False
    night(60)
    night.wall -= 3_600_000
    night(60)
    assert changes() == ["fired"]
    assert Alert.objects.get().resolved_at is None


def test_a_silence_is_noticed_though_the_newest_sample_lies_ahead(night):
    make_samples(night.host, 1, end_ms=NOW_MS + 7_200_000)
    night.sampling = False
    night(28)
    assert not Alert.objects.exists()
    night(6)
    assert 30 <= Alert.objects.get().value < 34


def test_a_sampler_whose_clock_is_ahead_is_not_silent_while_readings_arrive(night):
    night.ahead_ms = 7_200_000
    night(120)
    assert not Alert.objects.exists()
    night.sampling = False
    night(40)
    assert Alert.objects.exists()


def test_a_silence_is_not_over_because_the_clock_comes_again_to_where_the_newest_sample_lies(night):
    make_samples(night.host, 1, end_ms=NOW_MS + 100_000)
    night.sampling = False
    night(200)
    assert changes() == ["fired"]
    night.ahead_ms, night.sampling = -500, True
    night(4)
    assert changes() == ["fired", "resolved"]


def test_a_new_watcher_does_not_end_a_silence_whose_length_nobody_knows(night):
    make_samples(night.host, 1, end_ms=NOW_MS + 7_200_000)
    night.sampling = False
    night(60)
    night.restart()
    night(60)
    assert changes() == ["fired"]
    assert Alert.objects.get().value > 90


def test_an_alert_that_stands_is_judged_though_a_week_has_passed(night):
    night(40)
    night.sampling = False
    night(60)
    night.sleep(8 * 86_400)
    Host.objects.update(sampler_stopped_at=moment(night.wall))
    night(60)
    assert changes() == ["fired", "ended_unseen"]


def test_a_host_that_was_not_sampled_for_a_week_is_let_alone(night):
    make_samples(night.host, 1, end_ms=NOW_MS - 8 * 24 * 3_600_000)
    night.sampling = False
    night(60)
    assert not Alert.objects.exists()


def test_a_synthetic_host_is_never_missed(night):
    demo = make_host("demo", cores_reason=SYNTHETIC)
    make_samples(demo, 1, end_ms=NOW_MS)
    night(80)
    assert not Alert.objects.exists()


def test_each_host_is_judged_by_its_own_samples(night):
    other = make_host("db-02")
    make_samples(other, 1, end_ms=NOW_MS)
    night(80)
    assert [alert.host for alert in Alert.objects.all()] == [other]


def test_an_alert_whose_rule_is_switched_off_ends(night, rule):
    night(40)
    night.sampling = False
    night(60)
    rule.enabled = False
    rule.save()
    night(2)
    assert changes() == ["fired", "rule_gone"]
    assert len(night.events) == 2


def test_an_alert_whose_rule_is_made_worse_becomes_so(night, rule):
    Rule.objects.update(severity="warning")
    night(40)
    night.sampling = False
    night(60)
    Rule.objects.update(severity="critical")
    night(2)
    assert changes() == ["fired", "escalated"]
    assert len(night.events) == 2


def test_the_sampler_leaves_such_an_alert_alone(night):
    night(40)
    night.sampling = False
    night(60)
    assert recorder(night.host).end_orphans(loading.load_rules(), datetime.now(UTC)) == 0
    assert Alert.objects.get().resolved_at is None


def test_of_two_watchers_one_makes_the_alert(night, monkeypatch):
    night(40)
    night.sampling = False
    night(28)
    monkeypatch.setattr(
        recording.Recorder,
        "record",
        lambda *arguments: (_ for _ in ()).throw(IntegrityError("one_open_alert")),
    )
    night(6)
    assert not Alert.objects.exists()
    monkeypatch.undo()
    other = make_alert(
        night.host, NOW_MS, rule=Rule.objects.get(), metric="sampler_silent_seconds", value=40.0
    )
    night(6)
    night.sampling = True
    night(4)
    other.refresh_from_db()
    assert other.state == "resolved"
    assert Alert.objects.count() == 1


def test_the_death_of_a_sampler_in_a_load_test_is_no_drill(night):
    night(40)
    started = moment(night.wall) - timedelta(seconds=10)
    LoadTest.objects.create(host=night.host, state="running", seconds=60, workers=1, started_at=started)
    night.sampling = False
    night(60)
    assert not Alert.objects.get().is_test


def test_value_and_last_look_of_every_open_alert_are_kept_up_to_date(night):
    make_samples(make_host("db-02"), 1, end_ms=NOW_MS)
    night(40)
    night.sampling = False
    night(100)
    assert Alert.objects.count() == 2
    assert all(alert.value > 80 for alert in Alert.objects.all())


@pytest.mark.parametrize("excursion_ms", [3 * 86_400_000, -3 * 86_400_000, 3_600_000, 10**12])
@pytest.mark.parametrize("dies", ["at home", "far away"])
def test_a_short_excursion_of_the_clock_hides_no_host_that_falls_silent(night, excursion_ms, dies):
    """Two hosts whose clocks are set for ten seconds; the second falls silent afterwards, or meanwhile."""
    second = make_host("second")

    def both(seconds, is_silent=False):
        for _ in range(0, seconds, 2):
            if not is_silent:
                make_samples(second, 1, end_ms=night.wall + night.ahead_ms)
            night(2)

    both(60)
    night.wall += excursion_ms
    both(10)
    night.wall -= excursion_ms
    if dies == "at home":
        both(20)
    both(100, is_silent=True)
    assert list(Alert.objects.values_list("host__name", "state")) == [("second", "firing")]
