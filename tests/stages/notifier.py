"""A notifier as a process of its own whose waits are short, for tests that kill it: python -m tests.stages.notifier.

It is the loop without the command around it, which looks for migrations first: thirty starts are long enough.
"""

import os
import signal
import threading

import django

from monitor.alerts.domain import nodata
from monitor.database import file
from monitor.notifications import notifier
from monitor.notifications.domain import backoff
from monitor.notifications.outbox import claiming


def main() -> None:
    """Shorten the waits, then deliver until SIGTERM."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loadmon_site.settings")
    django.setup()

    wait = float(os.environ.get("TEST_BACKOFF_SECONDS", "0.2"))
    backoff.FIRST_SECONDS = backoff.BASE_SECONDS = backoff.LONGEST_SECONDS = wait
    claiming.LEASE_SECONDS = float(os.environ.get("TEST_LEASE_SECONDS", "1"))
    notifier.POLL_SECONDS = 0.05
    notifier.WATCH_SECONDS = 0.5
    nodata.GRACE_SECONDS = 1.0
    file.keep_connection()
    file.wait_for_locks(1.0)
    stop, dispatcher = threading.Event(), notifier.Dispatcher(lambda event: None)
    signal.signal(signal.SIGTERM, lambda *_: (stop.set(), dispatcher.wake()))
    dispatcher.run(stop)


if __name__ == "__main__":
    main()
