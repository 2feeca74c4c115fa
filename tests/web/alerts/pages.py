"""What the tests of the pages of alerts show and read."""

import re

from django.contrib.auth.models import User

from tests.factories import make_user

BACKEND = "django.contrib.auth.backends.ModelBackend"
EVIL = "<img src=x onerror=alert(1)>"
MINUTE_MS = 60_000
DOCUMENT = {
    "at": 1, "seconds": 120.0, "cores": 4.0, "load1": 9.2, "cpu": {"busy": 38.0, "user": None},
    "pressure": {"io_some": 41.0}, "memory": {"available_bytes": 2**30}, "tasks": {"running": 3, "blocked": 6},
    "by_cpu": [{"pid": 7, "name": "rsync", "unit": "backup.service", "user": "root", "cpu_percent": 96.1,
                "rss_bytes": 2**20, "command": "rsync --secret-folder"}],
    "by_memory": [{"pid": 8, "name": EVIL, "unit": EVIL, "user": EVIL, "cpu_percent": None, "rss_bytes": None}],
    "blocked": [{"pid": 9, "name": "tar", "unit": None, "user": None, "waits_in": "nfs_wait", "threads": 2}],
    "groups": [{"name": EVIL, "kind": "unit", "cpu_percent": 1.0, "rss_bytes": 1, "processes": 2, "blocked": 0}],
    "truncated": False,
}  # fmt: skip


def login(client, *permissions: str, **fields) -> User:
    """Log ann in, with these permissions."""
    user = make_user("ann", permissions, **fields)
    client.force_login(user, backend=BACKEND)
    return user


def text_of(response) -> str:
    """The page as text."""
    return response.content.decode()


def listed(client, query: str = "") -> list[int]:
    """The ids of the alerts in the list, in their order."""
    response = client.get(f"/alerts/{query}")
    assert response.status_code == 200, text_of(response)
    return [int(found) for found in re.findall(r'data-alert="(\d+)"', text_of(response))]
