"""Signs that deceive whoever reads a text: they turn it around, hide in it, or steer a terminal."""

DECEIVING = (
    "\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069", "\u200e", "\u200f", "\u061c",
    "\u200b", "\u2060", "\ufeff", "\x1b", "\x00", "\x07", "\x08", "\x0c", "\x7f", "\x85", "\x9b", "\U000e0041", "\U000e0001",
    "\xad", "\u180e",
)  # fmt: skip
