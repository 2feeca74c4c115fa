"""Turns: what costs much is done by one request at a time; who waits in vain is asked to come again."""

from __future__ import annotations

import threading

PATIENCE_SECONDS = 10.0


class Busy(Exception):
    """Too many ask at once; the message is a sentence. The API answers 503."""


class Turn:
    """A place that one thread holds at a time; entering raises Busy with `sentence` after PATIENCE_SECONDS."""

    def __init__(self, sentence: str) -> None:
        self._sentence = sentence
        self._free = threading.Semaphore(1)

    def __enter__(self) -> None:
        if not self._free.acquire(timeout=PATIENCE_SECONDS):
            raise Busy(self._sentence)

    def __exit__(self, *failure: object) -> None:
        self._free.release()
