"""A made-up host with a history."""

__all__ = ["seeding"]
