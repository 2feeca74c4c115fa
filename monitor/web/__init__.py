"""Pages, JSON API and live socket, one folder a page."""

__all__ = [
    "alerts",
    "asgi",
    "errors",
    "front",
    "headers",
    "ids",
    "readable",
    "rules",
    "static_files",
    "urls",
]
