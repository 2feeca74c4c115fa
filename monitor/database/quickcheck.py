"""Quick check: a program of its own examines the pages of a SQLite file, `python -I quickcheck.py FILE`, without Django.

It prints what is wrong with FILE, and ends with 0 where it is whole, 1 where it is damaged, 3 where it cannot tell. Older
versions of SQLite cannot be interrupted in this; a process can be killed.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

WHOLE, DAMAGED, UNKNOWN = 0, 1, 3
LOCK_SECONDS = 1.0
LONGEST_MESSAGE = 200


def start(path: Path) -> subprocess.Popen[str]:
    """Begin to examine the database at `path`; `answer` says what came of it."""
    command, quiet = [sys.executable, "-I", __file__, str(path)], subprocess.DEVNULL
    return subprocess.Popen(command, stdin=quiet, stdout=subprocess.PIPE, stderr=quiet, text=True)


def answer(process: subprocess.Popen[str], seconds: float = 0.0) -> str | None:
    """What is wrong, "" where the file is whole, None where it cannot be told; after `seconds` more it is killed."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return None
    said = process.communicate()[0]
    return {WHOLE: "", DAMAGED: said}.get(process.returncode)


def examine(path: Path) -> str | None:
    """What is wrong with the database at `path`, "" where it is whole, None where it cannot be opened."""
    uri = f"{path.resolve().as_uri()}?mode=rw"
    try:
        with closing(sqlite3.connect(uri, LOCK_SECONDS, uri=True, isolation_level=None)) as database:
            said = str(database.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.OperationalError:
        return None
    except sqlite3.DatabaseError as error:
        said = str(error)
    return "" if said == "ok" else " ".join(said.split())[:LONGEST_MESSAGE].rstrip(".")


def main(arguments: list[str]) -> int:
    """Examine as `arguments` say, with as little claim to the processors as can be; return the exit status."""
    os.nice(19)
    said = examine(Path(arguments[0]))
    sys.stdout.write(said or "")
    return UNKNOWN if said is None else DAMAGED if said else WHOLE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
