"""Examination of the database: its file, journal, integrity, permissions, room, migrations, a second process's view."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from django.db import DatabaseError, connection

from monitor import checks
from monitor.database import file, wal
from monitor.doctor import child
from monitor.doctor.configuration import somebody_can_log_in
from monitor.doctor.finding import Examination, Finding, Level, failure, from_checks, ok, reason, warning
from monitor.history.models import Sample
from monitor.metrics.catalogue import Unit
from monitor.metrics.quantities import quantity

DATABASES = ["default"]
LONGEST_QUICK_CHECK_MESSAGE = 200


def the_file_is_there() -> list[Finding]:
    """The file and its engine."""
    if not checks.host.is_sqlite():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return [ok("database", f"{connection.vendor} answers.")]
    messages = checks.database.the_database_can_be_written(databases=DATABASES)
    if messages:
        return from_checks("database", messages, "")
    path = _path()
    with connection.cursor() as cursor:
        release = cursor.execute("SELECT sqlite_version()").fetchone()[0]
    size = quantity(float(path.stat().st_size), Unit.BYTES)
    return [ok("database", f"{path}, {size}, SQLite {release}{_known_bug(release)}.")]


def its_journal_is_short() -> list[Finding]:
    """The write-ahead log, and whether something keeps it from being folded in."""
    messages = checks.database.the_journal_is_a_wal(databases=DATABASES)
    size = wal.log_bytes()
    if not messages and size > wal.LARGE_BYTES:
        held = quantity(float(size), Unit.BYTES)
        text = f"The write-ahead log holds {held}: some reader keeps it from being folded in."
        return [
            warning("journal", text, "End what reads the database for long, such as a shell or a backup.")
        ]
    return from_checks("journal", messages, f"A write-ahead log of {quantity(float(size), Unit.BYTES)}.")


def its_pages_are_whole() -> list[Finding]:
    """PRAGMA quick_check."""
    try:
        with connection.cursor() as cursor:
            said = str(cursor.execute("PRAGMA quick_check(1)").fetchone()[0])
    except DatabaseError as error:
        said = str(error)
    if said == "ok":
        return [ok("integrity", "PRAGMA quick_check finds nothing wrong.")]
    remedy = (
        f"Stop loadmon, keep {_path()} with its -wal beside it, and restore a backup; without one: "
        f"sqlite3 {_path()} .recover | sqlite3 mended.sqlite3"
    )
    return [failure("integrity", f"The database is damaged: {said[:LONGEST_QUICK_CHECK_MESSAGE]}", remedy)]


def it_is_private() -> list[Finding]:
    """Modes of directory and file."""
    return from_checks("permissions", checks.host.the_data_is_private(), "Only this user can read the data.")


def it_has_room() -> list[Finding]:
    """Free disk."""
    free = quantity(float(shutil.disk_usage(checks.host.data_folder()).free), Unit.BYTES)
    return from_checks("disk", checks.host.there_is_room_to_grow(), f"{free} are free.")


def it_is_migrated() -> list[Finding]:
    """Code and database mean the same tables."""
    return from_checks(
        "migrations", checks.database.migrations_are_done(databases=DATABASES), "All are applied."
    )


def its_rules_can_work() -> list[Finding]:
    """Every rule is one that the evaluator can live with."""
    return from_checks("rules", checks.database.rules_can_work(databases=DATABASES), "Every rule can work.")


def its_receivers_can_be_reached() -> list[Finding]:
    """No receiver has an address that leads nowhere, or across the network in clear."""
    wrong = checks.mail.receivers_can_be_reached(databases=DATABASES)
    return from_checks("receivers", wrong, "No address of a receiver is known to be wrong.")


def a_second_process_sees_the_same() -> list[Finding]:
    """A process that opens the file anew sees what this one sees, the newest sample included."""
    name = "second view"
    before = newest_id()
    try:
        seen = child.ask("view")["newest_id"]
    except child.ChildFailed as error:
        return [
            failure(name, f"A second process cannot read the database: {error}", "Look at the lines above.")
        ]
    if (before or 0) <= (seen or 0) <= (newest_id() or 0):
        return [ok(name, "A second process sees the same samples.")]
    text = f"A second process sees sample {seen} as the newest, this one sees {before}."
    return [failure(name, text, "The file system does not share memory between processes: use a local disk.")]


def newest_id() -> int | None:
    """The id of the newest sample of any host."""
    return Sample.objects.order_by("-pk").values_list("pk", flat=True).first()


def examinations() -> Iterator[Finding]:
    """Everything about the database; what needs it to be readable is left out where it is not."""
    try:
        found = the_file_is_there()
    except DatabaseError as error:
        found = [failure("database", f"It does not answer: {reason(error)}", _unanswered())]
    yield from found
    if _all_well(found):
        if checks.host.is_sqlite():
            yield from its_journal_is_short()
            yield from its_pages_are_whole()
        found = it_is_migrated()
        yield from found
    if _all_well(found):
        yield from its_rules_can_work()
        yield from its_receivers_can_be_reached()
        yield from somebody_can_log_in()
        yield from a_second_process_sees_the_same()


def _all_well(found: list[Finding]) -> bool:
    return all(finding.level is Level.OK for finding in found)


def _unanswered() -> str:
    if checks.host.is_sqlite():
        return f"Restore a backup of {_path()}, keeping the broken file beside it."
    return "Check that DATABASE_URL is right and that the database server runs."


def _path() -> Path:
    return file.path()


def _known_bug(release: str) -> str:
    """A note on SQLite versions that can, very rarely, damage a file when the write-ahead log starts anew."""
    number = tuple(int(part) for part in release.split("."))
    mended = (3, 44, 6) <= number < (3, 45) or (3, 50, 7) <= number < (3, 51) or number >= (3, 51, 3)
    return "" if mended or number < (3, 7) else " (a version with the rare WAL-reset bug: keep backups)"


EXAMINATIONS = (
    Examination("database", examinations),
    Examination("permissions", it_is_private),
    Examination("disk", it_has_room),
)
