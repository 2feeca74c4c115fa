"""Load tests and drills: asked for, run, watched, judged."""

__all__ = ["attribution", "domain", "drills", "models", "requests", "runner"]
