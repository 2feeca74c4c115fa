"""The Makefile: what it leaves in the tree."""

import re
import subprocess

from monitor.conf import BASE_DIR

TOOLS = {
    ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".schemathesis", ".import_linter_cache",
    "test-artifacts", "static/vendor",
}  # fmt: skip
"""What ruff, mypy and a run of the tests write into the tree."""


def test_git_ignores_what_tools_leave():
    ignored = {line.rstrip("/") for line in (BASE_DIR / ".gitignore").read_text().splitlines()}
    assert TOOLS - ignored == set()


def test_make_clean_removes_what_tools_leave_and_keeps_the_data():
    command = ["make", "--dry-run", "clean"]
    told = subprocess.run(command, cwd=BASE_DIR, capture_output=True, text=True, check=True).stdout
    removed = set(re.findall(r"[\w./-]+", told.partition("rm -rf")[2]))
    assert removed >= TOOLS
    assert "var" not in removed
