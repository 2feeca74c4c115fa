"""Load tests and drills: asked for, run, watched, judged."""

__all__ = ["attribution", "domain", "drills", "hindrances", "models", "requests", "runner"]
