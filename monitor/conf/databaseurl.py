"""DATABASE_URL as Django's settings, with time-outs for a PostgreSQL that is silent."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from typing import Any

import dj_database_url

TIME_OUTS = {
    "connect_timeout": 5,
    "tcp_user_timeout": 10_000,  # milliseconds that what was sent may stay without an acknowledgement
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}
"""Of libpq, in seconds but for the one; what the URL says of them counts more."""


def parse(url: str) -> Mapping[str, object]:
    """Django's settings of the database at `url`; raise ValueError with a sentence."""
    try:
        found: dict[str, Any] = dict(dj_database_url.parse(url))
    except (ValueError, KeyError) as error:
        raise ValueError(f"DATABASE_URL cannot be read: {error}.") from error
    if found["ENGINE"].endswith("postgresql"):
        if importlib.util.find_spec("psycopg") is None:
            raise ValueError(
                "DATABASE_URL names PostgreSQL, which needs psycopg: pip install 'psycopg[binary]>=3.3'."
            )
        found["OPTIONS"] = TIME_OUTS | found.get("OPTIONS", {})
    return found
