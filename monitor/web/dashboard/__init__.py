"""The dashboard on the web: page, live socket, JSON, Prometheus text."""
