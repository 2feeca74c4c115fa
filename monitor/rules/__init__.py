"""Alert rules: their table, when they fire, what they promise in words, back-tests."""

__all__ = ["backtesting", "blind", "domain", "loading", "models"]
