"""loadmon's own processes: their names, chores, the clock, the lock, repeats of failures, the supervisor; without Django."""

__all__ = ["chores", "clock", "endings", "lock", "name", "quietlog", "repeats", "supervisor"]
