"""manage.py doctor over a whole installation, with real processes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.doctor.findings import doctor
from tests.stages.servers import Site


@pytest.fixture(scope="module")
def installation() -> Iterator[Site]:
    """One installation for the tests below, none of which changes it for the others."""
    with Site() as site:
        yield site


@pytest.mark.processes
def test_a_running_installation_is_well_from_end_to_end() -> None:
    with Site() as site:
        site.start_sampler()
        site.start_web()
        status, said = doctor(site)
    assert status == 0
    parts = ("database", "journal", "integrity", "migrations", "rules", "second view", "live events", "sampler",
             "clock", "web server", "websocket", "origin")  # fmt: skip
    assert {name: [level for level, _ in said[name]] for name in parts} == {
        name: ["ok", "ok"] if name == "live events" else ["ok"] for name in parts
    }
    assert "the greeting came" in said["websocket"][0][1]


@pytest.mark.processes
def test_a_view_that_needs_a_login_is_well_too() -> None:
    with Site(LOADMON_PUBLIC="no") as site:
        site.start_web()
        _, said = doctor(site)
    assert said["websocket"] == [("ok", said["websocket"][0][1])]
    assert "reading needs a login" in said["websocket"][0][1]


@pytest.mark.processes
def test_under_a_sub_path_the_doctor_finds_its_way() -> None:
    with Site(LOADMON_BASE_PATH="/load") as site:
        site.start_web()
        _, said = doctor(site)
    assert [level for name in ("web server", "websocket", "origin") for level, _ in said[name]] == ["ok"] * 3


@pytest.mark.processes
def test_an_installation_at_rest_gives_warnings_and_status_0(installation: Site) -> None:
    status, said = doctor(installation)
    assert status == 0
    assert said["sampler"][0][0] == said["web server"][0][0] == "warning"
    assert said["integrity"][0][0] == "ok"


@pytest.mark.processes
def test_people_get_the_same_in_lines(installation: Site) -> None:
    ran = installation.manage("doctor")
    assert "ok       integrity      PRAGMA quick_check finds nothing wrong." in ran.stdout
    assert ran.stdout.splitlines()[-1].startswith("0 failures, ")


@pytest.mark.processes
def test_a_missing_database_is_a_failure_and_is_not_made(tmp_path: Path, installation: Site) -> None:
    installation.environment["LOADMON_DATA_DIR"] = str(tmp_path / "empty")
    try:
        status, said = doctor(installation)
    finally:
        installation.environment["LOADMON_DATA_DIR"] = str(installation.data)
    assert status == 1
    assert "is missing" in said["database"][0][1]
    assert not list((tmp_path / "empty").glob("*.sqlite3*"))


@pytest.mark.processes
def test_a_damaged_database_is_a_failure_with_a_way_out() -> None:
    with Site() as site:
        file = site.data / "loadmon.sqlite3"
        pages = file.stat().st_size // 4096
        with open(file, "r+b") as damaged:
            for page in range(pages // 2, pages):
                damaged.seek(page * 4096)
                damaged.write(os.urandom(4096))
        status, said = doctor(site)
    assert status == 1
    assert "failure" in [level for name in ("database", "integrity") for level, _ in said.get(name, [])]


@pytest.mark.processes
def test_a_file_that_is_no_database_is_a_failure() -> None:
    with Site() as site:
        for file in site.data.glob("loadmon.sqlite3*"):
            file.unlink()
        (site.data / "loadmon.sqlite3").write_text("not a database")
        status, said = doctor(site)
    assert status == 1
    assert "is not a SQLite database" in said["database"][0][1]
