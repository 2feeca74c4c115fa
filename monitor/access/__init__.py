"""Who may look and who may act: permissions, ranks, sessions, login links, the throttle of logins."""

__all__ = ["domain", "login_links", "permissions", "ranks", "sessions", "throttle"]
