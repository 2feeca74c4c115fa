"""The spill: what could not be stored waits in a file, and is stored once, with all that belongs to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError

from monitor.alerts.models import Alert, Evidence, Transition
from monitor.history.models import Gap, Sample
from monitor.hosts.models import Host
from monitor.ingest.door import Door
from monitor.ingest.spill import Spill
from monitor.metrics.gaps import GapSpec, Kind
from monitor.metrics.parts import Kind as PartKind
from monitor.metrics.parts import Part, PartAccount, PartUsed
from monitor.metrics.report import Report
from monitor.metrics.usage import Account, Consumer, Used
from monitor.metrics.usage import Kind as UsageKind
from monitor.rules.models import Rule
from monitor.usage.domain.tiers import TIERS
from monitor.usage.models import PartUsage, Usage, UsageBucket
from tests.stages.ingest import failing_door, reading, report
from tests.stages.snapshots import process, snapshot

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def host(transactional_db: None) -> Host:
    """A host with a rule that fires at once."""
    Rule.objects.all().delete()
    Rule.objects.create(
        name="Busy", metric="cpu_percent", threshold=50.0, clear_threshold=50.0, hold_seconds=0
    )
    return Host.objects.create(name="db-01")


@pytest.fixture
def spill(tmp_path: Path, host: Host) -> Spill:
    """A file in which three readings wait: a gap, an alert that fires, and its evidence."""
    door = failing_door(host, [], OperationalError("database is locked"))
    gap = GapSpec(500, 1000, Kind.SUSPENDED, "of a test")
    door.accept(Report(reading(1), (gap,), snapshot(process(7))))
    door.accept(report(2, cpu_percent=90.0))
    door.accept(report(3, cpu_percent=80.0, load1=None))
    spill = Spill(tmp_path / "waiting")
    spill.write(door.backlog, door.backlog.after_id)
    return Spill(spill.path)


def resume(host: Host, spill: Spill, events: list[Any] | None = None) -> Door:
    return Door(host, (events if events is not None else []).append, 1.0, spilled=spill.read())


def test_what_waits_is_stored_with_its_gap_its_alert_and_its_evidence_and_the_rules_go_on(
    host: Host, spill: Spill
) -> None:
    door = resume(host, spill)
    assert list(Sample.objects.order_by("id").values_list("taken_at_ms", "cpu_percent", "load1")) == [
        (1000, 1.0, 1.0), (2000, 90.0, 1.0), (3000, 80.0, None)]  # fmt: skip
    assert list(Gap.objects.values_list("start_ms", "end_ms", "kind", "note")) == [
        (500, 1000, "suspended", "of a test")
    ]
    alert = Alert.objects.get()
    assert alert.fired_at.timestamp() == 2
    assert Evidence.objects.get(alert=alert).moment == "onset"
    assert door.evaluator.is_open()
    door.accept(report(4, cpu_percent=10.0))
    assert list(Transition.objects.values_list("change", flat=True)) == ["fired", "resolved"]


def test_a_kill_between_storing_and_removing_the_file_doubles_nothing(host: Host, spill: Spill) -> None:
    resume(host, spill)
    door = resume(host, Spill(spill.path))
    assert (Sample.objects.count(), Transition.objects.count(), Gap.objects.count()) == (3, 1, 1)
    assert not door.backlog
    assert spill.path.exists()


def test_what_was_stored_at_a_free_millisecond_beside_its_own_before_a_kill_is_not_stored_again(
    host: Host, spill: Spill
) -> None:
    content = json.loads(spill.path.read_text())
    older = Sample.objects.create(
        host=host, taken_at_ms=1000, covered_ms=1000, **content["readings"][0]["values"]
    )
    spill.path.write_text(json.dumps(content | {"after_id": older.pk}))
    for _ in range(2):
        resume(host, Spill(spill.path))
        assert list(Sample.objects.order_by("id").values_list("taken_at_ms", flat=True)) == [
            1000, 1001, 2000, 3000]  # fmt: skip


def test_the_file_goes_once_all_of_it_is_stored_and_only_if_it_was_read(spill: Spill) -> None:
    spill.forget()
    assert spill.path.exists()
    assert len(spill.read()) == 3
    spill.forget()
    assert list(spill.path.parent.iterdir()) == []


def test_it_is_for_its_owner_alone(spill: Spill) -> None:
    assert spill.path.stat().st_mode & 0o777 == 0o600


def test_where_nothing_waits_there_is_nothing_to_say(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert Spill(tmp_path / "waiting").read() == []
    assert caplog.text == ""


@pytest.mark.parametrize(
    "harm",
    [
        lambda text: "",
        lambda text: text[: len(text) // 2],
        lambda text: "[" * 100_000,
        lambda text: text.replace('"version":2', '"version":3'),
        lambda text: text.replace('"at_ms":1000', '"at_ms":"1000"'),
        lambda text: text.replace('"at_ms":1000', '"at_ms":1e400'),
        lambda text: text.replace('"at_ms":1000', '"at_ms":100000000000000000000'),
        lambda text: text.replace('"covered":1.0', '"covered":NaN'),
        lambda text: text.replace('"cpu_percent":1.0', '"nonsense":1.0'),
        lambda text: text.replace('"fired"', '"exploded"'),
        lambda text: text.replace('"outcome":0', '"outcome":7'),
        lambda text: json.dumps(json.loads(text) | {"more": 1}),
        lambda text: "null",
        lambda text: "\udcff",
    ],
)
def test_a_file_that_is_damaged_is_set_aside_with_a_sentence(
    host: Host, spill: Spill, harm: Any, caplog: pytest.LogCaptureFixture
) -> None:
    before = spill.path.read_text()
    harmed = harm(before)
    assert harmed != before
    spill.path.write_bytes(harmed.encode("utf-8", "surrogateescape"))
    assert spill.read() == []
    assert "cannot be read" in caplog.text
    assert [path.name for path in spill.path.parent.iterdir()] == ["waiting.damaged"]


def test_a_second_damaged_file_takes_the_place_of_no_earlier_one(spill: Spill) -> None:
    for text in ("first", "second"):
        spill.path.write_text(text)
        assert spill.read() == []
    assert {path.name: path.read_text() for path in spill.path.parent.iterdir()} == {
        "waiting.damaged": "first",
        "waiting.damaged-2": "second",
    }


def test_all_that_waited_is_stored_by_a_sampler_whose_own_queue_is_shorter(host: Host, spill: Spill) -> None:
    Door(host, [].append, 600.0, spilled=spill.read())
    assert Sample.objects.count() == 3
    assert Gap.objects.count() == 1


ACCOUNT = Account(
    60_000,
    75_000,
    15_000,
    90,
    20,
    {Consumer(UsageKind.PROGRAM, "make", "ann"): Used(60, 9, read_kib=7)},
    Used(10),
)
MOVED = PartAccount(1, Part(PartKind.DISK, "sda"), PartUsed(in_bytes=5))


def with_usage(spill: Spill) -> Spill:
    items = spill.read()
    items[1].account, items[1].parts = ACCOUNT, (MOVED,)
    spill.write(items, 0)
    return Spill(spill.path)


def test_who_used_the_machine_waits_too_and_is_stored_once(host: Host, spill: Spill) -> None:
    waiting = with_usage(spill)
    for _ in range(2):  # the second time as after a kill before the file was removed
        resume(host, waiting)
    row, bucket = Usage.objects.select_related("consumer").get(), UsageBucket.objects.get()
    assert (row.start, str(row.consumer), row.cpu_ms, row.read_kib, row.written_kib) == (
        1,
        "make (ann)",
        60,
        7,
        None,
    )
    assert (bucket.covered_ms, bucket.machine_cpu_ms, bucket.not_seen_ms, bucket.cpu_ms) == (
        15_000,
        90,
        20,
        10,
    )
    assert set(PartUsage.objects.values_list("tier", "in_bytes")) == {(tier, 5) for tier in TIERS}


def test_a_file_of_before_usage_was_kept_is_read(host: Host, spill: Spill) -> None:
    content = json.loads(spill.path.read_text())
    for one in content["readings"]:
        del one["account"], one["parts"]
    spill.path.write_text(json.dumps(content | {"version": 1}))
    assert [item.account for item in spill.read()] == [None] * 3
    assert resume(host, Spill(spill.path)).newest_ms == 3000


@pytest.mark.parametrize("numbers", [[1], [None] * 10, [2**64] + [0] * 9, [True] + [0] * 9])
def test_what_is_no_use_in_a_damaged_file_is_told(
    spill: Spill, numbers: list[Any], caplog: pytest.LogCaptureFixture
) -> None:
    content = json.loads(with_usage(spill).path.read_text())
    content["readings"][1]["account"]["used"][0]["used"] = numbers
    spill.path.write_text(json.dumps(content))
    assert spill.read() == []
    assert "cannot be read" in caplog.text
