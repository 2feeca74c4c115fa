"""A wall clock that is wrong in other processes, by as much as a file says; their other clocks stay right."""

from __future__ import annotations

from pathlib import Path

SHIFT = "SECONDS_THAT_THE_CLOCK_IS_WRONG"

CODE = f'''
import datetime, os, time

_time, _time_ns, _real = time.time, time.time_ns, datetime.datetime


def _shift():
    with open(os.environ["{SHIFT}"]) as file:
        return float(file.read() or 0)


class _Kind(type(_real)):
    def __instancecheck__(cls, one):
        return isinstance(one, _real)

    def __subclasscheck__(cls, one):
        return issubclass(one, _real)


class _Shifted(_real, metaclass=_Kind):
    @classmethod
    def now(cls, tz=None):
        return _real.fromtimestamp(time.time(), tz)

    @classmethod
    def utcnow(cls):
        return _real.fromtimestamp(time.time(), datetime.timezone.utc).replace(tzinfo=None)


_Shifted.__name__ = _Shifted.__qualname__ = "datetime"
time.time = lambda: _time() + _shift()
time.time_ns = lambda: _time_ns() + round(_shift() * 1e9)
datetime.datetime = _Shifted
'''


class WrongClock:
    """Sets the wall clock of processes that run in its `environment`."""

    def __init__(self, folder: Path) -> None:
        (folder / "sitecustomize.py").write_text(CODE)
        self._file = folder / "shift"
        self.environment = {"PYTHONPATH": str(folder), SHIFT: str(self._file)}
        self.set_by(0)

    def set_by(self, seconds: float) -> None:
        """Let the clock be wrong by so many seconds from now on; whoever reads it never sees half of it."""
        new = self._file.with_suffix(".new")
        new.write_text(str(seconds))
        new.replace(self._file)
