"""The Django app: its name, and the checks and receivers that must be loaded with it."""

from django.apps import AppConfig


class MonitorConfig(AppConfig):
    """The load monitor."""

    name = "monitor"
    verbose_name = "Load monitor"

    def ready(self) -> None:
        """Register the system checks and the log-out receiver."""
        from monitor import checks, consumers  # noqa: F401  (importing registers them)
