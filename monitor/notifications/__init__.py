"""Notifications: silences, the outbox, messages, transports, the notifier."""

__all__ = [
    "composing",
    "domain",
    "health",
    "heartbeat",
    "models",
    "notifier",
    "outbox",
    "silences",
    "transports",
]
