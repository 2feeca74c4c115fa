"""Every decision that can be made from values: standard library only, no clock, no I/O."""
