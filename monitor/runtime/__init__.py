"""loadmon's own processes: their names, the clock, the lock, repeats of failures, the supervisor; without Django."""

__all__ = ["clock", "lock", "name", "repeats", "supervisor"]
