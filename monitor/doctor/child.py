"""Second process of the doctor, to see whether the first one's world is also the second one's."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from django.conf import settings

SECONDS = 20.0


class ChildFailed(Exception):
    """The second process could not do what was asked; the message is its last line."""


def command(*arguments: str) -> list[str]:
    """The command line that asks a second process for one thing; see the doctor command's --probe."""
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), "doctor", "--probe", *arguments]


def ask(*arguments: str) -> Any:
    """What a second process answers, parsed from JSON."""
    try:
        ran = subprocess.run(
            command(*arguments), capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ChildFailed(f"it did not answer within {SECONDS:g} s") from error
    if ran.returncode != 0:
        lines = (ran.stderr or ran.stdout).strip().splitlines()
        raise ChildFailed(lines[-1] if lines else f"it ended with status {ran.returncode}")
    return json.loads(ran.stdout)
