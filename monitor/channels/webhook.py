"""Message → a POST of its JSON. Touches the web only through the Fetch that it was handed."""

from __future__ import annotations

import hmac
from datetime import timedelta
from http import HTTPStatus
from typing import Final

from monitor.channels.opened import Means
from monitor.errors import DeliveryError, FetchError
from monitor.model import Fetched, Message, Request, Secret, Unchanged, WebhookChannel

DEADLINE: Final = timedelta(seconds=15)
"""For the whole POST: resolving, connecting, sending, the reply."""

_LARGEST_REPLY: Final = 64 * 1024
# RFC 9110 §15.5.9, RFC 8470 §5.2, RFC 6585 §4: the same request can be taken later
_LATER: Final = frozenset((408, 425, 429))
_REDIRECTS: Final = range(300, 400)
_REFUSALS: Final = range(400, 500)
# nothing takes anything at this address, or nobody lets the monitor in: not a matter of what was sent
_WRONG_ADDRESS: Final = frozenset((401, 403, 404, 405, 410))
# RFC 9110 §15.6.3 to 15.6.5, RFC 6585 §4: who would judge it is not there, or takes nothing more for now
_NOT_NOW: Final = frozenset((429, 502, 503, 504))
# no answer of whoever would judge a message
_UNREACHED: Final = frozenset(("dns", "connect", "tls", "timeout", "local"))


class Webhook:
    """A channel that takes JSON by POST."""

    def __init__(self, channel: WebhookChannel, means: Means, *, deadline: timedelta = DEADLINE) -> None:
        """Connect nothing."""
        self.id = channel.id
        self._channel = channel
        self._fetch = means.fetch
        self._deadline = deadline

    async def deliver(self, message: Message, had: frozenset[str] = frozenset()) -> None:
        """POST the JSON, signed where there is a secret; any 2xx is a receipt. Raises DeliveryError."""
        del had
        try:
            answer = await self._posted(message)
        except FetchError as error:
            failure = self._failure(error)
            # an address that is a secret may stand in the words of the error, and of what that came from
            if not isinstance(self._channel.url, Secret):
                raise failure from error
        else:
            if answer.status in range(200, 300):
                return
            failure = DeliveryError(_status(answer.status), retryable=False)
        raise failure

    async def _posted(self, message: Message) -> Fetched | Unchanged:
        """POST the whole, and where that is too long for whoever takes it the brief form. Raises FetchError."""
        try:
            return await self._fetch(self._request(message.key, message.json))
        except FetchError as error:
            if error.status != HTTPStatus.REQUEST_ENTITY_TOO_LARGE or message.brief is None:
                raise
        return await self._fetch(self._request(message.key, message.brief))

    def _request(self, key: str, words: str) -> Request:
        url = self._channel.url
        # a lone surrogate can't be encoded: a poison message would be tried for ever
        body = words.encode("utf-8", "replace")
        headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/json"), ("Idempotency-Key", key))
        if self._channel.secret is not None:
            digest = hmac.new(self._channel.secret.reveal().encode(), body, "sha256").hexdigest()
            headers += (("X-Monitor-Signature", f"sha256={digest}"),)
        return Request(
            url=url.reveal() if isinstance(url, Secret) else url,
            deadline=self._deadline,
            max_size=_LARGEST_REPLY,
            method="POST",
            headers=headers,
            body=body,
            private=self._channel.private,
            ca_file=self._channel.ca_file,
            follow=False,
        )

    def _failure(self, error: FetchError) -> DeliveryError:
        """Say what came back, and whether trying again can help."""
        said = error.kind if isinstance(self._channel.url, Secret) else f"{error.kind}: {error.detail}"
        if error.status is not None:
            said = _status(error.status)
        if error.kind == "redirect" or error.status in _REDIRECTS:
            # followed, a 302 turns the POST into a GET, which drops the alert and reports success
            return DeliveryError(
                f"{said}; webhooks are not followed: give the final address in config.toml", retryable=False, is_whole=True
            )
        if error.kind == "blocked":
            wanted = f"write private = true under [channels.{self.id}] if it may be on your own network"
            return DeliveryError(f"{said}; {wanted}", retryable=False, is_whole=True)
        if error.status in _WRONG_ADDRESS:
            wanted = f"give the right url, and the secret if it wants one, under [channels.{self.id}] in config.toml"
            return DeliveryError(f"{said}; {wanted}", retryable=False, retry_after=error.retry_after, is_whole=True)
        is_retryable = error.status in _LATER if error.status in _REFUSALS else error.retryable
        is_whole = error.status in _NOT_NOW or error.kind in _UNREACHED
        return DeliveryError(said, retryable=is_retryable, retry_after=error.retry_after, is_whole=is_whole)


def _status(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
