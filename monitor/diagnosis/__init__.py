"""What keeps a machine busy, and who: cause, culprits, evidence, verdict; pure."""

__all__ = [
    "brief",
    "culprits",
    "document",
    "evidence",
    "gathering",
    "listing",
    "reader",
    "sentence",
    "verdict",
    "words",
]
