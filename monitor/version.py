"""The version that pages and programs are told; a test compares it with pyproject.toml."""

VERSION = "0.1.0"
