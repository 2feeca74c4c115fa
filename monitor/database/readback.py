"""Read-back: a program of its own reads what was stored as others will, `python -I readback.py FILE`, without Django.

Who has a database open finds its way in the write-ahead log by the index, and never reads the headers and sums again that
everybody needs who opens it after a crash. This reads them: header, and each frame up to the last that was committed. It
prints what is wrong, and ends with 0 where all is readable, 1 where not, 3 where it cannot tell.
"""

from __future__ import annotations

import os
import struct
import sys

TYPE_CHECKING = (
    False  # typing's own would be imported: without all of these the program starts in half the time
)
if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

WHOLE, DAMAGED, UNKNOWN = 0, 1, 3
TRIES = 5  # the log may begin anew in the midst of it
MOST_SUMMED = 2000  # frames; of those beyond only the salts are looked at
HEADER, FRAME = 32, 24
MAGIC, VERSION = 0x377F0682, 3007000
SUM = 0xFFFFFFFF


class Unknown(Exception):
    """It cannot be told: nobody has the database open, or its log is just changing."""


def start(path: Path) -> subprocess.Popen[str]:
    """Begin to read back what is stored at `path`; quickcheck.answer() says what came of it."""
    import subprocess

    command, quiet = [sys.executable, "-I", "-S", __file__, str(path)], subprocess.DEVNULL
    return subprocess.Popen(command, stdin=quiet, stdout=subprocess.PIPE, stderr=quiet, text=True)


def examine(path: Path | str) -> str | None:
    """What is wrong with the log of the database at `path`, "" where it is whole, None where it cannot be told."""
    for _ in range(TRIES):
        try:
            before = _index(path)
            log = _bytes(f"{path}-wal") if before.frames else b""
            said = wrong(log, before) if before.frames else ""
            if not said or _index(path).salts == before.salts:
                return said
        except (OSError, Unknown):
            return None
    return None


class Index:
    """What the index says of the log: frames that were committed, salts, and the sum of the last frame."""

    def __init__(self, raw: bytes) -> None:
        self.frames, self.salts = struct.unpack_from("=I", raw, 16)[0], raw[32:40]
        self.sum: tuple[int, int] = struct.unpack_from("=II", raw, 24)


def wrong(log: bytes, index: Index) -> str:
    """What is wrong with a log of which `index` tells; "" where nothing is."""
    if len(log) < HEADER:
        return "its write-ahead log was cut off"
    magic, version, page, _, _, _, *told = struct.unpack_from(">8I", log)
    words = ">" if magic & 1 else "<"
    found = _sum((0, 0), log[:24], words)
    if magic & ~1 != MAGIC or version != VERSION or log[16:24] != index.salts or list(found) != told:
        return "the header of its write-ahead log is damaged"
    page = 65536 if page == 1 else page
    for number in range(index.frames):
        at = HEADER + number * (FRAME + page)
        frame = log[at : at + FRAME + page]
        if len(frame) < FRAME + page:
            return f"its write-ahead log was cut off at frame {number + 1} of {index.frames}"
        if frame[8:16] != index.salts:
            return f"frame {number + 1} of {index.frames} of its write-ahead log is damaged"
        if number < MOST_SUMMED:
            found = _sum(_sum(found, frame[:8], words), frame[FRAME:], words)
            if found != struct.unpack_from(">II", frame, 16):
                return f"frame {number + 1} of {index.frames} of its write-ahead log is damaged"
    return ""


def _sum(start: tuple[int, int], content: bytes, words: str) -> tuple[int, int]:
    first, second = start
    numbers = iter(struct.unpack(f"{words}{len(content) // 4}I", content))
    for one, two in zip(numbers, numbers, strict=True):
        first = (first + one + second) & SUM
        second = (second + two + first) & SUM
    return first, second


def _index(path: Path | str) -> Index:
    """The head of the index, which is written twice: where the two differ it is just being written."""
    for _ in range(TRIES):
        raw = _bytes(f"{path}-shm", 96)
        if len(raw) == 96 and raw[:48] == raw[48:] and raw[12]:
            return Index(raw)
    raise Unknown


def _bytes(name: str, most: int = -1) -> bytes:
    with open(name, "rb") as file:
        return file.read(most)


def main(arguments: list[str]) -> int:
    """Examine as `arguments` say, with as little claim to the processors as can be; return the exit status."""
    os.nice(19)
    said = examine(arguments[0])
    sys.stdout.write(said or "")
    return UNKNOWN if said is None else DAMAGED if said else WHOLE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
