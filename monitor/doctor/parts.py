"""Examination of the parts that `serve` runs: which keep ending, and what they said last."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from monitor.doctor.finding import Examination, Finding, failure
from monitor.runtime import endings

REMEDY = "Mend what it says; `serve` starts it again by itself."


def parts_live() -> list[Finding]:
    """Of each part that keeps ending, how and with which last lines; nothing of the others, which have their own."""
    return [
        failure("parts", f"{one.sentence()} {one.last_words()}", REMEDY)
        for one in endings.read(Path(settings.LOADMON_DATA_DIR))
    ]


EXAMINATIONS = (Examination("parts", parts_live),)
