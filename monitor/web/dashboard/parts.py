"""Parts of this installation that keep ending, as the page, its frames and the API tell of them."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from monitor.runtime import endings
from monitor.web.dashboard.schemas import Part


def parts(with_last_words: bool) -> list[Part]:
    """Those that `serve` has to start again and again; what they said last may hold what only staff may see."""
    return [
        Part(name=one.name, sentence=one.sentence(), said=list(one.said) if with_last_words else None)
        for one in endings.read(Path(settings.LOADMON_DATA_DIR))
    ]
