"""A notifier as a process of its own whose waits are short, for tests that kill it: python -m tests.stages.notifier.

It is the loop without the command around it, which looks for migrations first: thirty starts are long enough.
"""

import os
import signal
import threading
from types import ModuleType

import django


def shorten(module: ModuleType, **seconds: float) -> None:
    """Set waits of a module; one that it does not have is a mistake of this stage, and would be waited for in full."""
    for name, value in seconds.items():
        if not hasattr(module, name):
            raise AttributeError(f"{module.__name__} has no {name}: the wait has moved")
        setattr(module, name, value)


def main() -> None:
    """Shorten the waits, then deliver until SIGTERM."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loadmon_site.settings")
    django.setup()

    from monitor.alerts.domain import nodata  # what follows needs Django's registry of tables
    from monitor.database import file
    from monitor.notifications import notifier
    from monitor.notifications.domain import backoff
    from monitor.notifications.outbox import claiming

    wait = float(os.environ.get("TEST_BACKOFF_SECONDS", "0.2"))
    shorten(backoff, FIRST_SECONDS=wait, BASE_SECONDS=wait, LONGEST_SECONDS=wait)
    shorten(claiming, LEASE_SECONDS=float(os.environ.get("TEST_LEASE_SECONDS", "1")))
    shorten(notifier, POLL_SECONDS=0.05, WATCH_SECONDS=0.5)
    shorten(nodata, GRACE_SECONDS=1.0)
    file.keep_connection()
    file.wait_for_locks(1.0)
    stop, dispatcher = threading.Event(), notifier.Dispatcher(lambda event: None)
    signal.signal(signal.SIGTERM, lambda *_: (stop.set(), dispatcher.wake()))
    dispatcher.run(stop)


if __name__ == "__main__":
    main()
