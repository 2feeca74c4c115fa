"""What keeps a machine busy, and who: cause, culprits, evidence, verdict; pure."""

__all__ = ["brief", "culprits", "document", "gathering", "listing", "reader", "sentence", "verdict", "words"]
