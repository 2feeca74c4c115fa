"""Names of the machine's users, from /etc/passwd alone: asking a directory server could hang."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping

from monitor.collectors import procfile
from monitor.metrics.text import harmless

PASSWD = "/etc/passwd"  # noqa: S105 it is where names are
REFRESH_SECONDS = 300.0


class Users:
    """The names of users by their ids; the file is read anew after some minutes."""

    def __init__(self, passwd: str = PASSWD) -> None:
        self._passwd = passwd
        self._names: Mapping[int, str] = {}
        self._read_at = -REFRESH_SECONDS

    def name(self, uid: int) -> str:
        """What a user is called; the id where nobody says."""
        now = time.monotonic()
        if now - self._read_at >= REFRESH_SECONDS:
            self._names, self._read_at = parse_users(procfile.text(self._passwd)), now
        return self._names.get(uid, str(uid))


def parse_users(text: str) -> dict[int, str]:
    """Names by user id from the text of /etc/passwd; the first line of an id counts."""
    users: dict[int, str] = {}
    for line in text.splitlines():
        words = line.split(":")
        if len(words) > 2 and re.fullmatch(r"\d{1,10}", words[2], re.ASCII):
            users.setdefault(int(words[2]), harmless(words[0]))
    return users
