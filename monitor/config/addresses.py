"""Addresses in config.toml → checked addresses. Pure; every function raises ValueError in words that hold no secret."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parseaddr
from ipaddress import ip_address
from typing import Literal
from urllib.parse import SplitResult, unquote, urlsplit

from monitor.config.faults import quoted, quoted_address
from monitor.config.values import one_line, text
from monitor.url import host

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_ORIGIN = re.compile(r"^[^:/]+://[^/?#]*")
_PATH = re.compile(r"(?<![:/])/(?!/).*", re.DOTALL)
_MAILBOX = re.compile(r"[^@\s<>]+@[^@\s<>]+")
_PUSH = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]|https?://", re.ASCII)
_LAST_PORT = 65_535
# RFC 1035 §2.3.4; underscores are found all the same, and not every international name has an ASCII form in Python
_HOST = re.compile(r"(?=.{1,253}$)[\w-]{1,63}(?:\.[\w-]{1,63})*|\[[0-9a-f:.]+\]")
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f]")

_ELSEWHERE = 'Put the address in a file and write { file = "NAME" }, or { env = "NAME" }'

PUSH_IN_PLAIN_TEXT = f"tells whoever knows it how to write to your desk, so all of it is a secret. {_ELSEWHERE}"

PING_IN_PLAIN_TEXT = f"whoever knows it can say that all is well, so all of it is a secret. {_ELSEWHERE}"

_Show = Callable[[str], str]
"""An address → what a fault may show of it. Worked out only where there is a fault: thousands of addresses have none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail is handed in. ``security``: tls from the start, starttls, or plain."""

    host: str
    port: int
    user: str | None
    security: Literal["tls", "starttls", "plain"]


def feed_url(value: object) -> str:
    """Take the address of a feed: http or https, a host, no password."""
    url = text(value).strip()
    parts = _web_parts(url, quoted_address)
    if parts.password is not None:
        raise ValueError(f'{quoted_address(url)} has a password in it. Use headers = {{ Authorization = {{ env = "NAME" }} }}')
    if "@" in parts.netloc:
        raise ValueError(f'{quoted_address(url)} has a user name in it. Use headers = {{ Authorization = {{ env = "NAME" }} }}')
    return url


def hook_url(value: object) -> str:
    """Take the address of a webhook: http or https, a host, no password."""
    url = text(value).strip()
    if "@" in _web_parts(url, _host_only).netloc:
        raise ValueError(f"{_host_only(url)} has a password in it. {_ELSEWHERE}")
    return url


def push_url(value: str) -> str:
    """Take an Apprise address that is kept elsewhere, as far as its form goes: which service it is, Apprise alone knows."""
    url = value.strip()
    if _UNPRINTABLE.search(url) or not _PUSH.match(url):
        raise ValueError('what is kept there is no Apprise address, such as "ntfys://token@ntfy.example.org/topic"')
    return url


def ping_url(value: str) -> str:
    """Take the address of a dead man's switch, which is kept elsewhere. A fault shows nothing of it."""
    url = value.strip()
    try:
        parts = _web_parts(url, lambda _: "what is kept there")
    except ValueError:
        raise ValueError("what is kept there is no https:// or http:// address") from None
    if "@" in parts.netloc:
        raise ValueError("what is kept there has a user or a password in it, which no request for it would send")
    return url


def own_port(value: object) -> tuple[str, int]:
    """Take an address and a port of this very machine, as in "127.0.0.1:9464" or "[::1]:9464"."""
    wanted = one_line(value)
    host, colon, port = wanted.rpartition(":")
    host = host.removeprefix("[").removesuffix("]") if host.startswith("[") else host
    if not colon or not port.isascii() or not port.isdigit() or not 1 <= int(port[:6]) <= _LAST_PORT:
        raise ValueError(f'{quoted(wanted)} is no address with a port. Write "127.0.0.1:9464"')
    try:
        is_here = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        is_here = False
    if not is_here:
        raise ValueError(
            f"{quoted(wanted)} can be reached from outside, or its name may lead there, and nobody is asked for a password."
            f' Write "127.0.0.1:{port}"; whatever others are to see of it, a proxy of yours can show'
        )
    return "127.0.0.1" if host == "localhost" else host, int(port)


def proxy_url(value: object) -> str:
    """Take the address of a proxy that stands in plain text: ``http://host:port``, no user, no password."""
    url = text(value).strip()
    if "@" in _parts(url, quoted_address).netloc:
        raise ValueError(f"{quoted_address(url)} has a user in it. {_ELSEWHERE}")
    return _proxy(url, quoted_address)


def secret_proxy_url(value: str) -> str:
    """Take the address of a proxy that is kept elsewhere: it may have a user and a password. A fault shows nothing of it."""
    return _proxy(value.strip(), lambda _: "what is kept there")


def _proxy(url: str, show: _Show) -> str:
    parts = _parts(url, show)
    if parts.scheme == "https":
        raise ValueError(f"{show(url)} is an https:// proxy, which is not supported. Write it as http://proxy.example.org:3128")
    if parts.scheme != "http" or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(f"{show(url)} is no proxy. Write it as http://proxy.example.org:3128")
    return url


def origin_folded(url: str) -> str:
    """Give the address with scheme and host in lower case: two that are equal so are one feed."""
    return _ORIGIN.sub(lambda found: found[0].lower(), url.strip())


def mail_server(value: object) -> MailServer:
    """Take ``smtps://user@host:465`` or ``smtp://host:25``; ``smtp://`` with a user means STARTTLS, without one plain text."""
    url = text(value).strip()
    parts = _parts(url, quoted_address)
    wanted = 'Write it as "smtps://user@mail.example.org:465" or "smtp://localhost:25"'
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError(f"{quoted_address(url)} is no mail server. {wanted}")
    if parts.password is not None:
        raise ValueError(f'{quoted_address(url)} has a password in it. Use password = {{ file = "NAME" }}, or {{ env = "NAME" }}')
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(f"{quoted_address(url)} has something after the host. {wanted}")
    user = unquote(parts.username) if parts.username else None
    if parts.scheme == "smtps":
        return MailServer(host=parts.hostname, port=parts.port or 465, user=user, security="tls")
    if user:
        return MailServer(host=parts.hostname, port=parts.port or 587, user=user, security="starttls")
    return MailServer(host=parts.hostname, port=parts.port or 25, user=None, security="plain")


def mailbox(value: object) -> str:
    """Take ``desk@example.org`` or ``Desk <desk@example.org>``."""
    line = one_line(value)
    if "," in line or not _MAILBOX.fullmatch(parseaddr(line)[1]):
        raise ValueError(f'{quoted(line)} is no e-mail address, such as "desk@example.org"')
    return line


def _host_only(url: str) -> str:
    """Show of a webhook's address the host alone: its path is often its secret."""
    return quoted_address(_PATH.sub("/****", url))


def _web_parts(url: str, show: _Show) -> SplitResult:
    parts = _parts(url, show)
    if not url.lower().startswith(("http://", "https://")):
        if "://" in url or (_SCHEME.match(url) and parts.scheme in {"file", "http", "https", "mailto", "data", "javascript"}):
            raise ValueError(f"{show(url)} must begin with https:// or http://")
        raise ValueError(f"{show(url)} has no https:// in front")
    if not parts.hostname:
        raise ValueError(f"{show(url)} has no host name in it")
    if not _HOST.fullmatch(host(url)):
        raise ValueError(f"{show(url)} has a host name that no host can have")
    if parts.port == 0:
        raise ValueError(f"{show(url)} has a port that no host can have")
    return parts


def _parts(url: str, show: _Show) -> SplitResult:
    if not url:
        raise ValueError("is empty")
    if _UNPRINTABLE.search(url):
        raise ValueError(f"{show(url)} has a space or a control character in it")
    try:
        parts = urlsplit(url)
        _ = parts.port  # is only checked when asked for
    except ValueError:
        # its own words may hold the password, so they are not chained
        raise ValueError(f"{show(url)} is no address that can be read") from None
    return parts
