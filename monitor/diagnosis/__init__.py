"""What keeps a machine busy, and who: cause, culprits, evidence, verdict; pure."""

__all__ = ["culprits", "document", "gathering", "listing", "reader", "sentence", "verdict"]
