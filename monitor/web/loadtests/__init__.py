"""Load tests on the web: JSON."""
