"""Pages without signs that deceive: what lies in the database may be older than the cleaning at the way in."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from monitor.metrics import json

DECEIVING = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xc2[\x80-\x9f\xad]|\xd8\x9c|\xe1\xa0\x8e|\xe2\x80[\x8b\x8e\x8f\xa8-\xae]|\xe2\x81[\xa0-\xaf]"
    rb"|\xef\xbb\xbf|\xf3\xa0[\x80-\x81][\x80-\xbf]"
)
"""Controls, signs of direction and what is not seen, in UTF-8: none of our pages has a use for one."""
DATA = re.compile(rb'(<script id="[^"]*" type="application/json">)([^<]*)')
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
            content = DATA.sub(_readable_data, DECEIVING.sub(b"", response.content))
            if content != response.content:
                response.content = content
        return response


def _readable_data(found: re.Match[bytes]) -> bytes:
    return found[1] + json.readable(found[2].decode()).encode()
