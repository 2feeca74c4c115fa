"""Pages, JSON API and live socket, one folder a page."""

__all__ = [
    "alerts",
    "asgi",
    "errors",
    "front",
    "headers",
    "pacing",
    "readable",
    "rules",
    "static_files",
    "urls",
    "watch",
]
