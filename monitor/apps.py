"""The Django app: its name, and the system checks that are loaded with it."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import pre_migrate


class MonitorConfig(AppConfig):
    """The load monitor."""

    name = "monitor"
    verbose_name = "Load monitor"

    def ready(self) -> None:
        """Register the system checks."""
        from monitor import checks  # noqa: F401  (importing registers them)

        pre_migrate.connect(prepare_file, sender=self)


def prepare_file(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Let a new SQLite file give freed pages back in small steps; only an empty one can still be told so."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        if cursor.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
            cursor.execute("PRAGMA auto_vacuum=INCREMENTAL")
            cursor.execute("VACUUM")
