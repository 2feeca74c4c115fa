"""Local trust: whether a connection comes from this machine's own user, the rule behind LOADMON_PUBLIC=auto."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

FORWARDED = (
    "x-forward", "forwarded", "via", "x-real-", "x-original-", "x-client-ip", "client-ip", "true-client-ip", "x-cluster-",
    "x-remote-", "remote-addr", "x-proxy", "proxy-", "x-host", "x-scheme", "x-url-scheme", "x-ssl", "ssl-client",
    "front-end-https", "x-rewrite-url", "x-http-host-override", "x-peer-", "x-source-ip", "x-envoy-", "x-varnish",
    "cdn-loop", "surrogate-capability", "cf-", "fly-", "fastly-", "akamai-", "x-akamai-", "x-amz-cf-", "x-amzn-", "x-arr-",
    "x-azure-", "x-appengine-", "x-cloud-trace-", "x-vercel-", "x-nf-", "x-render-", "x-heroku-", "x-request-start",
    "x-originating-", "x-coming-from", "x-from-", "x-ingress-", "x-traefik-", "x-nginx-", "x-accel-", "x-sendfile-",
    "x-auth-request-", "remote-user", "tailscale-", "ngrok-", "ali-cdn-", "incap-", "x-appgw-", "x-cache", "max-forwards",
)  # fmt: skip
"""What names of headers begin with that proxies, load balancers and tunnels add, and no browser or curl sends."""


@dataclass(frozen=True, slots=True)
class Peer:
    """One connection: the server's and the client's address, the Host header, and the header names, lower case."""

    server: str
    client: str
    host: str
    headers: Collection[str]


def is_local(peer: Peer) -> bool:
    """True only where bind, client and Host are all loopback and no proxy stands between."""
    if any(map(is_forwarding, peer.headers)):
        return False
    return is_loopback(peer.server) and is_loopback(peer.client) and is_loopback(host_name(peer.host))


def is_forwarding(header: str) -> bool:
    """Whether a header of this name tells of a proxy: by its beginning, written with dashes or underscores, in any case."""
    return header.strip().lower().replace("_", "-").startswith(FORWARDED)


def is_loopback(name: str) -> bool:
    """Whether `name` is "localhost" or an address of the loopback range."""
    if name.lower() == "localhost":
        return True
    try:
        address = ip_address(name)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def host_name(host: str) -> str:
    """The name in a Host header, without port and brackets; "" where it is more than a name and a port."""
    if not re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?", host):
        return ""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def same_origin(origin: str, scheme: str, host: str, allowed: Collection[str] = ()) -> bool:
    """Whether `origin` (an Origin header) is this site: same scheme, name and port, or on the allow-list."""
    if origin in allowed:
        return True
    return _origin(origin) is not None and _origin(origin) == _origin(f"{scheme}://{host}")


def _origin(text: str) -> tuple[str, str, int] | None:
    try:
        parts = urlsplit(text)
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    except (ValueError, KeyError):
        return None
    plain = not (parts.path or parts.query or parts.fragment or "@" in parts.netloc)
    return (parts.scheme, parts.hostname, port) if parts.hostname and plain else None
