"""What keeps a machine busy, and who: cause, culprits, evidence, verdict; pure."""

__all__ = ["blame", "cause", "culprits", "evidence", "verdict"]
