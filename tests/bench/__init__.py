"""The benchmark: `python -m tests.bench` measures a real loadmon on this machine and prints one table."""
