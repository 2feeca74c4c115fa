"""Quantities in words: numbers with their unit, and durations, as a person reads them: "75 %", "1.5 GiB", "2 min 5 s"."""

from __future__ import annotations

from monitor.metrics.catalogue import Unit

BYTE_PREFIXES = ("", "Ki", "Mi", "Gi", "Ti", "Pi")
SPANS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def quantity(value: float, unit: Unit) -> str:
    """`value` of `unit` with at most two decimals; a value that is not finite is named as it is."""
    if unit is Unit.PERCENT:
        return f"{number(value)} %"
    if unit in (Unit.BYTES, Unit.BYTES_PER_SECOND):
        return _bytes(value) + ("/s" if unit is Unit.BYTES_PER_SECOND else "")
    if unit in (Unit.TASKS, Unit.CORES):
        return f"{number(value)} {unit.value.removesuffix('s') if value == 1 else unit.value}"
    if unit is Unit.SECONDS:
        return f"{number(value)} s"
    return number(value)


def number(value: float) -> str:
    """`value` with at most two decimals and no idle zeros."""
    text = f"{value:.2f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def span(seconds: float) -> str:
    """A duration in its two largest units: "45 s", "2 min", "1 h 3 min", "2 d 4 h"; below a second "0 s"."""
    left = max(0, round(seconds))
    parts = []
    for size, name in SPANS:
        count, left = divmod(left, size)
        parts.append((count, name))
    first = next((index for index, (count, _) in enumerate(parts) if count), len(parts) - 1)
    shown = [f"{count} {name}" for count, name in parts[first : first + 2] if count]
    return " ".join(shown) or "0 s"


def _bytes(value: float) -> str:
    for prefix in BYTE_PREFIXES[:-1]:
        if abs(value) < 1024:
            return f"{number(value)} {prefix}B"
        value /= 1024
    return f"{number(value)} {BYTE_PREFIXES[-1]}B"
