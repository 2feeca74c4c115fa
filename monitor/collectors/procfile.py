"""A small text file of the kernel, read again and again as cheaply as that can be."""

import errno
import os

CHUNK_BYTES = 65536
ABSENT = (errno.ENOENT, errno.ENOTDIR, errno.EOPNOTSUPP)


class ProcFile:
    """Keeps the file descriptor open (a read is then three to five times cheaper) and opens anew when it went bad."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._fd: int | None = None
        self._seen = False

    def read(self) -> str | None:
        """The whole text; None while this host has never had the file (or the kernel says it is switched off).

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
            self._forget()
            return self._read_whole()

    def _forget(self) -> None:
        try:
            self.close()
        except OSError:  # the descriptor was bad already, which is why it is let go
            self._fd = None

    def _read_whole(self) -> str:
        if self._fd is None:
            self._fd = os.open(self.path, os.O_RDONLY)
        # One read gives a page of a list such as /proc/diskstats, however large the buffer: read on until the end.
        parts: list[bytes] = []
        offset = 0
        while part := os.pread(self._fd, CHUNK_BYTES, offset):
            parts.append(part)
            offset += len(part)
        return b"".join(parts).decode("utf-8", "replace")
