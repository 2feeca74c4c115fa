"""Renderer of the chart of a message as PNG: twice as large as it is shown, in colours that every background bears.

Pillow and no plotting library: the notifier works at the worst of times, when the machine is overloaded.
"""

from __future__ import annotations

import io
from datetime import datetime

from PIL import Image, ImageDraw, ImageFont

from monitor.notifications.messages.chart import Chart, time_ticks, value_ticks

WIDTH, HEIGHT = 1200, 440  # shown at half of it
SMOOTH = 2  # drawn larger and reduced: Pillow's lines have hard edges
LEFT, RIGHT, TOP, BOTTOM = 132, 24, 62, 50
FONT_SIZE = 22
COLOURS = 64
BACK, GRID, INK, MUTED = "#ffffff", "#e3e7ec", "#1c2430", "#5b6675"
LINE, FILL, LIMIT, MOMENT = "#1f5fbf", "#dbe7f8", "#b42318", "#93560a"

Point = tuple[float, float]


def draw(chart: Chart) -> bytes:
    """The PNG, 1200 x 440 pixels, some 10 to 30 kB."""
    return _Drawing(chart).png()


class _Drawing:
    def __init__(self, chart: Chart) -> None:
        self.chart = chart
        self.image = Image.new("RGB", (WIDTH * SMOOTH, HEIGHT * SMOOTH), BACK)
        self.pen = ImageDraw.Draw(self.image)
        self.font = ImageFont.load_default(FONT_SIZE * SMOOTH)
        self.top = chart.top
        self.start = chart.start.timestamp()
        self.length = max(1.0, chart.end.timestamp() - self.start)

    def png(self) -> bytes:
        """Everything, from the back to the front."""
        runs = self._runs()
        for run in runs:
            self.pen.polygon([(run[0][0], self.y(0)), *run, (run[-1][0], self.y(0))], fill=FILL)
        self._axes()
        for run in runs:
            self.pen.line(run if len(run) > 1 else [*run, *run], fill=LINE, width=3 * SMOOTH, joint="curve")
        self._moments()
        self._thresholds()
        shrunk = self.image.reduce(SMOOTH).quantize(COLOURS, dither=Image.Dither.NONE)
        stream = io.BytesIO()
        shrunk.save(stream, format="PNG")
        return stream.getvalue()

    def x(self, seconds: float) -> float:
        """Where a time (s since the epoch) lies."""
        share = (seconds - self.start) / self.length
        return (LEFT + min(1.0, max(0.0, share)) * (WIDTH - LEFT - RIGHT)) * SMOOTH

    def y(self, value: float) -> float:
        """Where a value lies."""
        share = min(1.0, max(0.0, value / self.top))
        return (HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)) * SMOOTH

    def _runs(self) -> list[list[Point]]:
        runs: list[list[Point]] = [[]]
        for at, value in zip(self.chart.times, self.chart.values, strict=True):
            if value is None:
                runs.append([])
            else:
                runs[-1].append((self.x(at / 1000), self.y(value)))
        return [run for run in runs if run]

    def _axes(self) -> None:
        right = (WIDTH - RIGHT) * SMOOTH
        for value, text in value_ticks(self.chart):
            self.pen.line([(LEFT * SMOOTH, self.y(value)), (right, self.y(value))], fill=GRID, width=SMOOTH)
            self._write(((LEFT - 12) * SMOOTH, self.y(value)), text, MUTED, "rm")
        for moment, text in time_ticks(self.chart):
            x = self.x(moment.timestamp())
            self.pen.line([(x, self.y(0)), (x, self.y(0) + 6 * SMOOTH)], fill=MUTED, width=SMOOTH)
            self._write((x, self.y(0) + 12 * SMOOTH), text, MUTED, "ma")
        self._write((12 * SMOOTH, 8 * SMOOTH), self.chart.label, INK, "la")
        zone = f"{self.chart.end:%Z}"
        self._write((right, 8 * SMOOTH), zone, MUTED, "ra")

    def _thresholds(self) -> None:
        for value, text in self.chart.thresholds:
            y = self.y(value)
            for x in range(LEFT * SMOOTH, (WIDTH - RIGHT) * SMOOTH, 18 * SMOOTH):
                self.pen.line(
                    [(x, y), (min(x + 11 * SMOOTH, (WIDTH - RIGHT) * SMOOTH), y)],
                    fill=LIMIT,
                    width=2 * SMOOTH,
                )
            self._write(((LEFT + 8) * SMOOTH, y - 4 * SMOOTH), text, LIMIT, "ld")

    def _moments(self) -> None:
        for moment, text in self.chart.moments:
            if self.chart.start <= moment <= self.chart.end:
                self._moment(moment, text)

    def _moment(self, moment: datetime, text: str) -> None:
        x = self.x(moment.timestamp())
        self.pen.line([(x, (TOP - 14) * SMOOTH), (x, self.y(0))], fill=MOMENT, width=2 * SMOOTH)
        beyond = x > (WIDTH - RIGHT - 180) * SMOOTH
        self._write(
            (x + (-6 if beyond else 6) * SMOOTH, (TOP - 20) * SMOOTH), text, MOMENT, "ra" if beyond else "la"
        )

    def _write(self, at: Point, text: str, colour: str, anchor: str) -> None:
        """On a halo of the background, so that a line behind the text leaves it readable."""
        self.pen.text(
            at, text, fill=colour, font=self.font, anchor=anchor, stroke_width=3 * SMOOTH, stroke_fill=BACK
        )
