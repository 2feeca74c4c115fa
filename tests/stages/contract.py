"""The published contract of the JSON API: every answer held against openapi.json, which names every field that there is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import jsonschema_rs

from monitor.metrics.json import encode
from monitor.web.schemas import schema

PREFIX = "/api/v1"
METHODS = ("get", "post", "delete", "put", "patch")
IN_ORDER = {"get": 0, "post": 1, "put": 2, "patch": 3, "delete": 4}
Ask = Callable[[str, str, object], tuple[int, str, bytes]]
"""Sends a method, a path with its query, and a body (None: none); gives status, content type and content back."""

BODIES: Mapping[tuple[str, str], object] = {
    ("post", "loadtests"): {"seconds": 5, "workers": 1},
    ("post", "alerts/{alert_id}/acknowledge"): {"note": "seen"},
    ("post", "alerts/{alert_id}/end"): {"note": "sold"},
    ("post", "alerts/{alert_id}/notes"): {"note": "the backup"},
    ("post", "silences"): {"minutes": 5},
}
"""What is sent to operations that take something; whoever adds one says here what."""

NEEDED: Mapping[str, str] = {"metric": "load1", "threshold": "1"}
"""Values of parameters that may not be left out, beside the ids."""


class Contract:
    """openapi.json, closed: an answer may hold no field that it does not name."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self._parts = {"components": _closed(document["components"])}
        self._validators: dict[tuple[str, str, int], Any] = {}

    def operations(self) -> list[tuple[str, str]]:
        """Every (method, path below the prefix): what reads, then what makes something, then what ends it."""
        found = [
            (method, path.removeprefix(f"{PREFIX}/"))
            for path, item in self.document["paths"].items()
            for method in METHODS
            if method in item
        ]
        return sorted(found, key=lambda one: IN_ORDER[one[0]])

    def walk(self, ask: Ask, ids: Mapping[str, int], *, reading: bool = False) -> dict[tuple[str, str], int]:
        """Ask for everything, and again after each change; the status of each operation. reading: without changes."""
        reads = [one for one in self.operations() if one[0] == "get"]
        changes = [] if reading else [one for one in self.operations() if one[0] != "get"]
        found = {one: self.call(ask, *one, ids) for one in reads}
        for change in changes:
            found[change] = self.call(ask, *change, ids)
            for one in reads:
                self.call(ask, *one, ids)
        return found

    def call(self, ask: Ask, method: str, path: str, ids: Mapping[str, int]) -> int:
        """Ask for one operation, hold the answer against the contract, and give its status back."""
        query = "&".join(f"{name}={NEEDED[name]}" for name in self._needed(method, path))
        status, kind, content = ask(
            method, f"{PREFIX}/{path.format(**ids)}{'?' if query else ''}{query}", BODIES.get((method, path))
        )
        assert not self.breaches(method, path, status, kind, content), (method, path, status)
        return status

    def breaches(self, method: str, path: str, status: int, kind: str, content: bytes) -> list[str]:
        """In what an answer breaks the contract, a sentence each."""
        documented = self._operation(method, path)["responses"].get(str(status))
        if documented is None:
            return [f"the status {status} is not documented: {content[:300]!r}"]
        kinds = documented.get("content", {})
        if kind.partition(";")[0] not in kinds:
            return [f"the content type {kind} is not documented"]
        if kind.partition(";")[0] != "application/json":
            return []
        validator = self._validator(method, path, status, kinds["application/json"]["schema"])
        answer = json.loads(content)
        return [
            f"{'/'.join(map(str, one.instance_path))}: {one.message[:300]}"
            for one in validator.iter_errors(answer)
        ]

    def _needed(self, method: str, path: str) -> Iterable[str]:
        parameters = self._operation(method, path).get("parameters", [])
        return [one["name"] for one in parameters if one["in"] == "query" and one.get("required")]

    def _operation(self, method: str, path: str) -> dict[str, Any]:
        found: dict[str, Any] = self.document["paths"][f"{PREFIX}/{path}"][method]
        return found

    def _validator(self, method: str, path: str, status: int, schema: dict[str, Any]) -> Any:
        key = (method, path, status)
        if key not in self._validators:
            self._validators[key] = jsonschema_rs.validator_for(_closed(schema) | self._parts)
        return self._validators[key]


def breaches_of(kind: type, value: object) -> list[str]:
    """In what a frame or another value that openapi.json does not tell of breaks the schema of its TypedDict."""
    validator = jsonschema_rs.validator_for(_closed(schema(kind).model_json_schema()))
    return [
        f"{one.instance_path}: {one.message[:300]}"
        for one in validator.iter_errors(json.loads(encode(value)))
    ]


def _closed(node: Any) -> Any:
    """A schema in which an object has the fields that it names, and no others."""
    if isinstance(node, list):
        return [_closed(one) for one in node]
    if not isinstance(node, dict):
        return node
    found = {name: _closed(value) for name, value in node.items()}
    if isinstance(found.get("properties"), dict) and found.get("type") == "object":
        found.setdefault("additionalProperties", False)
    return found
