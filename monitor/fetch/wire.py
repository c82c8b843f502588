"""Request and Hop → the request as it goes on the wire: what is said there, and to whom the secrets are told."""

from __future__ import annotations

import httpx

from monitor import __version__
from monitor.fetch import answer
from monitor.fetch.hop import Hop
from monitor.fetch.turns import Turn
from monitor.model import Request, Secret

_Lines = list[tuple[bytes, bytes]]


def user_agent(contact: str | None) -> str:
    """Say who asks, so that an outlet can reach the desk (RFC 9110 §10.1.5)."""
    return f"outlet-monitor/{__version__}" + (f" (+{contact})" if contact else "")


def request(asked: Request, at: Hop, *, user_agent: str, turn: Turn) -> httpx.Request:
    """Write it. Raises ValueError where a header can't be written."""
    lines: _Lines = [(b"User-Agent", user_agent.encode()), (b"Accept", asked.accept.encode())]
    if at.is_origin and asked.headers:
        lines = _over(lines, [(name.encode(), _plain(value).encode()) for name, value in asked.headers])
    ours: _Lines = [(b"Accept-Encoding", b"gzip")]
    if not turn.keep:
        ours.append((b"Connection", b"close"))
    if asked.fresh:
        ours.append((b"Cache-Control", b"no-cache"))  # RFC 9111 §5.2.1.4
    if answer.is_conditional(asked):
        ours += _conditions(asked)
    lines = _over(lines, ours) if asked.headers else lines + ours
    written = httpx.Request(asked.method, at.url, headers=lines, content=asked.body, extensions=turn._asdict())
    # all of it was text above; httpx would find that out letter by letter
    written.headers.encoding = "utf-8"
    return written


def _over(lines: _Lines, above: _Lines) -> _Lines:
    """Put lines in the place of those of the same name."""
    names = {name.lower() for name, _ in above}
    return [line for line in lines if line[0].lower() not in names] + above


def _plain(value: str | Secret) -> str:
    return value.reveal() if isinstance(value, Secret) else value


def _conditions(asked: Request) -> _Lines:
    """Give the validators back as they came (RFC 9110 §13.1)."""
    wanted = ((b"If-None-Match", asked.validators.etag), (b"If-Modified-Since", asked.validators.last_modified))
    return [(name, value.encode()) for name, value in wanted if value]
