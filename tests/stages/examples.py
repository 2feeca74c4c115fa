"""How many examples a property is tried with: all of them in `make test`, a share of them in `make check`."""

from hypothesis import settings

OF_HYPOTHESIS = 100
"""How many Hypothesis tries where nothing else is said, as `make test` does."""


def examples(count: int) -> int:
    """`count` where a test tries all, and of that the share that the profile has of what is usual; at least one."""
    return max(1, count * settings.default.max_examples // OF_HYPOTHESIS)
