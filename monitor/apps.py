"""The Django app: its name, and the system checks that are loaded with it."""

from django.apps import AppConfig


class MonitorConfig(AppConfig):
    """The load monitor."""

    name = "monitor"
    verbose_name = "Load monitor"

    def ready(self) -> None:
        """Register the system checks."""
        from monitor import checks  # noqa: F401  (importing registers them)
