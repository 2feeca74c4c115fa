"""What docs/notifications.md says, for tests that hold it to its word."""

from __future__ import annotations

import json
import re
from typing import Any

from monitor.conf import BASE_DIR

DOCUMENT = BASE_DIR / "docs" / "notifications.md"
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)


def blocks(language: str) -> list[str]:
    """Every code block in that language, in order."""
    return [text for name, text in BLOCK.findall(DOCUMENT.read_text()) if name == language]


def schema() -> Any:
    """The JSON schema of a webhook's document."""
    return next(found for found in map(json.loads, blocks("json")) if "$schema" in found)
