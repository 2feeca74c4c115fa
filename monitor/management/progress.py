"""A progress bar for commands: one line, and only where a person looks at it."""

from __future__ import annotations

import time

from django.core.management.base import OutputWrapper

WIDTH = 30
REDRAW_SECONDS = 0.1


class Bar:
    """Draws a share of 0 to 1 on `stream` while it is a terminal; anything else stays silent."""

    def __init__(self, stream: OutputWrapper, what: str) -> None:
        self._stream = stream
        self._what = what
        self._shown = stream.isatty()
        self._next = 0.0

    def show(self, share: float, note: str = "") -> None:
        """Draw, at most ten times a second."""
        now = time.monotonic()
        if not self._shown or now < self._next:
            return
        self._next = now + REDRAW_SECONDS
        full = round(WIDTH * min(1.0, max(0.0, share)))
        self._draw(f"{self._what} [{'#' * full}{'.' * (WIDTH - full)}] {100 * share:3.0f} % {note}")

    def note(self, text: str) -> None:
        """Draw words only, where nobody knows how much there will be."""
        if self._shown:
            self._draw(f"{self._what}: {text}")

    def _draw(self, line: str) -> None:
        self._stream.write(f"\r{line:<79.79}", str, ending="")
        self._stream.flush()

    def close(self) -> None:
        """Leave the line empty for what comes next."""
        if self._shown:
            self._stream.write(f"\r{'':<79}\r", str, ending="")
            self._stream.flush()
