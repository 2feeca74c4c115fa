"""Going in by a one-time login link, as a person does it: open its page, press the one button."""

from __future__ import annotations

import http.client
import re
from urllib.parse import urlencode, urlsplit

from tests.stages.servers import Site

BUTTON = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


def login_link(site: Site) -> str:
    """A fresh link for the administrator, from the command line."""
    return next(line.strip() for line in site.manage("loginlink").stdout.splitlines() if "sesame=" in line)


def opened(site: Site, link: str) -> tuple[int, dict[str, str], dict[str, str]]:
    """The page of `link`: its status, its headers, and the fields of its form."""
    parts = urlsplit(link)
    status, headers, body = site.request("GET", f"{parts.path}?{parts.query}")
    return status, headers, dict(BUTTON.findall(body.decode()))


def pressed(site: Site, link: str, headers: dict[str, str], fields: dict[str, str]) -> tuple[int, list[str]]:
    """What the button of an opened page leads to: the status, and every cookie that is set."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    try:
        sent = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": headers["set-cookie"].split(";")[0],
            "Origin": site.url,
        }
        connection.request("POST", urlsplit(link).path, urlencode(fields), sent)
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers.get_all("Set-Cookie") or []
    finally:
        connection.close()


def log_in(site: Site) -> str:
    """The cookie header of the administrator, by a one-time link."""
    link = login_link(site)
    _, headers, fields = opened(site, link)
    status, cookies = pressed(site, link, headers, fields)
    assert status == 302
    return next(cookie.split(";")[0] for cookie in cookies if cookie.startswith("loadmon_session_"))
