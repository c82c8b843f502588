"""A mail + one SMTP server → who was refused, or a DeliveryError. Touches that server and the resolver; the door to smtplib."""

from __future__ import annotations

import asyncio
import base64
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from functools import partial
from typing import Any, BinaryIO, Final

from monitor.errors import DeliveryError
from monitor.model import EmailChannel
from monitor.text import one_line
from monitor.url import is_public

Refused = dict[str, tuple[int, bytes]]
"""The addresses that were not taken, each with the server's code and words."""

TEMPORARY: Final = range(400, 500)
"""RFC 5321 §4.2.1: the same may be taken later."""

_FOR_GOOD: Final = range(500, 600)
_CLOSING: Final = 421
_TOO_BIG: Final = 552
_WANTS_LOGIN: Final = 530
"""RFC 4954 §6."""
_LONGEST_ANSWER: Final = 200
_LARGEST_REPLY: Final = 64_000
"""Bytes of one answer, which has a few dozen lines of at most 512 (RFC 5321 §4.5.3.1.5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Whom to hand mail to, whose certificates to trust, and where to wait for it all."""

    channel: EmailChannel
    trust: ssl.SSLContext
    thread: ThreadPoolExecutor


async def hand_over(server: Server, write: Callable[[], EmailMessage], *, to: tuple[str, ...], deadline: float) -> Refused:
    """Hand what ``write`` gives to the channel's server for each of ``to``, within ``deadline`` seconds; give who was refused.

    Raises DeliveryError, without secrets, where nobody was taken. Cancelled, it cuts the session off.
    """
    ends_at = time.monotonic() + deadline
    channel = server.channel
    if channel.security == "plain" and channel.password is not None:
        wanted = f'write smtp = "smtps://..." under [channels.{channel.id}]'
        raise DeliveryError(f"{_place(channel)}: a password is only sent over TLS; {wanted}", retryable=False, is_whole=True)
    addresses = await _addresses(server, deadline=deadline)
    course = _Course(ends_at=ends_at)
    attempt = partial(_attempt, server, write, course, to=to, addresses=addresses)
    try:
        return await asyncio.get_running_loop().run_in_executor(server.thread, attempt)
    except asyncio.CancelledError:
        course.end()
        raise


def answers(channel: EmailChannel, refused: Refused) -> str:
    """Say in one line who was refused and how."""
    return "; ".join(f"{one_line(each, 100)} was refused: {_said(channel, *answer)}" for each, answer in refused.items())


async def _addresses(server: Server, *, deadline: float) -> tuple[str, ...]:
    """Resolve the server's name. What is not on the public internet is left out, unless the channel is ``private``."""
    channel = server.channel
    resolve = partial(socket.getaddrinfo, channel.host, channel.port, type=socket.SOCK_STREAM)
    try:
        async with asyncio.timeout(deadline):
            found = await asyncio.get_running_loop().run_in_executor(server.thread, resolve)
    except TimeoutError as error:
        raise DeliveryError(f"{channel.host}: the resolver did not answer in time", retryable=True, is_whole=True) from error
    except (OSError, UnicodeError) as error:
        raise DeliveryError(f"{channel.host}: no address found under this name", retryable=True, is_whole=True) from error
    everywhere = tuple(dict.fromkeys(str(address[0]) for *_, address in found))
    allowed = tuple(each for each in everywhere if channel.private or is_public(each))
    if allowed:
        return allowed
    wanted = f"write private = true under [channels.{channel.id}] if it may be on your own network"
    says = f"{channel.host} ({everywhere[0]}) is not on the public internet; {wanted}"
    raise DeliveryError(says, retryable=False, is_whole=True)


def _attempt(
    server: Server, write: Callable[[], EmailMessage], course: _Course, *, to: tuple[str, ...], addresses: tuple[str, ...]
) -> Refused:
    channel = server.channel
    mail = write()
    try:
        with _connected(channel.port, addresses, ends_at=course.ends_at) as wire, _cut_off(wire, course):
            client = _greeted(server, wire, course)
            with _left(client):
                return client.send_message(mail, channel.sender, to)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        is_late = time.monotonic() >= course.ends_at
        failure = _failure(channel, error, course)
    if is_late:
        failure = DeliveryError(f"{_place(channel)} did not finish in time", retryable=True, is_whole=not course.is_judged)
    # out here, so unchained: the server's own words, and those of a failed encoding, may hold the password
    raise failure


@contextmanager
def _connected(port: int, addresses: tuple[str, ...], *, ends_at: float) -> Iterator[socket.socket]:
    """Connect to the first address that answers: to those that were checked, not to what the name means a moment later."""
    error: OSError = TimeoutError()
    for address in addresses:
        left = ends_at - time.monotonic()
        if left <= 0:
            break
        try:
            wire = socket.create_connection((address, port), timeout=left)
        except OSError as refused:
            error = refused
            continue
        with wire:
            yield wire
        return
    raise error


@contextmanager
def _cut_off(wire: socket.socket, course: _Course) -> Iterator[None]:
    """Shut the connection when time is up or nobody waits for it any more, whoever waits on it then."""
    # a twin, since TLS takes the socket itself over
    with wire.dup() as twin:
        timer = threading.Thread(target=_shut_late, args=(twin, course), daemon=True)
        timer.start()
        try:
            yield
        finally:
            course.over.set()
            timer.join()


def _shut_late(wire: socket.socket, course: _Course) -> None:
    if not course.over.wait(max(0.0, course.ends_at - time.monotonic())) or course.is_ended:
        with suppress(OSError):
            wire.shutdown(socket.SHUT_RDWR)


@dataclass(slots=True, kw_only=True)
class _Course:
    """How far a session came. ``is_judged``: the server has begun to see the message itself, and may refuse just that.

    ``over`` ends the wait for the session's end; ``is_ended``: from outside, because nobody waits for it.
    """

    ends_at: float
    is_judged: bool = False
    is_ended: bool = False
    over: threading.Event = field(default_factory=threading.Event)

    def end(self) -> None:
        """Have the session cut off, or not begun."""
        self.is_ended = True
        self.over.set()


class _Answers:
    """What a server says, as smtplib reads it. Of one answer so much is given, and its last line: smtplib keeps it all."""

    def __init__(self, spoken: BinaryIO) -> None:
        self._spoken = spoken
        self.room = _LARGEST_REPLY

    def readline(self, size: int) -> bytes:
        """Give a line, or as much of it as is wanted."""
        line = self._spoken.readline(size)
        self.room -= len(line)
        while self.room < 0 and len(line) < size and line[3:4] == b"-":
            line = self._spoken.readline(size)
        return line

    def close(self) -> None:
        self._spoken.close()


class _Client(smtplib.SMTP):
    """smtplib on a connection that is there already."""

    file: Any
    sock: socket.socket

    def __init__(self, wire: socket.socket, channel: EmailChannel, course: _Course) -> None:
        self._wire = wire
        self._course = course
        # its own default asks the resolver for this machine's name, without a deadline
        address = str(wire.getsockname()[0])
        name = f"[IPv6:{address}]" if ":" in address else f"[{address}]"
        super().__init__(channel.host, channel.port, local_hostname=name)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # noqa: ARG002 - smtplib calls it so
        return self._wire

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None:
            self.file = _Answers(self.sock.makefile("rb"))
        self.file.room = _LARGEST_REPLY
        return super().getreply()

    def data(self, msg: Any) -> tuple[int, bytes]:  # noqa: ANN401  as its own
        self._course.is_judged = True
        return super().data(msg)


def _greeted(server: Server, wire: socket.socket, course: _Course) -> smtplib.SMTP:
    """Bring the session to where mail may be sent: encrypted and logged in, as the channel says."""
    channel, trust = server.channel, server.trust
    if channel.security == "tls":
        wire = trust.wrap_socket(wire, server_hostname=channel.host)
    client = _Client(wire, channel, course)
    try:
        if channel.security == "starttls":
            client.starttls(context=trust)
        if channel.user is not None and channel.password is not None:
            client.login(channel.user, channel.password.reveal())
    except BaseException:
        client.close()
        raise
    return client


@contextmanager
def _left(client: smtplib.SMTP) -> Iterator[None]:
    """Take leave afterwards. What goes wrong then is no matter: the mail was taken or not before."""
    try:
        yield
        with suppress(OSError, smtplib.SMTPException):
            client.quit()
    finally:
        client.close()


def _failure(channel: EmailChannel, error: Exception, course: _Course) -> DeliveryError:
    """Say what came back, and whether trying again can help."""
    detail, is_retryable = _judged(channel, error)
    is_whole = not course.is_judged
    if isinstance(error, smtplib.SMTPResponseException):
        # a size is told with the sender (RFC 1870 §6); a server that closes takes nothing, whatever it was about to judge
        is_whole = error.smtp_code == _CLOSING or (is_whole and error.smtp_code != _TOO_BIG)
    return DeliveryError(f"{_place(channel)} {detail}", retryable=is_retryable, is_whole=is_whole)


def _judged(channel: EmailChannel, error: Exception) -> tuple[str, bool]:
    judged = ("could not be told: an address, the user name or the password holds characters that SMTP can't carry", False)
    match error:
        case smtplib.SMTPAuthenticationError():
            # without the server's words: some repeat what they were sent
            code = error.smtp_code
            judged = (f"refused the user name or the password ({code})", True)
            if code not in TEMPORARY:
                judged = (f"{judged[0]}; {_mend(channel)}", False)
        case smtplib.SMTPRecipientsRefused():
            codes = [code for code, _ in error.recipients.values()]
            judged = (f"answered: {answers(channel, error.recipients)}", any(code in TEMPORARY for code in codes))
        case smtplib.SMTPResponseException():
            said = _said(channel, error.smtp_code, error.smtp_error)
            if error.smtp_code == _WANTS_LOGIN:
                said = f"{said}; {_mend(channel)}"
            judged = (f"answered {said}", error.smtp_code not in _FOR_GOOD)
        case smtplib.SMTPNotSupportedError():
            judged = (f"can't do what is wanted: {_words(channel, str(error))}", False)
        case smtplib.SMTPException():
            judged = ("closed the connection", True)
        case OSError():
            judged = (f"failed: {_words(channel, error.strerror or type(error).__name__)}", True)
    return judged


def _mend(channel: EmailChannel) -> str:
    return f"give the right user and password under [channels.{channel.id}] in config.toml"


def _place(channel: EmailChannel) -> str:
    return f"{channel.host}:{channel.port}"


def _said(channel: EmailChannel, code: int, answer: bytes | str) -> str:
    words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return _words(channel, f"{code} {words}")


def _words(channel: EmailChannel, words: str) -> str:
    """Give a server's words as one short line, without the password in any form in which it was sent."""
    for secret in _secrets(channel):
        words = words.replace(secret, "****")
    return one_line(words, _LONGEST_ANSWER)


def _secrets(channel: EmailChannel) -> Iterator[str]:
    if channel.password is None:
        return
    password = channel.password.reveal()
    yield password
    # as LOGIN and PLAIN send it (RFC 4616 §2)
    for sent in (password, f"\0{channel.user or ''}\0{password}"):
        yield base64.b64encode(sent.encode()).decode()
