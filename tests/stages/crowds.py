"""Many threads that do one thing at the same moment, each with a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections


def at_once(many: int, deed: Callable[[], Any]) -> list[Any]:
    """What each of `many` got of `deed`, or the exception that it raised."""
    start = threading.Barrier(many)

    def one(_: int) -> Any:
        start.wait(60)
        try:
            return deed()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(one, range(many)))
