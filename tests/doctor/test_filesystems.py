"""Which file systems are not measured, by the eyes of the sampler, else by those of the command."""

from __future__ import annotations

import pytest

from monitor.alerts.evidence import store_busy
from monitor.doctor import filesystems
from monitor.doctor.finding import Level
from monitor.hosts.models import Host
from monitor.runtime import clock
from tests.doctor.findings import only
from tests.stages.snapshots import document, snapshot

pytestmark = pytest.mark.django_db
FAR = {"path": "/mnt/nas", "reason": "nfs4, which can hang", "remedy": ""}
HIDDEN = {"path": "/home", "reason": "not in sight", "remedy": "Let it see."}


@pytest.fixture
def told(settings):
    """Let the sampler have said this of its disks."""

    def arrange(percent: float | None, *unasked: dict[str, str], age_ms: int = 0) -> None:
        host = Host.objects.create(name=settings.LOADMON_HOST_NAME)
        path = None if percent is None else "/srv"
        disk = {"disk__fullest_percent": percent, "disk__fullest_path": path, "disk__unasked": list(unasked)}
        store_busy(host, document(at=clock.now_ms() - age_ms, **disk))

    return arrange


def test_the_fullest_and_what_is_left_out_for_what_it_is_are_told_as_they_are(told) -> None:
    told(94.0, FAR)
    finding = only(filesystems.file_systems_are_seen())
    assert finding.level is Level.OK
    assert finding.text == (
        "The sampler measures what is on disks; the fullest is /srv (94 %)."
        " Not measured: /mnt/nas (nfs4, which can hang)."
    )


def test_what_the_sampler_could_be_let_see_is_a_warning_with_what_to_do(told) -> None:
    told(94.0, HIDDEN, HIDDEN | {"path": "/root"}, FAR)
    finding = only(filesystems.file_systems_are_seen())
    assert (finding.level, finding.remedy) == (Level.WARNING, "Let it see.")
    assert "/home (not in sight); /root (not in sight); /mnt/nas" in finding.text


def test_without_any_file_system_the_metric_is_told_as_unknown(told) -> None:
    told(None)
    finding = only(filesystems.file_systems_are_seen())
    assert finding.level is Level.WARNING
    assert "not known" in finding.text


def test_without_a_sampler_the_command_says_what_it_sees_itself(told, monkeypatch) -> None:
    told(94.0, FAR, age_ms=3_600_000)
    seen = snapshot(unasked=(("/home", "not in sight", "Let it see."),))
    monkeypatch.setattr(filesystems, "scanned", lambda: seen)
    finding = only(filesystems.file_systems_are_seen())
    assert "Not measured: /home (not in sight)." in finding.text
    assert "/srv" not in finding.text


@pytest.mark.parametrize("is_told", [True, False])
def test_it_says_whose_eyes_these_are(told, is_told: bool) -> None:
    if is_told:
        told(94.0)
    text = only(filesystems.file_systems_are_seen()).text
    assert text.startswith("The sampler measures" if is_told else ("No sampler says", "No file system"))
