"""The mail server as a URL: smtp://user:secret@mail.example.org:587/?tls=yes, or smtps:// for TLS from the start."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

FORM = "give a URL such as smtp://user:secret@mail.example.org:587/?tls=yes"
PORTS = {"smtp": 25, "smtps": 465}
WORDS = {
    "yes": True,
    "true": True,
    "1": True,
    "on": True,
    "no": False,
    "false": False,
    "0": False,
    "off": False,
}


@dataclass(frozen=True, slots=True)
class MailServer:
    """starttls: encrypted after a greeting in clear, or not used at all. encrypted: from the first byte."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    starttls: bool = False
    encrypted: bool = False


def parse(text: str) -> MailServer | None:
    """The server that `text` names, None for ""; raise ValueError with what to give instead, never with the password."""
    if not text:
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError(FORM) from None
    if parts.scheme not in PORTS or not parts.hostname or parts.path not in ("", "/") or parts.fragment:
        raise ValueError(FORM)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    tls = WORDS.get(options.pop("tls", "no").lower())
    if options or tls is None:
        raise ValueError("give nothing after the ? but tls=yes or tls=no")
    if tls and parts.scheme == "smtps":
        raise ValueError("give smtps:// without tls=yes: it is encrypted from the start")
    return MailServer(
        host=parts.hostname,
        port=port or (587 if tls else PORTS[parts.scheme]),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starttls=tls,
        encrypted=parts.scheme == "smtps",
    )
