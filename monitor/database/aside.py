"""Setting aside: what another file takes the place of is kept in a folder beside it, `set-aside-<time>/`, never deleted.

That of a restore is kept whole: the file with its log, its index and its mark. A kill in the middle is made good by whoever
comes next, for what is to be done is written down first.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

ENDINGS = ("", "-wal", "-shm", "-mark")
INCOMING = "incoming.sqlite3"


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """Nobody else exchanges the database at `path` meanwhile. Raises OSError."""
    with path.with_name(f"{path.name}-lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def new_folder(path: Path) -> Path:
    """An empty folder for what is set aside of the database at `path`. Raises OSError."""
    stem = time.strftime("set-aside-%Y%m%dT%H%M%SZ", time.gmtime())
    for number in range(1, 1000):
        folder = path.with_name(stem if number == 1 else f"{stem}-{number}")
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            return folder
    raise OSError(f"there are too many folders like {path.with_name(stem)}")


def is_pending(path: Path) -> bool:
    """Whether an exchange of the database at `path` was begun and is not at its end."""
    try:
        return _plan(path).exists()
    except OSError:
        return False


def exchange(path: Path, draft: Path) -> Path:
    """Let the file `draft` take the place of the database at `path`; return the folder that keeps what was there.

    Processes that have the old one open go on in it, in that folder, until they notice. Raises OSError.
    """
    with alone(path):
        _finish(path)
        folder = new_folder(path)
        draft.rename(folder / INCOMING)
        plan = _plan(path)
        unfinished = plan.with_name(f"{plan.name}.{os.getpid()}.part")
        unfinished.write_text(json.dumps({"folder": folder.name}), encoding="utf-8")
        unfinished.replace(plan)
        _finish(path)
    return folder


def finish(path: Path) -> None:
    """Bring an exchange to its end that was begun by a process that died. Raises OSError."""
    with alone(path):
        _finish(path)


def _finish(path: Path) -> None:
    """The file goes first: without it nobody opens what else is there. The new one comes last."""
    plan = _plan(path)
    if not plan.exists():
        return
    folder = path.with_name(json.loads(plan.read_text(encoding="utf-8"))["folder"])
    if (folder / INCOMING).exists():
        for ending in ENDINGS:
            there = path.with_name(f"{path.name}{ending}")
            kept = folder / there.name
            if os.path.lexists(there) and not os.path.lexists(kept):
                there.rename(kept)
        settle(folder)
        (folder / INCOMING).rename(path)
        settle(path.parent)
    plan.unlink()


def set_log_aside(path: Path, own_inode: bool) -> Path:
    """Move the log away that is not of the file at `path`; return the folder that keeps it.

    own_inode: the file was written over in place, so give it an inode of its own: processes that have it open then see
    that it is another, and do not fold their log into it. Raises OSError.
    """
    folder = new_folder(path)
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        if own_inode:
            shutil.copyfile(path, draft)
            draft.chmod(0o600)
        for ending in ENDINGS[1:]:
            there = path.with_name(f"{path.name}{ending}")
            if there.exists():
                there.rename(folder / there.name)
        if own_inode:
            draft.replace(path)
        settle(path.parent)
    finally:
        draft.unlink(missing_ok=True)
    return folder


def _plan(path: Path) -> Path:
    return path.with_name(f"{path.name}-exchange")


def settle(path: Path) -> None:
    """Let what was written into a file, or renamed in a folder, survive a power cut. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
