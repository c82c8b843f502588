"""What an answer's head says: whether it is one, how to ask next time, when to come back."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from http import HTTPStatus

from monitor.errors import FetchError
from monitor.fetch import trouble
from monitor.fetch.body import Body, is_packed
from monitor.fetch.head import Head
from monitor.fetch.hop import Hop
from monitor.fetch.manner import manner, retry_after
from monitor.model import Fetched, Request, Unchanged, Validators

_PERMANENT = frozenset({301, 308})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_WORTH_A_RETRY = frozenset({408, 425, 429})
_OK = 200
_NOT_MODIFIED = 304
_MAX_VALIDATOR = 1_000
_MAX_CONTENT_TYPE = 200


def is_conditional(request: Request) -> bool:
    """Whether a request asks only for what changed. The body's hash alone can't be asked for."""
    return request.method == "GET" and bool(request.validators.etag or request.validators.last_modified)


def is_unchanged(head: Head) -> bool:
    """Whether it is a 304."""
    return head.status == _NOT_MODIFIED


def is_redirect(head: Head) -> bool:
    """Whether what was asked for is said to be elsewhere, whether or not one may follow."""
    return HTTPStatus.MULTIPLE_CHOICES <= head.status < HTTPStatus.BAD_REQUEST


def is_permanent(head: Head) -> bool:
    """Whether a redirect is meant for good (RFC 9110 §15.4)."""
    return head.status in _PERMANENT


def location(request: Request, head: Head) -> str | None:
    """Give where a redirect leads, None where it does not say. Raises FetchError where redirects are not to be followed."""
    if head.status not in _REDIRECTS:
        raise FetchError("redirect", _status_line(head.status))
    if not request.follow or request.method != "GET":
        raise FetchError("redirect", f"{_status_line(head.status)}: not followed", retryable=False)
    return head.only(b"location")


def check(request: Request, head: Head, now: datetime) -> None:
    """Raise FetchError (http, protocol, local) unless the answer is a whole one with a status from 200 to 299."""
    status = head.status
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED and request.proxy is not None:
        raise trouble.proxy_credentials()
    if status >= HTTPStatus.BAD_REQUEST:
        raise FetchError(
            "http",
            _status_line(status),
            retryable=status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _WORTH_A_RETRY,
            status=status,
            retry_after=retry_after(head.only(b"retry-after"), now),
        )
    # an odd receipt for what was sent is one: without it the same would be sent again for days
    is_part = status == HTTPStatus.PARTIAL_CONTENT and request.method == "GET"
    if status < HTTPStatus.OK or is_part:
        raise FetchError("protocol", f"{_status_line(status)}: not asked for")


def not_modified(request: Request, hop: Hop, head: Head, *, now: datetime) -> Unchanged:
    """Take a 304 for what it is worth.

    Raises FetchError (protocol, with status 304, which no other of that kind has) where nothing was asked that it could answer.
    """
    if not is_conditional(request):
        raise FetchError("protocol", "304 Not Modified, but nothing to compare with was sent", status=_NOT_MODIFIED)
    return Unchanged(
        url=hop.text,
        status=_NOT_MODIFIED,
        validators=request.validators,
        fetched_at=now,
        manner=manner(head, hop, now),
    )


def whole(request: Request, hop: Hop, head: Head, *, body: Body, now: datetime) -> Fetched | Unchanged:
    """Give a whole answer, or Unchanged where its bytes are those of last time."""
    digest = sha256(body.decoded).hexdigest()
    validators = Validators(
        etag=_validator(head, b"etag"),
        last_modified=_validator(head, b"last-modified"),
        body_hash=digest,
    )
    asked = manner(head, hop, now)
    if head.status == _OK and digest == request.validators.body_hash:
        return Unchanged(url=hop.text, status=_OK, validators=validators, fetched_at=now, manner=asked)
    return Fetched(
        requested_url=request.url,
        url=hop.text,
        status=head.status,
        content_type=_content_type(head),
        body=body.decoded,
        raw=body.raw,
        head=head.lines,
        way=hop.way,
        validators=validators,
        fetched_at=now,
        manner=asked,
        is_whole=_is_vouched_for(head),
    )


def _is_vouched_for(head: Head) -> bool:
    """Say whether a body that broke off would not have got here: its end is told by more than the connection's (RFC 9112 §6.3).

    Of transfer codings libcurl takes chunked alone, and refuses what was not asked for.
    """
    if head.has(b"transfer-encoding"):
        # beside one that is empty, too, a length does not count
        is_delimited = head.joined(b"transfer-encoding").strip().lower() == "chunked"
    else:
        is_delimited = head.only(b"content-length") is not None
    return is_delimited or is_packed(head)


def _validator(head: Head, name: bytes) -> str | None:
    """Give a validator as it came, None where it could not be sent back byte for byte."""
    value = head.only(name)
    is_sendable = value is not None and value.isascii() and value.isprintable() and len(value) <= _MAX_VALIDATOR
    return value or None if is_sendable else None


def _content_type(head: Head) -> str:
    value = head.joined(b"content-type")[:_MAX_CONTENT_TYPE]
    return "".join(letter for letter in value if letter.isprintable())


def _status_line(status: int) -> str:
    """Give the number with its registered phrase; what the server wrote beside it is not repeated."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
