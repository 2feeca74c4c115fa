"""Requests of the JSON API, and the one shape of its errors."""

from __future__ import annotations

from typing import Any

from django.test import Client

API = "/api/v1"


def send(client: Client, path: str, body: object, method: str = "post", **headers: str) -> Any:
    """The response to `body`, sent to a path below the API."""
    return getattr(client, method)(f"{API}/{path}", body, content_type="application/json", headers=headers)


def get(client: Client, path: str, status: int = 200, **parameters: object) -> Any:
    """What a path below the API answers, with the status that the test expects."""
    response = client.get(f"{API}/{path}", parameters)
    assert response.status_code == status, response.content
    return response.json()


def is_error(shape: dict[str, Any], status: int) -> bool:
    """Whether `shape` is the one shape of an error."""
    assert shape["ok"] is False
    assert shape["status"] == status
    assert shape["error"] == shape["errors"][0]
    return all(isinstance(sentence, str) and 5 < len(sentence) < 1500 for sentence in shape["errors"])
