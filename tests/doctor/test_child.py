"""The second process that the doctor starts."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from monitor.doctor import database
from monitor.doctor.child import ChildFailed


def test_a_child_that_fails_is_told_by_its_last_line(monkeypatch) -> None:
    ran = SimpleNamespace(returncode=1, stdout="", stderr="Traceback\n  x\nOSError: no room\n")
    monkeypatch.setattr(database.child.subprocess, "run", lambda *arguments, **options: ran)
    with pytest.raises(ChildFailed, match="OSError: no room"):
        database.child.ask("view")
