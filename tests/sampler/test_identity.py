"""Which stored host a machine is, whatever it is called; and what is told, not merged."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import F

from monitor.alerts.models import Alert
from monitor.history.models import Sample
from monitor.hosts import lookup
from monitor.hosts.models import SYNTHETIC, Host, Lease
from monitor.metrics.times import moment
from monitor.runtime import lock
from monitor.sampler import identity
from monitor.sampler.identity import Settled, relatives, settle
from tests.factories import NOW_MS, make_alert, make_host, make_samples

pytestmark = pytest.mark.django_db
OURS_ALONE = identity._is_ours_alone


class Elsewhere:
    """Stands in for the event that stops a sampler: while it is waited for, some hosts go on delivering."""

    def __init__(self) -> None:
        self.delivering: list[Host] = []
        self.waited = 0.0

    def wait(self, seconds: float) -> bool:
        self.waited += seconds
        for host in self.delivering:
            make_samples(host, 1, end_ms=NOW_MS + round(self.waited * 1000))
        return False


class Machine:
    """A machine whose ids, clock and other samplers the test sets; no lock of its data directory is held."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.machine_id, self.boot_id, self.locked = "m1", "b1", set[str]()
        self.elsewhere = Elsewhere()
        monkeypatch.setattr(identity, "identity", lambda: self)
        monkeypatch.setattr(identity, "_is_ours_alone", lambda: False)
        monkeypatch.setattr(identity.clock, "now_ms", lambda: NOW_MS)
        monkeypatch.setattr(lock, "is_held", lambda path: path.stem.removeprefix("sampler-") in self.locked)

    def settle(self, name: str) -> Settled:
        return settle(name, self.elsewhere)  # type: ignore[arg-type]


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(monkeypatch)


def web1(age_ms: int = 60_000, **fields: object) -> Host:
    """The machine m1 under its old name; its newest sample is so old."""
    host = make_host("web1", **({"machine_id": "m1", "boot_id": "b0"} | fields))
    make_samples(host, 3, end_ms=NOW_MS - age_ms)
    return host


def names() -> list[str]:
    return list(Host.objects.order_by("name").values_list("name", flat=True))


def test_a_machine_that_was_never_seen_is_a_new_host(machine: Machine) -> None:
    assert machine.settle("web1").host.name == "web1"
    assert names() == ["web1"]


@pytest.mark.parametrize("fields", [{}, {"machine_id": "", "boot_id": "b1"}])
def test_a_renamed_machine_is_the_same_host_with_its_history(
    machine: Machine, caplog: pytest.LogCaptureFixture, fields: dict[str, str]
) -> None:
    host = web1(**fields)
    alert = make_alert(host, NOW_MS)
    settled = machine.settle("web2")
    assert (settled.host.pk, settled.host.name, settled.note) == (host.pk, "web2", "")
    assert (settled.host.renamed_from, names()) == ("web1", ["web2"])
    assert Sample.objects.filter(host=settled.host).count() == 3
    assert Alert.objects.get(host=settled.host) == alert
    assert caplog.messages == [
        'The host "web1" is now called "web2": it is the same machine, and goes on with its history.'
    ]
    assert lookup.named("web1") == settled.host  # old links lead to it


def test_a_container_that_comes_back_under_another_name_is_the_same_host(machine: Machine) -> None:
    machine.machine_id = ""
    host = web1(machine_id="", boot_id="b1")
    assert machine.settle("6f2c").host.pk == host.pk


def test_containers_of_one_machine_share_its_boot_and_are_not_taken_for_each_other(machine: Machine) -> None:
    machine.machine_id = ""
    web1(machine_id="", boot_id="b1")
    make_samples(make_host("db1", boot_id="b1"), 1, end_ms=NOW_MS - 60_000)
    machine.settle("6f2c")
    assert names() == ["6f2c", "db1", "web1"]


def test_two_machines_of_which_both_have_an_id_are_not_one_because_of_their_boot(machine: Machine) -> None:
    web1(machine_id="m2", boot_id="b1")
    machine.settle("web2")
    assert names() == ["web1", "web2"]


def test_a_host_whose_sampler_holds_its_lock_is_another_one(machine: Machine) -> None:
    web1(boot_id="b1")
    machine.locked = {"web1"}
    assert machine.settle("web2").note == ""
    assert names() == ["web1", "web2"]


def test_a_copied_machine_id_is_told_and_nothing_is_merged(machine: Machine) -> None:
    machine.elsewhere.delivering = [web1(age_ms=500)]
    note = machine.settle("web2").note
    assert note.startswith(
        'The machine id of this host is that of "web1" too, which was alive as this sampler began'
    )
    assert names() == ["web1", "web2"]
    assert Host.objects.filter(renamed_from="").count() == 2


@pytest.mark.parametrize(("age_ms", "waited"), [(500, 4.5), (6000, 0.0), (-7_200_000, 5.0)])
def test_whether_it_lives_is_told_by_what_arrives_and_not_by_its_last_sample(
    machine: Machine, age_ms: int, waited: float
) -> None:
    web1(age_ms=age_ms)
    machine.settle("web2")
    assert names() == ["web2"]
    assert machine.elsewhere.waited == pytest.approx(waited, abs=0.3)


def test_a_sampler_that_said_goodbye_is_not_waited_for(machine: Machine) -> None:
    web1(age_ms=500, sampler_stopped_at=moment(NOW_MS))
    machine.settle("web2")
    assert (names(), machine.elsewhere.waited) == (["web2"], 0.0)


def test_a_name_with_a_history_of_its_own_is_not_merged_with_another(
    machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    web1()
    other = make_host("web2", machine_id="m2")
    make_samples(other, 1, end_ms=NOW_MS - 60_000)
    assert machine.settle("web2").host.pk == other.pk
    assert names() == ["web1", "web2"]
    assert caplog.messages[0].startswith('This machine was stored as "web1" before, and is "web2" now')
    Host.objects.filter(name="web2").update(machine_id="m1")
    caplog.clear()
    machine.settle("web2")
    assert caplog.messages == []  # told once


def test_of_two_that_it_may_have_been_none_is_taken(
    machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    web1()
    make_host("test", machine_id="m1")
    machine.settle("web2")
    assert names() == ["test", "web1", "web2"]
    assert '"web1", "test"' in caplog.messages[0]


def test_made_up_hosts_are_nobody(machine: Machine) -> None:
    web1(cores_reason=SYNTHETIC)
    machine.settle("web2")
    assert names() == ["web1", "web2"]


def test_a_name_that_another_machine_delivers_under_is_refused(machine: Machine) -> None:
    machine.elsewhere.delivering = [web1(age_ms=500, machine_id="m2")]
    with pytest.raises(lock.AlreadyRunning, match='Another machine samples as "web1"'):
        machine.settle("web1")


def lease(host: Host, **fields: object) -> None:
    """One that a sampler on another machine took."""
    about = {
        "holder": "h",
        "boot_id": "b9",
        "pid": 7,
        "machine": "far",
        "directory": "/there",
        "place": "1:1",
    }
    Lease.objects.create(host=host, **(about | fields))


def test_a_holder_that_gives_signs_of_life_is_named_and_one_that_gives_none_is_waited_for(
    machine: Machine,
) -> None:
    host = web1(machine_id="m2")
    lease(host)
    machine.elsewhere.delivering = [host]
    with pytest.raises(lock.AlreadyRunning, match=r'process 7 on "far", with the data directory /there'):
        machine.settle("web1")
    machine.elsewhere.delivering, machine.elsewhere.waited = [], 0.0
    assert machine.settle("web1").host == host
    assert machine.elsewhere.waited == identity.LEASE_SECONDS


def test_a_lease_that_is_renewed_is_a_sign_of_life_though_nothing_is_stored(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = web1(machine_id="m2")
    lease(host)

    def renew(seconds: float) -> bool:
        Lease.objects.update(turns=F("turns") + 1)
        return False

    monkeypatch.setattr(machine.elsewhere, "wait", renew)
    with pytest.raises(lock.AlreadyRunning):
        machine.settle("web1")


@pytest.mark.parametrize("fields", [{"holder": ""}, {"boot_id": "b1", "place": "ours"}])
def test_what_is_certainly_dead_is_not_waited_for(
    machine: Machine, settings: Any, fields: dict[str, str]
) -> None:
    status = settings.LOADMON_DATA_DIR.stat()
    place = {"place": f"{status.st_dev}:{status.st_ino}"} if "place" in fields else {}
    lease(web1(age_ms=500), **(fields | place))
    machine.settle("web1")
    assert machine.elsewhere.waited == 0.0


def test_after_a_reboot_the_name_is_its_own(machine: Machine) -> None:
    host = web1(age_ms=500)
    assert machine.settle("web1").host.pk == host.pk


@pytest.mark.parametrize(("place", "waited"), [("", 0.0), ("elsewhere", 4.5)])
def test_a_file_in_the_data_directory_has_no_samplers_elsewhere(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, settings: Any, place: str, waited: float
) -> None:
    monkeypatch.setattr(identity, "_is_ours_alone", OURS_ALONE)
    monkeypatch.setattr(identity.file, "inode", lambda: 4711)
    monkeypatch.setattr(identity.file, "path", lambda: settings.LOADMON_DATA_DIR / place / "loadmon.sqlite3")
    web1(age_ms=500)
    machine.settle("web2")
    assert names() == ["web2"]
    assert machine.elsewhere.waited == pytest.approx(waited, abs=0.3)


def test_nobody_is_asked_who_has_no_id_in_common() -> None:
    def never(host: Host) -> bool:
        raise AssertionError(host)

    found = relatives("m1", "b1", [Host(name="a"), Host(name="b", machine_id="m2", boot_id="b1")], never)
    assert (found.before, found.copies, found.unclear) == (None, (), ())
