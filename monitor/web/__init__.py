"""Pages, JSON API and live socket, one folder a page."""

__all__ = [
    "alerts",
    "asgi",
    "dashboard",
    "errors",
    "headers",
    "history",
    "pacing",
    "rules",
    "static_files",
    "urls",
]
