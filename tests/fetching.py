"""How the tests of the door ask it: one door, one kind of request, one way to see an error."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import hostile
import pytest

from monitor.errors import FetchError
from monitor.fetch import Door, guard
from monitor.fetch.transport import Trust
from monitor.model import Request

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
SHORT = 0.5
"""Seconds: a deadline that is meant to be reached."""


def asking(url: str, **more: object) -> Request:
    asked: dict[str, object] = {"deadline": timedelta(seconds=10), "max_size": hostile.MEGABYTE, "private": True}
    return Request(url=url, **(asked | more))  # type: ignore[arg-type]


def loopback(_host: str, _port: int) -> tuple[str, ...]:
    return ("127.0.0.1",)


def opened(
    resolver: Callable[[str, int], tuple[str, ...]] = loopback, *, at_once: int = 16, trust: ssl.SSLContext | None = None
) -> Door:
    trusted = Trust(text=pem(trust)) if trust else None
    return Door(user_agent="monitor/1 (+desk@example.org)", at_once=at_once, now=lambda: NOW, resolver=resolver, trust=trusted)


def pem(trust: ssl.SSLContext) -> bytes:
    return "".join(map(ssl.DER_cert_to_PEM_cert, trust.get_ca_certs(binary_form=True))).encode()


async def fault(door: Door, request: Request) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await door.fetch(request)
    assert caught.value.__cause__ is None
    return caught.value


@contextmanager
def no_way_out() -> Iterator[None]:
    """Let no address count as public, so that text made up by a machine can't reach the real internet."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(guard, "is_public", lambda _address: False)
        yield
