"""manage.py runnotifier: deliver messages until SIGTERM or SIGINT."""

from __future__ import annotations

import gc
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from monitor.database import file, patience
from monitor.live.publishing import Publisher
from monitor.management.readiness import require_migrated
from monitor.notifications.notifier import Dispatcher
from monitor.runtime.name import NOTIFIER, be_called

LOCK_SECONDS = 1.0


class Command(BaseCommand):
    """Delivers what the outbox holds, and watches over the samplers; two at once are safe."""

    help = "Deliver the messages of alerts, and notice samplers that fall silent, until stopped."
    requires_system_checks = ["loadmon"]

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse what cannot work, then run."""
        require_migrated()
        be_called(NOTIFIER)
        file.keep_connection()
        patience.bound()
        file.wait_for_locks(LOCK_SECONDS)
        stop, publisher = threading.Event(), Publisher()
        dispatcher = Dispatcher(publisher.publish)

        def end(*_: object) -> None:
            stop.set()
            dispatcher.wake()

        for signal_number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signal_number, end)
        self.stdout.write("Delivering the messages of alerts.")
        gc.freeze()
        dispatcher.run(stop)
        publisher.close()
