"""Evidence as rows: taken before, at the peak and at the end of an alert, and stored with the change it belongs to."""

import json
from dataclasses import replace

import pytest
from django.db import OperationalError

from monitor.alerts import evidence
from monitor.alerts.evidence import Witness, busy_now, store_busy
from monitor.alerts.models import Alert, Evidence
from monitor.history.models import Sample
from monitor.hosts.models import Host
from monitor.ingest import door as door_module
from monitor.ingest.door import Door
from monitor.metrics.catalogue import NAMES
from monitor.metrics.reading import Reading
from monitor.metrics.report import Report
from monitor.metrics.snapshot import FileSystem
from monitor.rules.domain.evaluator import Evaluator
from monitor.rules.domain.spec import RuleSpec
from monitor.rules.domain.states import Status
from monitor.rules.models import Rule
from tests.factories import NOW_MS, make_alert, make_host
from tests.stages.ingest import FailingGuard
from tests.stages.snapshots import process, snapshot

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def host(transactional_db):
    Rule.objects.all().delete()
    Rule.objects.create(
        name="Load", metric="load1", threshold=1.0, clear_threshold=0.8, per_core=True,
        for_seconds=10, hold_seconds=10,
    )  # fmt: skip
    return make_host()


def at(second):
    return NOW_MS + second * 1000


def scanned(second, name="ffmpeg", cpu=20.0, **fields):
    """A snapshot of one process that used `cpu` of the last ten seconds."""
    one = snapshot(process(7, name, cpu, **fields))
    return type(one)(**{slot: getattr(one, slot) for slot in one.__slots__} | {"at_ms": at(second)})


def reading(second, load, **values):
    known = {"load1": load, "cpu_effective_cores": 2.0, "cpu_percent": 99.0, "tasks_running": 4.0} | values
    return Reading(at(second), 1.0, 0.0, {name: known.get(name) for name in NAMES})


class Stage:
    """A door whose witness sees the snapshots that the test takes."""

    def __init__(self, host):
        self.snapshots = []
        """Scans that ended before the next reading."""
        self.guard = FailingGuard()
        self.door = Door(host, lambda event: None, 1.0, self.guard)

    def run(self, start, end, load, **values):
        for second in range(start, end):
            if second % 10 == 0:
                self.snapshots.append(scanned(second))
            self.accept(reading(second, load, **values))

    def accept(self, one):
        """Let the door take in a reading with what was scanned; of several scans all but the last at once."""
        *earlier, scan = self.snapshots or [None]
        for each in earlier:
            self.door.witness.see(each)
        self.snapshots.clear()
        self.door.accept(Report(one, snapshot=scan))


@pytest.fixture
def stage(host):
    return Stage(host)


def test_an_alert_explains_itself_by_who_was_busy_before_it_fired(stage):
    stage.run(0, 20, 9.0)
    alert = Alert.objects.get()
    onset = Evidence.objects.get(moment="onset")
    assert onset.alert == alert
    assert alert.explanation == onset.sentence
    assert "mostly ffmpeg (2 cores)" in onset.sentence
    assert onset.document["by_cpu"][0]["name"] == "ffmpeg"
    assert (onset.value, onset.at) == (9.0, alert.fired_at)


def test_an_alert_on_a_full_disk_says_which_one(host):
    Rule.objects.create(
        name="Disk full", metric="disk_fullest_percent", threshold=90.0, clear_threshold=87.0, for_seconds=0
    )
    stage = Stage(host)
    stage.snapshots.append(replace(scanned(0), fullest=FileSystem("/var", 95.0, 2**30)))
    stage.accept(reading(1, 0.1, disk_fullest_percent=95.0))
    assert Alert.objects.get().explanation == "Fullest file system /var 95 %, 1 GiB left."


def fired_after_three_took_over(host, load_rule, stage=None):
    """A rule over `load_rule` seconds; soloist is busy until half a minute before, then three others are."""
    Rule.objects.all().delete()
    Rule.objects.create(
        name="CPU", metric="cpu_percent", threshold=80, clear_threshold=70, hold_seconds=10, **load_rule
    )
    stage = stage or Stage(host)
    soloist = process(7, "soloist", 6.0)
    for second in range(60):
        if second % 15 == 0:
            stage.snapshots.append(taken(second, 15.0, soloist))
        stage.accept(reading(second, 0.4, cpu_percent=20.0))
    jump = taken(60, 15.0, soloist, process(11, "grinder-0", 0.7), process(12, "grinder-1", 0.7))
    stage.snapshots.append(replace(jump, ended=frozenset({(7, 1.0)})))
    for second in range(60, 100):
        if second > 60 and second % 2 == 0:
            grinders = [process(11 + n, f"grinder-{n}", 1.3) for n in range(3)]
            stage.snapshots.append(taken(second, 2.0, *grinders, cpu_seconds=3.9, machine_cpu_seconds=4.0))
        stage.accept(reading(second, 3.0, cpu_percent=100.0))
    return Evidence.objects.get(moment="onset")


def taken(second, seconds, *processes, **fields):
    return replace(snapshot(*processes, seconds=seconds, **fields), at_ms=at(second))


@pytest.mark.parametrize(
    ("rule", "judged"),
    [
        ({"window_seconds": 20, "for_seconds": 0}, 20.0),
        ({"window_seconds": 10, "for_seconds": 8}, 18.0),
        ({"window_seconds": 0, "for_seconds": 12}, 12.0),
        ({"window_seconds": 0, "for_seconds": 30}, 30.0),
    ],
)
def test_the_onset_tells_of_what_the_rule_judged_and_of_nobody_who_was_busy_before(host, rule, judged):
    onset = fired_after_three_took_over(host, rule)
    found = onset.document
    assert found["judged_seconds"] == judged
    assert 0 < found["seconds"] <= judged
    assert {one["name"] for one in found["by_cpu"]} == {"grinder-0", "grinder-1", "grinder-2"}
    assert "soloist" not in onset.sentence


def test_figures_of_the_onset_are_means_over_what_the_rule_judged(host):
    onset = fired_after_three_took_over(host, {"window_seconds": 0, "for_seconds": 12})
    assert onset.document["cpu"]["busy"] == 100.0
    assert onset.document["seen_percent"] == 97.5


def test_where_no_look_lies_in_what_the_rule_judged_nobody_is_named(host):
    """It fires at the latest value, and the newest look is of the quarter of a minute that ended with it."""
    onset = fired_after_three_took_over(host, {"window_seconds": 0, "for_seconds": 0})
    found = onset.document
    assert (found["judged_seconds"], found["seconds"], found["by_cpu"]) == (5.0, None, [])
    assert "soloist" not in onset.sentence


def test_who_has_ended_within_the_time_is_told_as_gone(host):
    witness = Witness()
    busy = [process(7, "soloist", 9.0), process(8, "encoder", 5.0)]
    witness.see(taken(10, 10.0, *busy))
    witness.see(replace(taken(20, 10.0, busy[1]), ended=frozenset({(7, 1.0)})))
    witness.take(reading(20, 3.0), Evaluator([], {}), [])
    rows = {one["name"]: one.get("gone", False) for one in witness.document(at(20), 20.0)["by_cpu"]}
    assert rows == {"soloist": True, "encoder": False}


@pytest.mark.parametrize(
    ("window", "wait", "judged"), [(20, 0, 20), (600, 120, 720), (3600, 3600, 900), (0, 0, 5), (0, 30, 30)]
)
def test_what_a_rule_judged_is_its_window_and_how_long_it_had_to_hold(window, wait, judged):
    rule = RuleSpec(1, "CPU", "cpu_percent", "warning", window, 80, 70, wait, 10, False)
    assert evidence.judged_seconds(rule) == judged


def test_evidence_does_not_look_ahead(stage, host):
    stage.run(0, 10, 9.0)
    stage.snapshots.append(scanned(60, "later"))
    stage.run(10, 12, 9.0)
    assert "later" not in Evidence.objects.get(moment="onset").sentence


def test_the_peak_is_on_record_ten_seconds_after_it_fired(stage):
    stage.run(0, 30, 9.0)
    peak = Evidence.objects.get(moment="peak")
    assert (peak.value, peak.document["load1"]) == (9.0, 9.0)


def test_a_notably_higher_peak_takes_the_place_of_a_lower_one(stage):
    stage.run(0, 30, 9.0)
    stage.run(30, 45, 14.0)
    assert Evidence.objects.get(moment="peak").value == 14.0


def test_a_hardly_higher_peak_is_not_worth_a_row(stage):
    stage.run(0, 30, 9.0)
    first = Evidence.objects.get(moment="peak").at
    stage.run(30, 60, 9.01)
    assert Evidence.objects.get(moment="peak").at == first


def test_a_peak_is_renewed_at_most_every_ten_seconds(stage, monkeypatch):
    written = []
    real = evidence._store
    monkeypatch.setattr(
        evidence, "_store", lambda alert, finding: (written.append(finding), real(alert, finding))
    )
    for second in range(60):
        stage.run(second, second + 1, 9.0 + second)
    assert len([one for one in written if one.moment == "peak"]) <= 5


def test_the_end_has_evidence_too(stage):
    stage.run(0, 20, 9.0)
    stage.run(20, 40, 0.5, cpu_percent=3.0, tasks_running=0.0)
    recovery = Evidence.objects.get(moment="recovery")
    assert recovery.value == 0.5
    assert recovery.document["load1"] == 0.5
    assert Alert.objects.get().explanation == Evidence.objects.get(moment="onset").sentence


def test_without_any_scan_an_alert_still_explains_itself_by_its_values(host):
    door = Door(host, lambda event: None, 1.0)
    for second in range(20):
        door.accept(Report(reading(second, 9.0)))
    assert Alert.objects.get().explanation == (
        "Load 9.0 on 2 cores: 4 running; CPU 99 %: the CPU. "
        "This is of the 10 s before it fired; processes were looked at in 0 of them."
    )


def test_evidence_waits_with_its_reading_while_the_database_fails(stage):
    stage.guard.error = OperationalError("database or disk is full")
    stage.run(0, 30, 9.0)
    stage.run(30, 50, 0.5)
    stage.snapshots.append(scanned(50, "later"))
    assert Evidence.objects.count() == 0
    stage.guard.error = None
    stage.run(50, 51, 0.5)
    assert sorted(Evidence.objects.values_list("moment", flat=True)) == ["onset", "peak", "recovery"]
    assert "ffmpeg" in Evidence.objects.get(moment="onset").sentence
    assert Evidence.objects.get(moment="onset").at == Alert.objects.get().fired_at


def test_evidence_of_a_reading_that_was_dropped_is_not(host, monkeypatch):
    monkeypatch.setattr(door_module, "QUEUE_SECONDS", 5.0)
    stage = Stage(host)
    stage.guard.error = OSError("gone")
    stage.run(0, 60, 9.0)
    stage.guard.error = None
    stage.run(60, 61, 9.0)
    assert Sample.objects.count() < 10
    assert "ffmpeg" in Alert.objects.get().explanation


def test_evidence_that_cannot_be_stored_takes_its_alert_with_it(stage, monkeypatch):
    def broken(*arguments):
        raise OperationalError("disk I/O error")

    monkeypatch.setattr(evidence, "_store", broken)
    stage.run(0, 15, 9.0)
    assert Alert.objects.count() == Evidence.objects.count() == 0
    monkeypatch.undo()
    stage.run(15, 16, 9.0)
    assert Evidence.objects.get(moment="onset").alert == Alert.objects.get()


def test_a_sampler_that_was_restarted_does_not_overwrite_a_worse_peak(stage, host):
    stage.run(0, 30, 14.0)
    again = Stage(host)
    again.run(30, 60, 9.0)
    assert Evidence.objects.get(moment="peak").value == 14.0


def test_a_lower_value_is_the_peak_of_an_alert_that_fires_below(host):
    alert = make_alert(host, comparison="below")
    witness = Witness()
    rule = RuleSpec(
        1, "Memory", "memory_available_percent", "warning", 0, 10, 15, 0, 10, False, comparison="below"
    )
    for second, value in ((0, 8.0), (12, 8.0), (30, 9.0), (45, 3.0)):
        standing = {1: Status(state="firing", value=value, seen_at_ms=at(second))}
        found = witness.take(
            reading(second, 1.0, memory_available_bytes=2.0**28), Evaluator([rule], standing), []
        )
        for one in found:
            evidence._store(alert, one)
    assert Evidence.objects.get(moment="peak").value == 3.0
    assert "256 MiB of memory available" in Evidence.objects.get(moment="peak").sentence


def test_figures_are_means_over_the_time_and_the_load_is_the_newest(stage):
    for second in range(60):
        stage.accept(reading(second, second / 10, cpu_percent=100.0 if second < 45 else 0.0))
    found = stage.door.witness.document(at(59), 30.0)
    assert (found["cpu"]["busy"], found["load1"]) == (50.0, 5.9)


def test_what_keeps_a_host_busy_is_known_to_other_processes_for_a_minute(host):
    store_busy(host, {"at": NOW_MS, "by_cpu": []})
    host.refresh_from_db()
    assert busy_now(host, NOW_MS + 59_000) == {"at": NOW_MS, "by_cpu": []}
    assert busy_now(host, NOW_MS + 61_000) is None
    assert busy_now(make_host("other"), NOW_MS) is None


def test_hostile_names_are_stored_as_harmless_text(stage):
    stage.snapshots.append(scanned(0, "<script>alert(1)</script>"))
    stage.run(1, 9, 9.0)
    stage.run(9, 20, 9.0)
    found = Evidence.objects.get(moment="onset")
    assert json.loads(json.dumps(found.document)) == found.document
    assert len(found.sentence) <= 500


def test_the_host_is_deleted_with_its_evidence(stage):
    stage.run(0, 20, 9.0)
    Host.objects.all().delete()
    assert Evidence.objects.count() == 0
