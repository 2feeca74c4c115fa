"""Names that no row tells of go from the dictionaries, and those that hardly any row tells of where names are many."""

import random
import string

import pytest

from monitor.metrics.parts import Kind as PartKind
from monitor.metrics.parts import Part, PartAccount, PartUsed
from monitor.metrics.usage import Account, Consumer, Kind, Used
from monitor.usage import cleaning, dictionary, parts, rows, settling
from monitor.usage.cleaning import BOOKS, PASS_SECONDS, Cleaning
from monitor.usage.domain.tiers import TIERS
from monitor.usage.models import Consumer as Name
from monitor.usage.models import Part as PartName
from monitor.usage.models import PartUsage, Usage, UsageBucket
from monitor.usage.storing import Ledger
from tests.factories import make_host

pytestmark = pytest.mark.django_db
MINUTE = 29_000_160 - 29_000_160 % 360
NGINX = Consumer(Kind.SERVICE, "nginx.service")


class Machine:
    """A host whose usage is stored and cleaned by a clock of the test."""

    def __init__(self, host):
        self.host, self.ledger = host, Ledger(host)
        self.now = 0.0
        self.cleaning = Cleaning(lambda: self.now)

    def use(self, minute, used):
        start_ms = (MINUTE + minute) * 60_000
        total = sum(one.cpu_ms for one in used.values())
        with self.ledger.watched():
            self.ledger.add(Account(start_ms, start_ms + 15_000, 15_000, total, 0, used))

    def settle(self):
        while settling.settle(self.host, growing=None):
            pass

    def clean(self, passes=1):
        for _ in range(passes):
            while self.cleaning.step(self.host):
                pass
            self.now += PASS_SECONDS


@pytest.fixture
def machine(host):
    return Machine(host)


def names():
    return set(Name.objects.values_list("name", flat=True))


def program(name):
    return Consumer(Kind.PROGRAM, name, "ann")


def forget_rows_of(name):
    Usage.objects.filter(consumer_id__in=Name.objects.filter(name=name).values("pk")).delete()


def test_a_name_that_no_row_tells_of_goes_after_two_passes(machine):
    machine.use(0, {NGINX: Used(5), program("gone"): Used(1)})
    forget_rows_of("gone")
    machine.clean()
    assert names() == {"nginx.service", "gone"}
    machine.clean()
    assert names() == {"nginx.service"}


def test_passes_lie_apart(machine):
    machine.use(0, {program("gone"): Used(1)})
    forget_rows_of("gone")
    for _ in range(10):
        while machine.cleaning.step(machine.host):
            pass
    assert names() == {"gone"}


def test_who_is_used_between_two_passes_stays(machine):
    machine.use(0, {NGINX: Used(5), program("back"): Used(1)})
    forget_rows_of("back")
    machine.clean()
    machine.use(0, {program("back"): Used(3)})
    machine.clean(5)
    assert names() == {"nginx.service", "back"}
    assert Usage.objects.get(consumer__name="back").cpu_ms == 3


def test_who_is_used_again_after_its_name_went_has_a_new_one(machine):
    machine.use(0, {NGINX: Used(5), program("back"): Used(1)})
    forget_rows_of("back")
    machine.clean()
    Name.objects.filter(name="back").update(is_unused=True)
    machine.use(1, {NGINX: Used(1)})  # reads the names, and that this one has a mark
    machine.clean()
    assert names() == {"nginx.service"}
    machine.use(1, {program("back"): Used(3)})
    assert Usage.objects.get(consumer__name="back").cpu_ms == 3


def test_who_has_rows_in_any_tier_keeps_its_name(machine):
    machine.use(0, {NGINX: Used(5)})
    machine.settle()
    for tier in (1, 15, 60):
        rows.clear(machine.host, tier, MINUTE)
    machine.clean(5)
    assert names() == {"nginx.service"}


def test_names_of_another_host_are_its_own(machine):
    other = Machine(make_host("other"))
    other.use(0, {program("theirs"): Used(1)})
    forget_rows_of("theirs")
    machine.clean(5)
    assert names() == {"theirs"}


def test_windows_of_rows_are_looked_through_one_a_step(machine, monkeypatch):
    monkeypatch.setattr(cleaning, "BUCKETS_A_STEP", 10)
    for minute in range(0, 40, 2):
        machine.use(minute, {program(f"tool{minute % 4}"): Used(1)})
    steps = 0
    while machine.cleaning.step(machine.host):
        steps += 1
    assert steps == 4
    assert not Name.objects.filter(is_unused=True).exists()


def storm(count):
    """Names that have nothing in common."""
    at = random.Random(7)
    return [program("".join(at.choices(string.ascii_lowercase, k=9))) for _ in range(count)]


def test_a_storm_of_ten_thousand_names_leaves_room_for_who_comes_back(machine):
    storming = storm(10_000)
    for minute in range(100):
        machine.use(minute, {one: Used(10) for one in storming[100 * minute : 100 * minute + 100]})
    assert Name.objects.count() == dictionary.FREELY
    for minute in range(100, 112):
        machine.use(minute, {NGINX: Used(500), program("oncemore"): Used(1)})
    assert {"nginx.service", "oncemore"} <= names()
    assert Usage.objects.filter(consumer__name="nginx.service").count() == 2
    assert Name.objects.count() == dictionary.FREELY + 2


def test_every_millisecond_of_a_storm_is_told_by_name_or_of_the_others(machine):
    storming = storm(3000)
    for minute in range(30):
        machine.use(minute, {one: Used(10) for one in storming[100 * minute : 100 * minute + 100]})
    machine.settle()
    assert [used_in(tier) for tier in TIERS] == [30_000] * 5


def test_where_names_are_many_who_was_hardly_used_is_told_among_the_others(machine, monkeypatch):
    for name, value in (("FULL", 0.03), ("EMPTIER", 0.02)):
        monkeypatch.setattr(cleaning, name, value)
    for minute in range(20):
        machine.use(minute, {NGINX: Used(100), program("cron"): Used(5)})
    for minute, one in enumerate(storm(70)):
        machine.use(minute // 10, {one: Used(10)})
    machine.settle()
    whole = [used_in(tier) for tier in (1, 15, 60, 360)]
    machine.clean(5)
    assert Name.objects.count() == 40
    assert {"nginx.service", "cron"} <= names()
    assert [used_in(tier) for tier in (1, 15, 60, 360)] == whole
    assert set(Usage.objects.values_list("consumer_id", flat=True)) <= set(
        Name.objects.values_list("pk", flat=True)
    )


def used_in(tier):
    named = Usage.objects.filter(tier=tier).values_list("cpu_ms", flat=True)
    return sum(named) + sum(UsageBucket.objects.filter(tier=tier).values_list("cpu_ms", flat=True))


def test_ten_thousand_devices_leave_room_for_the_next_disk(machine):
    devices = [Part(PartKind.DISK, one.name) for one in storm(10_000)]
    for minute in range(100):
        some = devices[100 * minute : 100 * minute + 100]
        parts.add(machine.host, [PartAccount(MINUTE + minute, one, PartUsed(1, in_bytes=1)) for one in some])
    assert PartName.objects.count() == parts.MOST
    root = Part(PartKind.FILE_SYSTEM, "/")
    parts.add(machine.host, [PartAccount(MINUTE + 200, root, PartUsed(1, 1, 1))])
    assert not PartName.objects.filter(name="/").exists()
    machine.clean(3)
    assert PartName.objects.count() == int(cleaning.EMPTIER * parts.MOST)
    parts.add(machine.host, [PartAccount(MINUTE + 201, root, PartUsed(1, 1, 1))])
    assert PartUsage.objects.filter(part__name="/").count() == len(TIERS)


def test_a_part_that_no_row_tells_of_goes(machine):
    for name in ("sda", "sdb"):
        parts.add(machine.host, [PartAccount(MINUTE, Part(PartKind.DISK, name), PartUsed(1, in_bytes=1))])
    PartUsage.objects.filter(part__name="sdb").delete()
    machine.clean(2)
    assert list(PartName.objects.values_list("name", flat=True)) == ["sda"]
    parts.add(machine.host, [PartAccount(MINUTE, Part(PartKind.DISK, "sdb"), PartUsed(1, in_bytes=1))])
    assert PartUsage.objects.filter(part__name="sdb").count() == len(TIERS)


def test_every_dictionary_is_cleaned():
    assert {book.names for book in BOOKS} == {Name, PartName}
