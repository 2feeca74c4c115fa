"""Database trouble in the log: one sentence with what to do, and no traceback, whoever logs it."""

from __future__ import annotations

import logging

from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    NotSupportedError,
    ProgrammingError,
)

from monitor.database import file

OUR_FAULT = (DataError, IntegrityError, NotSupportedError, ProgrammingError)


class InOneSentence(logging.Filter):
    """Takes the traceback of database trouble away, and says what it means in its place; lets everything pass."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true."""
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, Exception) or not is_trouble(error):
            return True
        said = record.getMessage().removesuffix(str(error)).rstrip(" :.")
        meant = told(error)
        record.about = f"{record.msg} {meant}"
        record.msg, record.args = "%s: %s", (said, meant)
        record.exc_info = record.exc_text = None
        return True


def is_trouble(error: BaseException | None) -> bool:
    """Whether the database failed, rather than our use of it."""
    failed = isinstance(error, (DatabaseError, InterfaceError)) and not isinstance(error, OUR_FAULT)
    return failed or file.is_behind(error)


def told(error: Exception) -> str:
    """What `error` means to whoever reads the log, on one line."""
    return " ".join(str(file.refusal(error) or file.explained(error)).split())
