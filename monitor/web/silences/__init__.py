"""Silences on the web: JSON."""
