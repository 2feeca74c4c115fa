"""Feed of the live hub: what it asks for and does not make itself."""

from __future__ import annotations

from typing import Any, Protocol


class Feed(Protocol):
    """What a hub reads from the database for the viewers of a host, as finished frames."""

    def hello(self, name: str) -> tuple[str, int | None]:
        """The first frame for a viewer of host `name`, and the id of its newest sample."""

    def alerts(self, name: str) -> str | None:
        """The alerts frame; None while there is no such host."""

    def status(self, name: str, sampler: dict[str, Any] | None) -> str | None:
        """The status frame; `sampler` is what the sampler itself told last."""

    def missed(self, name: str, after_id: int, limit: int) -> list[tuple[int, str]]:
        """(id, frame) of up to `limit` samples stored after `after_id`, oldest first."""
