"""A notifier as a process of its own whose waits are short, for tests that kill it: python -m tests.notifierstage.

It is the loop without the command around it, which looks for migrations first: thirty starts are long enough.
"""

import os
import signal
import threading

import django


def main() -> None:
    """Shorten the waits, then deliver until SIGTERM."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loadmon_site.settings")
    django.setup()

    from monitor import databasefile, notifier
    from monitor.domain import backoff, overdue
    from monitor.outbox import claiming

    wait = float(os.environ.get("TEST_BACKOFF_SECONDS", "0.2"))
    backoff.FIRST_SECONDS = backoff.BASE_SECONDS = backoff.LONGEST_SECONDS = wait
    claiming.LEASE_SECONDS = float(os.environ.get("TEST_LEASE_SECONDS", "1"))
    notifier.POLL_SECONDS = 0.05
    notifier.WATCH_SECONDS = 0.5
    overdue.GRACE_SECONDS = 1.0
    databasefile.keep_connection()
    databasefile.wait_for_locks(1.0)
    stop, dispatcher = threading.Event(), notifier.Dispatcher(lambda event: None)
    signal.signal(signal.SIGTERM, lambda *_: (stop.set(), dispatcher.wake()))
    dispatcher.run(stop)


if __name__ == "__main__":
    main()
