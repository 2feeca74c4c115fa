"""Runs the JavaScript unit tests (node --test), so that one `pytest` runs everything."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.stages.examples import examples

PROJECT = Path(__file__).resolve().parents[1]
ZONES = ("Europe/Berlin", "UTC", "America/New_York", "Asia/Kolkata")


@pytest.fixture(scope="module")
def node() -> str:
    """The path of node; its absence is a loud skip, and a failure in CI."""
    found = shutil.which("node")
    if not found:
        reason = "node is not on PATH: the JavaScript unit tests did NOT run. Install Node.js 20 or later."
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.mark.parametrize("zone", ZONES[: examples(len(ZONES))])
def test_the_javascript_unit_tests_pass_in(zone: str, node: str) -> None:
    files = sorted(str(path) for path in (PROJECT / "tests" / "js").rglob("*.test.js"))
    assert files
    done = subprocess.run(
        [node, "--test", *files],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], "TZ": zone},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
