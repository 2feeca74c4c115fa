"""Usage on the web: who used a host over a span, as JSON and CSV."""
