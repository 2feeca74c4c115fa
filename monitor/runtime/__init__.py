"""loadmon's own processes: their names, the clock, the lock, the supervisor; without Django."""

__all__ = ["clock", "lock", "name", "supervisor"]
