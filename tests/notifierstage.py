"""A notifier as a process of its own whose waits are short, for tests that kill it: python -m tests.notifierstage."""

import os
import sys

import django


def main() -> None:
    """Shorten the waits, then run the command as it is."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loadmon_site.settings")
    django.setup()
    from django.core.management import execute_from_command_line

    from monitor import notifier
    from monitor.domain import backoff
    from monitor.outbox import claiming

    backoff.FIRST_SECONDS = backoff.BASE_SECONDS = backoff.LONGEST_SECONDS = 0.2
    claiming.LEASE_SECONDS = float(os.environ.get("TEST_LEASE_SECONDS", "1"))
    notifier.POLL_SECONDS = 0.05
    execute_from_command_line(["manage.py", "runnotifier", *sys.argv[1:]])


if __name__ == "__main__":
    main()
