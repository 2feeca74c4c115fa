"""Files of control groups: read again and again, those that move through descriptors that stay open, within a bound."""

from __future__ import annotations

import contextlib
import errno
import os
import resource
from collections.abc import Collection, Sequence

MOST_BYTES = 16_384
"""More than any file of counters has; it is one record, which one read gives whole."""

PEEK_BYTES = 512
"""The CPU time is in the first line."""

MOST_KEPT = 512
FOR_OTHERS = 256
"""Descriptors that the rest of the process may need."""

LOOK_AGAIN = 4
"""A file that was not there is looked for again at every fourth look."""


def most_kept() -> int:
    """How many descriptors may stay open, by the limit of this process."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_KEPT if soft < 0 else max(0, min(MOST_KEPT, (soft - FOR_OTHERS) // 2))


class GroupFiles:
    """Reads the files of control groups by path. For one thread only."""

    def __init__(self, most: int | None = None) -> None:
        self._most = most_kept() if most is None else most
        self._kept: dict[str, int] = {}
        self._absent: dict[str, int] = {}

    def read(self, path: str) -> bytes | None:
        """What the file holds now; None where its group went, or the kernel has no such file."""
        kept = self._kept.get(path)
        if kept is not None:
            with contextlib.suppress(OSError):
                return os.pread(kept, MOST_BYTES, 0)
            self.close(path)  # of a group that went; one of the same name may be there
        if self._absent.get(path):
            self._absent[path] -= 1
            return None
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            self._absent[path] = LOOK_AGAIN - 1
            return None
        self._absent.pop(path, None)
        try:
            return os.pread(descriptor, MOST_BYTES, 0)
        except OSError:  # pressure that is switched off tells so only here
            return None
        finally:
            os.close(descriptor)

    def peek(self, paths: Sequence[str]) -> list[bytes | None]:
        """The same of many at once; None for those that are not kept open."""
        kept, pread = self._kept, os.pread
        told: list[bytes | None] = []
        for path in paths:
            descriptor = kept.get(path)
            try:
                told.append(None if descriptor is None else pread(descriptor, PEEK_BYTES, 0))
            except OSError:
                self.close(path)
                told.append(None)
        return told

    def keep(self, wanted: Collection[str]) -> None:
        """Keep the first of `wanted` open, as far as there is room, and no others."""
        chosen = list(dict.fromkeys(wanted))[: self._most]
        for path in self._kept.keys() - set(chosen):
            self.close(path)
        for path in chosen:
            if path not in self._kept:
                try:
                    self._kept[path] = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
                except OSError as error:
                    if error.errno in (errno.EMFILE, errno.ENFILE):
                        break

    def forget(self, top: str) -> None:
        """Let go of all files in a group's directory: another group has its name by now."""
        for path in [path for path in self._kept if path.rpartition("/")[0] == top]:
            self.close(path)
        self._absent = {path: left for path, left in self._absent.items() if path.rpartition("/")[0] != top}

    def settle(self, tops: Collection[str]) -> None:
        """Let go of what is known of files outside of these directories."""
        known = set(tops)
        for path in [path for path in self._kept if path.rpartition("/")[0] not in known]:
            self.close(path)
        self._absent = {path: left for path, left in self._absent.items() if path.rpartition("/")[0] in known}

    def close(self, path: str | None = None) -> None:
        """Give the descriptor of `path` back; without one all."""
        for each in [path] if path is not None else list(self._kept):
            descriptor = self._kept.pop(each, None)
            if descriptor is not None:
                os.close(descriptor)

    def __len__(self) -> int:
        return len(self._kept)

    def __del__(self) -> None:
        self.close()
