"""History on the web: JSON and CSV."""
