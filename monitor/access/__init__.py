"""Who may look and who may act: permissions, sessions, login links, the throttle of logins."""

__all__ = ["domain", "login_links", "permissions", "sessions", "throttle"]
