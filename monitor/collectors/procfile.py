"""Readers of small text files of the kernel: of one that is read again and again, as cheaply as that can be, and once."""

import contextlib
import errno
import os
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

CHUNK_BYTES = 65536
ABSENT = (errno.ENOENT, errno.ENOTDIR, errno.EOPNOTSUPP)


class NoNumbers(Exception):
    """A source is there and does not tell what it should; the message names it."""


def text(path: str | os.PathLike[str]) -> str:
    """The text of a file, read once; "" where it cannot be read."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


class ProcFile:
    """Keeps its descriptor open: a read is then three times cheaper. Opens the file anew if that went bad.

    errors: what to do with bytes that are no UTF-8, as for bytes.decode.
    """

    def __init__(self, path: str, errors: str = "replace") -> None:
        self.path, self._errors = path, errors
        self._fd: int | None = None
        self._seen = False

    def read(self) -> str | None:
        """The whole text; None while this host has never had the file (or the kernel has it switched off).

        Raises OSError when a file that was there cannot be read any more.
        """
        try:
            text = self._read_again()
        except OSError as error:
            if self._seen or error.errno not in ABSENT:
                raise
            return None
        self._seen = True
        return text

    def close(self) -> None:
        """Give the file descriptor back; a later read opens the file anew."""
        if self._fd is not None:
            fd, self._fd = self._fd, None
            os.close(fd)

    def __del__(self) -> None:
        self.close()

    def _read_again(self) -> str:
        if self._fd is None:
            return self._read_whole()
        try:
            return self._read_whole()
        except OSError:
            with contextlib.suppress(OSError):
                self.close()
            return self._read_whole()

    def _read_whole(self) -> str:
        if self._fd is None:
            self._fd = os.open(self.path, os.O_RDONLY)
        # One read gives a page of a list such as /proc/diskstats, however large the buffer: read on until the
        # end.
        parts: list[bytes] = []
        offset = 0
        while part := os.pread(self._fd, CHUNK_BYTES, offset):
            parts.append(part)
            offset += len(part)
        return b"".join(parts).decode("utf-8", self._errors)


def understood(file: ProcFile, parse: Callable[[str], Found | None]) -> Found | None:
    """What `parse` makes of the text of `file`; None while this host has never had it.

    Raises NoNumbers where the text is empty or of another kind: `parse` finds nothing in it or fails.
    """
    told = file.read()
    if told is None:
        return None
    try:
        found = parse(told)
    except (ValueError, IndexError, OverflowError):
        raise NoNumbers(f"{file.path} cannot be understood.") from None
    if not found:
        raise NoNumbers(f"{file.path} {'tells nothing of what it should' if told.strip() else 'is empty'}.")
    return found
