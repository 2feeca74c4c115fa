"""Harm done to the file of a database."""

from pathlib import Path


def damage(path: Path) -> None:
    """Its last page is overwritten."""
    content = path.read_bytes()
    path.write_bytes(content[:-4096] + b"\xee" * 4096)


def without_header(path: Path) -> None:
    """Its first bytes are overwritten."""
    path.write_bytes(b"\xff" * 200 + path.read_bytes()[200:])
