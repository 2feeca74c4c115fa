"""The shapes that the JSON API answers with, as OpenAPI tells them; a test holds the answers against them."""

from __future__ import annotations

from typing import Any, Literal

from ninja import Schema


def link(name: str, operation: str, sentence: str, **parameters: str) -> dict[str, Any]:
    """What openapi_extra takes to say that an answer's values, such as "$response.body#/id", lead to an operation."""
    target = {"operationId": operation, "parameters": parameters, "description": sentence}
    return {"links": {name: target}}


class Error(Schema):
    """Every error: one sentence, and all of them."""

    ok: Literal[False]
    error: str
    errors: list[str]
    status: int
