"""What an answer's head says: whether it is one, how to ask next time, when to come back."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256
from http import HTTPStatus

import httpx

from monitor.errors import FetchError
from monitor.fetch.hop import Hop
from monitor.model import Fetched, Request, Unchanged, Validators

_REDIRECTS = {301, 302, 303, 307, 308}
_WORTH_A_RETRY = {408, 425, 429}
_MAX_VALIDATOR = 1_000
_MAX_CONTENT_TYPE = 200
_SECONDS = re.compile(r"[0-9]{1,9}")


def is_conditional(request: Request) -> bool:
    """Whether a request asks only for what changed. The body's hash alone can't be asked for."""
    return request.method == "GET" and bool(request.validators.etag or request.validators.last_modified)


def location(request: Request, response: httpx.Response) -> str | None:
    """Give where a redirect leads, None where it does not say. Raises FetchError where redirects are not to be followed."""
    if response.status_code not in _REDIRECTS:
        raise FetchError("redirect", _status_line(response.status_code))
    if not request.follow or request.method != "GET":
        raise FetchError("redirect", f"{_status_line(response.status_code)}: not followed", retryable=False)
    return _only(response, b"location")


def check(response: httpx.Response, now: datetime) -> None:
    """Raise FetchError (http, protocol) unless the answer is a whole one with a status from 200 to 299."""
    status = response.status_code
    if status >= HTTPStatus.BAD_REQUEST:
        raise FetchError(
            "http",
            _status_line(status),
            retryable=status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _WORTH_A_RETRY,
            status=status,
            retry_after=retry_after(response.headers.get("retry-after"), now),
        )
    if status < HTTPStatus.OK or status == HTTPStatus.PARTIAL_CONTENT:
        raise FetchError("protocol", f"{_status_line(status)}: not asked for")


def not_modified(request: Request, hop: Hop, now: datetime) -> Unchanged:
    """Take a 304 for what it is worth. Raises FetchError (protocol) where nothing was asked that it could answer."""
    if not is_conditional(request):
        raise FetchError("protocol", "304 Not Modified, but nothing to compare with was sent")
    return Unchanged(url=str(hop.url), status=HTTPStatus.NOT_MODIFIED, validators=request.validators, fetched_at=now)


def whole(request: Request, hop: Hop, response: httpx.Response, *, body: bytes, now: datetime) -> Fetched | Unchanged:
    """Give a whole answer, or Unchanged where its bytes are those of last time."""
    digest = sha256(body).hexdigest()
    validators = Validators(
        etag=_validator(response, b"etag"),
        last_modified=_validator(response, b"last-modified"),
        body_hash=digest,
    )
    if response.status_code == HTTPStatus.OK and digest == request.validators.body_hash:
        return Unchanged(url=str(hop.url), status=HTTPStatus.OK, validators=validators, fetched_at=now)
    return Fetched(
        requested_url=request.url,
        url=str(hop.url),
        status=response.status_code,
        content_type=_content_type(response),
        body=body,
        validators=validators,
        fetched_at=now,
        redirects=hop.redirects,
    )


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Read Retry-After (RFC 9110 §10.2.3): seconds, or an HTTP date. None: nothing usable, or a time that has passed."""
    if value is None:
        return None
    if _SECONDS.fullmatch(value.strip()):
        return timedelta(seconds=int(value))
    try:
        wait = parsedate_to_datetime(value) - now
    except (ValueError, TypeError, OverflowError, IndexError):  # TypeError: a date without a zone
        return None
    return wait if wait > timedelta(0) else None


def _validator(response: httpx.Response, name: bytes) -> str | None:
    """Give a validator as it came, None where it could not be sent back byte for byte."""
    value = _only(response, name)
    is_sendable = value is not None and value.isascii() and value.isprintable() and len(value) <= _MAX_VALIDATOR
    return value or None if is_sendable else None


def _only(response: httpx.Response, name: bytes) -> str | None:
    """Give a header that stands there once, as UTF-8; None where it is missing, or twice with different words, or not UTF-8."""
    values = {value for key, value in response.headers.raw if key.lower() == name}
    if len(values) != 1:
        return None
    try:
        return values.pop().decode("utf-8")
    except UnicodeDecodeError:
        return None


def _content_type(response: httpx.Response) -> str:
    value = response.headers.get("content-type", "")[:_MAX_CONTENT_TYPE]
    return "".join(letter for letter in value if letter.isprintable())


def _status_line(status: int) -> str:
    """Give the number with its registered phrase; what the server wrote beside it is not repeated."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
