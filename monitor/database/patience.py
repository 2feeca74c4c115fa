"""Patience with PostgreSQL: how long a process that must go on waits for an answer, for a silent server says nothing at all.

A server that was stopped still acknowledges what is sent to it, so that no time-out of TCP ends the wait.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.backends.signals import connection_created

STATEMENT_SECONDS = 20
"""After so long the server ends a statement by itself."""
ANSWER_SECONDS = 25.0
SILENT = f"the connection to the database is given up: it has not answered for {ANSWER_SECONDS:g} s"


def bound() -> None:
    """From now on bound every statement of this process, and every wait for an answer; SQLite has nothing to bound."""
    if connection.vendor != "postgresql":
        return
    options = connection.settings_dict["OPTIONS"]
    told = str(options.get("options", ""))
    if "statement_timeout" not in told:
        options["options"] = f"{told} -c statement_timeout={STATEMENT_SECONDS}s".strip()
    connection.close()
    connection_created.connect(_bound_answers, dispatch_uid="loadmon.patience")


def _bound_answers(sender: object, connection: Any, **named: object) -> None:
    """Let the new connection be given up where an answer does not come."""
    opened = connection.connection
    wait = opened.wait

    def wait_for_so_long(gen: Any, *arguments: Any, **options: Any) -> Any:
        from psycopg import errors

        try:
            return wait(gen, *arguments, **(options | {"timeout": ANSWER_SECONDS}))
        except errors._WaitTimeout as error:
            opened.pgconn.finish()  # in the midst of an answer nothing else can be asked
            raise errors.OperationalError(SILENT) from error

    opened.wait = wait_for_so_long
