"""Private files of an installation: the directory of its data and its secret key, for their owner alone."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from monitor.conf import newfile


def private_directory(path: Path) -> Path:
    """Make `path` and its parents with mode 0700 where they are missing; return it."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def secret_key(path: Path) -> str:
    """Return the key stored in `path`; the first caller makes it, mode 0600, whole or not at all."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
        with contextlib.suppress(FileExistsError):  # another process was first: its key counts
            newfile.publish(draft, path)
    return path.read_text().strip()
