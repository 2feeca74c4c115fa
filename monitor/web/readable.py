"""Pages without signs that deceive: what lies in the database may be older than the cleaning at the way in."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from monitor.metrics import json

DECEIVING = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
"""Controls, signs of direction and what is not seen: none of our pages has a use for one."""
DATA = re.compile(r'(<script id="[^"]*" type="application/json">)([^<]*)')
"""What a page hands to its scripts, as json_script writes it: in it these signs are escapes."""


class Readable:
    """Middleware: takes controls and signs of direction out of pages, wherever in them they come from."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer `request` with a page that reads as it is."""
        response = self.get_response(request)
        is_page = response.headers.get("Content-Type", "").startswith(("text/html", "text/plain"))
        if is_page and not response.streaming:
            text = response.text
            clean = DATA.sub(_readable_data, DECEIVING.sub("", text))
            if clean != text:
                response.content = clean
        return response


def _readable_data(found: re.Match[str]) -> str:
    return found[1] + json.readable(found[2])
