"""The parts of an address: what may be linked, whose it is, and whether it is one of the public internet. Pure text work."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

MAX_LINK = 2_000

_UNWANTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u206f\ud800-\udfff\ufffe\uffff]")
_UNSAFE_IN_LINK = re.compile(r"[\s\"<>\\^`{|}]")
_HOST = re.compile(r"[\w.\-]+|\[[0-9a-fA-F:.]+\]")
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        # Python versions differ in what is_global says of these; the list decides. IANA special-purpose registries, and RFC 3068,
        # 4380, 3056, 6052, 8215 for what wraps an IPv4 address that nobody would look at.
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/8",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2001::/32",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)


def linkable(url: str | None, base: str | None) -> str | None:
    """Return ``url`` as an absolute http(s) address, resolved against ``base``; None where it may not be shown as a link.

    Controls are taken out first, as a browser does (a tab inside ``javascript:`` hides nothing); an address with a user or
    password in it, without a host, or of more than 2,000 characters is never linked.
    """
    if not url or len(url) > 2 * MAX_LINK:
        return None
    wanted = _UNWANTED.sub("", url).strip()
    if not wanted:
        return None
    try:
        # urljoin would read "https:///a" as a path on the base's own host
        parts = urlsplit(wanted if urlsplit(wanted).scheme else urljoin(base or "", wanted))
        is_web = parts.scheme.lower() in {"http", "https"} and parts.username is None and parts.password is None
        named = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return None
    if not is_web or not named or not _HOST.fullmatch(named if ":" not in named else f"[{named}]"):
        return None
    tidy = urlunsplit((parts.scheme.lower(), parts.netloc, parts.path, parts.query, parts.fragment))
    tidy = _UNSAFE_IN_LINK.sub(lambda found: quote(found[0]), tidy)
    return tidy if len(tidy) <= MAX_LINK else None


def host(url: str) -> str:
    """Return the host of ``url`` in lower case, without its port, international names as ``xn--``; empty where it has none."""
    try:
        return ascii_host(urlsplit(clean(url)).hostname or "")
    except ValueError:
        return ""


def is_front_page(address: str) -> bool:
    """Whether a web address is a site's front page: it names no page, whatever stands there today."""
    if not address.startswith("http"):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        # "http://[" is a guid like any other
        return False
    return parts.path in {"", "/"} and not parts.query


def is_public(address: str) -> bool:
    """Whether an address is one of the public internet. What is no address at all is not."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return found.is_global and not any(found in network for network in _NOT_PUBLIC)


def is_inside(name: str) -> bool:
    """Whether a host's name is a place off the public internet: a literal address, or this machine itself.

    All that can be told without looking it up. Localhost: RFC 6761 §6.3.
    """
    plain = name.rstrip(".")
    if plain == "localhost" or plain.endswith(".localhost"):
        return True
    is_literal = ":" in plain or plain.replace(".", "").isdigit()
    return is_literal and not is_public(plain)


def origin(url: str) -> str:
    """Return the origin of ``url`` (RFC 6454): scheme, host and port; empty where it has none."""
    try:
        parts = urlsplit(clean(url))
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    except ValueError:
        return ""
    return f"{parts.scheme}://{host(url)}:{port}" if host(url) else ""


def place(url: str) -> str:
    """Return what turns are taken by, host:port; empty where ``url`` has none."""
    return origin(url).partition("://")[2]


def clean(url: str) -> str:
    """Take out what no address holds, and compose its letters (NFC)."""
    if url.isascii() and url.isprintable():
        return url.strip()
    return unicodedata.normalize("NFC", _UNWANTED.sub("", url)).strip()


def ascii_host(name: str) -> str:
    """Bring international names to one form; a name that has no such form stays as it is, in lower case."""
    name = name.lower().rstrip(".")
    if ":" in name:
        return f"[{name}]"
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return name
