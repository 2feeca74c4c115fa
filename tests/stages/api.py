"""Requests of the JSON API that send something."""

from __future__ import annotations

from typing import Any

from django.test import Client

API = "/api/v1"


def send(client: Client, path: str, body: object, method: str = "post", **headers: str) -> Any:
    """The response to `body`, sent to a path below the API."""
    return getattr(client, method)(f"{API}/{path}", body, content_type="application/json", headers=headers)
