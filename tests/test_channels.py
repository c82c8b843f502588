"""Delivery over real loopback servers: what is taken, what is tried again, what is given up, and what nobody may read."""

from __future__ import annotations

import asyncio
import base64
import email
import email.policy
import errno
import hmac
import json
import quopri
import re
import socket
import ssl
import threading
import time
import traceback
import tracemalloc
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from desks import PATIENCE, configured, typed
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.channels import CHANNELS, Opened, open_channel
from monitor.channels.email import Email, whole, written
from monitor.channels.log import Log
from monitor.channels.opened import Means
from monitor.channels.webhook import Webhook
from monitor.errors import DeliveryError, FetchError
from monitor.fetch import Door
from monitor.model import (
    Channel,
    ChannelId,
    EmailChannel,
    Fetched,
    LogChannel,
    Message,
    Request,
    Secret,
    Unchanged,
    Validators,
    WebhookChannel,
)
from monitor.url import is_public

CANARY = "Zx9-canary-Qv7"
MESSAGE = Message(
    key="0123456789abcdef0123456789abcdef",
    subject="idlib: أمطار تغرق الخيام شمال إدلب – Relief Desk",
    text="idlib: أمطار\nRelief Desk\n",
    html="<!doctype html><html><body><p>أمطار <mark>إدلب</mark></p></body></html>",
    json='{"version": 1, "headline": "أمطار"}',
)


async def no_web(request: Request) -> Fetched | Unchanged:
    raise AssertionError(request)


def said_by(error: BaseException) -> str:
    """Everything that a log could ever show of an error: its text, its repr, its chain and all that they hold."""
    texts = ["".join(traceback.format_exception(error))]
    seen: BaseException | None = error
    while seen is not None:
        texts.append(f"{seen} {seen!r} {seen.args!r} {vars(seen)!r}")
        seen = seen.__cause__ or seen.__context__
    return "\n".join(texts)


async def failure_of(channel: Opened, message: Message = MESSAGE) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await channel.deliver(message)
    assert CANARY not in said_by(caught.value)
    assert "\n" not in caught.value.detail
    return caught.value


# ---- opening


def test_every_kind_of_channel_that_can_be_asked_for_can_be_opened() -> None:
    assert set(CHANNELS) == set(Channel.__args__)
    channel = open_channel(LogChannel(id=ChannelId("log")), fetch=no_web, say=print)
    assert channel.id == "log"


async def test_the_log_is_told_the_whole_text() -> None:
    heard: list[str] = []
    await open_channel(LogChannel(id=ChannelId("log")), fetch=no_web, say=heard.append).deliver(MESSAGE)
    assert heard == [MESSAGE.text]


def broken_pipe(_words: str) -> None:
    raise BrokenPipeError(errno.EPIPE, "Broken pipe")


def lacking_letters(words: str) -> None:
    words.encode("latin-1")


@pytest.mark.parametrize(("say", "detail"), [(broken_pipe, "Broken pipe"), (lacking_letters, "UnicodeEncodeError")])
async def test_what_could_not_be_written_to_the_log_is_no_delivery(say: Callable[[str], None], detail: str) -> None:
    error = await failure_of(open_channel(LogChannel(id=ChannelId("log")), fetch=no_web, say=say))
    assert error.retryable
    assert detail in error.detail


async def test_a_log_that_nobody_reads_holds_up_nothing_and_is_not_told_later_what_was_given_up() -> None:
    said: list[str] = []
    is_read = threading.Event()

    def stalled(words: str) -> None:
        is_read.wait(30)
        said.append(words)

    channel = Log(LogChannel(id=ChannelId("log")), Means(fetch=no_web, say=stalled), deadline=timedelta(seconds=0.2))
    began = time.monotonic()
    first, second = await asyncio.gather(failure_of(channel), failure_of(channel, replace(MESSAGE, text="second")))
    assert (first.retryable, second.retryable) == (True, True)
    cancelled = asyncio.create_task(channel.deliver(replace(MESSAGE, text="third")))
    await asyncio.sleep(0)
    cancelled.cancel()
    await asyncio.gather(cancelled, return_exceptions=True)
    assert time.monotonic() - began < 5
    is_read.set()
    await channel.deliver(replace(MESSAGE, text="fourth"))
    assert said == [MESSAGE.text, "fourth"]


async def test_what_a_stalled_log_took_late_is_not_said_again() -> None:
    said: list[str] = []
    is_read = threading.Event()

    def stalled(words: str) -> None:
        is_read.wait(30)
        said.append(words)

    channel = Log(LogChannel(id=ChannelId("log")), Means(fetch=no_web, say=stalled), deadline=timedelta(seconds=0.2))
    await failure_of(channel)
    await failure_of(channel)
    is_read.set()
    for text in (MESSAGE.text, "second", MESSAGE.text):
        await channel.deliver(replace(MESSAGE, text=text))
    assert said == [MESSAGE.text, "second", MESSAGE.text]


# ---- webhook


@dataclass
class Hook:
    """A receiver that answers every POST with the same bytes."""

    answer: bytes
    drips: bytes = b""
    heads: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    url: str = ""
    answers: dict[str, bytes] = field(default_factory=dict)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = int(next(line for line in head.lower().splitlines() if line.startswith("content-length:")).split(":")[1])
        self.heads.append(head)
        self.bodies.append(await reader.readexactly(length))
        others = (reply for word, reply in self.answers.items() if word.encode() in self.bodies[-1])
        writer.write(next(others, self.answer) or self.drips)
        leaves = asyncio.create_task(reader.read())
        while not self.answer and not leaves.done():
            writer.write(self.drips[-1:])
            await asyncio.sleep(0.05)
        leaves.cancel()
        writer.close()

    def header(self, name: str) -> str | None:
        lines = [line.split(": ", 1) for line in self.heads[-1].splitlines() if ": " in line]
        return next((value for key, value in lines if key.lower() == name.lower()), None)


def answer(status: str, *headers: str, body: bytes = b"") -> bytes:
    lines = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers, "", "")
    return "\r\n".join(lines).encode() + body


@asynccontextmanager
async def listening(reply: bytes, trust: ssl.SSLContext | None = None, *, drips: bytes = b"") -> AsyncIterator[Hook]:
    hook = Hook(reply, drips)
    server = await asyncio.start_server(hook.serve, "127.0.0.1", 0, ssl=trust)
    hook.url = f"http{'s' if trust else ''}://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    try:
        yield hook
    finally:
        server.close()


@asynccontextmanager
async def webhook(url: str | Secret, *, secret: Secret | None = None, **facts: Any) -> AsyncIterator[Opened]:
    deadline = facts.pop("deadline", timedelta(seconds=5))
    channel = WebhookChannel(id=ChannelId("hook"), url=url, secret=secret, **({"private": True} | facts))
    async with Door(user_agent="monitor", at_once=4, now=lambda: datetime.now(UTC)) as door:
        yield Webhook(channel, Means(fetch=door.fetch, say=print), deadline=deadline)


@pytest.mark.parametrize("status", ["200 OK", "201 Created", "202 Accepted", "204 No Content", "206 Partial Content"])
async def test_a_webhook_gets_the_json_once_with_a_key_and_a_signature_that_can_be_checked(status: str) -> None:
    async with listening(answer(status)) as hook, webhook(hook.url, secret=Secret(CANARY)) as channel:
        await channel.deliver(MESSAGE)
    assert hook.bodies == [MESSAGE.json.encode()]
    assert hook.heads[0].startswith("POST /hook HTTP/1.1")
    assert hook.header("content-type") == "application/json"
    assert hook.header("idempotency-key") == MESSAGE.key
    assert hook.header("x-monitor-signature") == f"sha256={hmac.new(CANARY.encode(), hook.bodies[0], 'sha256').hexdigest()}"


async def test_a_webhook_without_a_secret_is_not_signed() -> None:
    async with listening(answer("200 OK")) as hook, webhook(Secret(hook.url)) as channel:
        await channel.deliver(MESSAGE)
    assert hook.header("x-monitor-signature") is None
    assert json.loads(hook.bodies[0])["headline"] == "أمطار"


async def test_h17_a_webhook_that_finds_many_alerts_too_long_gets_them_in_brief() -> None:
    async with listening(answer("413 Content Too Large")) as hook, webhook(hook.url) as channel:
        error = await failure_of(channel)
        assert not error.retryable
        assert hook.bodies == [MESSAGE.json.encode()]
        hook.answers["brief"] = answer("200 OK")
        await channel.deliver(replace(MESSAGE, brief='{"is": "brief"}'))
    assert hook.bodies[1:] == [MESSAGE.json.encode(), b'{"is": "brief"}']
    assert hook.header("idempotency-key") == MESSAGE.key


@pytest.mark.parametrize(
    ("status", "retryable"),
    [
        ("400 Bad Request", False),
        ("401 Unauthorized", False),
        ("404 Not Found", False),
        ("410 Gone", False),
        ("413 Content Too Large", False),
        ("408 Request Timeout", True),
        ("425 Too Early", True),
        ("429 Too Many Requests", True),
        ("500 Internal Server Error", True),
        ("503 Service Unavailable", True),
    ],
)
async def test_l16_a_refusal_is_final_and_trouble_is_tried_again(status: str, *, retryable: bool) -> None:
    async with listening(answer(status, "Retry-After: 120")) as hook, webhook(hook.url) as channel:
        error = await failure_of(channel)
    assert (error.retryable, error.retry_after) == (retryable, timedelta(seconds=120))
    assert error.detail.startswith(status[:3])


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden", "404 Not Found"])
async def test_a_wrong_address_of_a_webhook_says_what_to_mend(status: str) -> None:
    async with listening(answer(status)) as hook, webhook(Secret(f"{hook.url}/{CANARY}"), secret=Secret(CANARY)) as channel:
        error = await failure_of(channel)
    assert "give the right url" in error.detail
    assert "under [channels.hook] in config.toml" in error.detail


@pytest.mark.parametrize("status", ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"])
async def test_l16_a_redirect_is_no_delivery_and_is_not_followed(status: str) -> None:
    async with listening(answer("200 OK")) as other, listening(answer(status, f"Location: {other.url}")) as hook:
        async with webhook(hook.url) as channel:
            error = await failure_of(channel)
        async with webhook(Secret(hook.url)) as channel:
            await failure_of(channel)
    assert not error.retryable
    assert status[:3] in error.detail
    assert "webhooks are not followed" in error.detail
    assert other.heads == []


@pytest.mark.parametrize(
    "reply",
    [
        answer("200 OK", body=b"x" * 5_000_000),
        answer("200 OK", "Content-Encoding: gzip", body=b"no gzip"),
        answer("202 Accepted", body=b"x").replace(b"Length: 1", b"Length: 9"),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz",
    ],
    ids=["of many megabytes", "in no coding", "that breaks off", "of nonsense"],
)
async def test_l16_a_reply_is_a_receipt_that_nobody_reads(reply: bytes) -> None:
    async with listening(reply) as hook, webhook(hook.url) as channel:
        await channel.deliver(MESSAGE)
    assert len(hook.bodies) == 1


async def test_l16_a_reply_that_drips_is_a_receipt_all_the_same() -> None:
    drips = b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n "
    async with listening(b"", drips=drips) as hook, webhook(hook.url, deadline=timedelta(seconds=4)) as channel:
        await channel.deliver(MESSAGE)
    assert len(hook.bodies) == 1


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\nX-Slow: "], ids=["nothing", "half a head"])
async def test_l16_a_webhook_that_never_answers_is_let_go_and_tried_again(said: bytes) -> None:
    async with listening(b"", drips=said) as hook, webhook(hook.url, deadline=timedelta(seconds=0.3)) as channel:
        error = await failure_of(channel)
    assert error.retryable
    assert "timeout" in error.detail


async def test_a_webhook_on_the_own_network_needs_leave_and_the_error_says_which() -> None:
    async with listening(answer("200 OK")) as hook, webhook(hook.url, private=False) as channel:
        error = await failure_of(channel)
    assert not error.retryable
    assert "private = true" in error.detail
    assert "[channels.hook]" in error.detail
    assert hook.heads == []


async def test_nothing_that_can_fail_tells_a_secret_address() -> None:
    for path in (f"/{CANARY}", f"/?token={CANARY}"):
        for reply in (answer("404 Not Found"), answer("302 Found", "Location: /x"), answer("500 No"), b"nonsense\r\n\r\n"):
            async with listening(reply) as hook, webhook(Secret(hook.url + path), secret=Secret(CANARY)) as channel:
                await failure_of(channel)
                assert CANARY not in repr(channel)
    for url in (f"http://{CANARY}.invalid/", f"ftp://x.example/{CANARY}", f"https://u:{CANARY}@x.example/", f"http://[{CANARY}"):
        async with webhook(Secret(url)) as channel:
            await failure_of(channel)


async def test_an_address_that_the_web_repeats_in_its_error_is_kept_back_if_it_is_a_secret_and_told_if_not() -> None:
    async def telling(request: Request) -> Fetched | Unchanged:
        raise FetchError("connect", f"no answer from {request.url}")

    url = f"https://hook.example/{CANARY}"
    secret = WebhookChannel(id=ChannelId("hook"), url=Secret(url))
    error = await failure_of(open_channel(secret, fetch=telling, say=print))
    assert (error.detail, error.retryable) == ("connect", True)
    with pytest.raises(DeliveryError, match="no answer from https://hook"):
        await open_channel(replace(secret, url=url), fetch=telling, say=print).deliver(MESSAGE)


# ---- e-mail


@dataclass
class Post:
    """A mail server's memory, and the codes with which it refuses addresses (once each where ``once``)."""

    codes: dict[str, str] = field(default_factory=dict)
    once: bool = False
    data: str = "250 taken"
    taken: list[tuple[tuple[str, ...], EmailMessage]] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any) -> str:  # noqa: N802 - aiosmtpd calls it so
        code = self.codes.pop(address, None) if self.once else self.codes.get(address)
        if code is None:
            envelope.rcpt_tos.append(address)
        return code or "250 fine"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802 - the same
        content = envelope.content
        assert isinstance(content, bytes)
        if self.data.startswith("250"):
            mail = email.message_from_bytes(content, policy=email.policy.default)
            self.taken.append((tuple(envelope.rcpt_tos), mail))
        return self.data

    def log_in(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, given: LoginPassword) -> AuthResult:
        self.logins.append(given.password.decode())
        return AuthResult(success=given.password == CANARY.encode(), handled=False)


class Starting(Controller):
    """A controller on a free port, whose first look at itself does not need a plain greeting."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        with socket.create_connection((self.hostname, self.port), timeout=5):
            pass


@contextmanager
def mail_server(post: Post, **facts: Any) -> Iterator[int]:
    controller = Starting(post, hostname="127.0.0.1", port=0, ready_timeout=30, **facts)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@dataclass(frozen=True)
class Trust:
    server: ssl.SSLContext
    client: ssl.SSLContext
    authority: bytes


@pytest.fixture(scope="module")
def trust() -> Trust:
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(server)
    client = ssl.create_default_context()
    authority.configure_trust(client)
    return Trust(server=server, client=client, authority=authority.cert_pem.bytes())


def mail_channel(port: int, **facts: Any) -> EmailChannel:
    usual = {
        "to": ("desk@desk.example",),
        "sender": "monitor@desk.example",
        "host": "127.0.0.1",
        "security": "plain",
        "private": True,
    }
    return EmailChannel(id=ChannelId("desk-mail"), port=port, **(usual | facts))


def mail_to(
    port: int,
    *,
    say: Callable[[str], None] = print,
    deadline: float = 10,
    client: ssl.SSLContext | None = None,
    **facts: Any,
) -> Email:
    means = Means(fetch=no_web, say=say)
    return Email(mail_channel(port, **facts), means, deadline=timedelta(seconds=deadline), trust=client)


async def test_a_mail_comes_with_its_text_its_page_and_an_id_that_stays() -> None:
    post = Post()
    with mail_server(post) as port:
        channel = mail_to(port, to=("desk@desk.example", "Night desk <night@desk.example>"))
        await channel.deliver(MESSAGE)
        await channel.deliver(MESSAGE)
    (recipients, mail), (_, again) = post.taken
    assert recipients == ("desk@desk.example", "night@desk.example")
    assert mail["Subject"] == MESSAGE.subject
    assert mail["From"] == "monitor@desk.example"
    assert mail["To"] == "desk@desk.example, Night desk <night@desk.example>"
    assert mail["Message-ID"] == again["Message-ID"] == f"<{MESSAGE.key}@monitor.invalid>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Precedence"] == "list"
    assert mail["List-Id"] == "<desk-mail.monitor.invalid>"
    assert abs(mail["Date"].datetime - datetime.now(UTC)) < timedelta(minutes=5)
    text, page = mail.iter_parts()
    assert mail.get_content_type() == "multipart/alternative"
    assert (text.get_content_type(), page.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content().splitlines() == MESSAGE.text.splitlines()
    assert page.get_content().splitlines() == [MESSAGE.html]


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_a_password_goes_out_over_tls_and_opens_the_door(security: str, trust: Trust) -> None:
    post = Post()
    context = {"ssl_context": trust.server} if security == "tls" else {"tls_context": trust.server, "require_starttls": True}
    # aiosmtpd does not know that a session which began encrypted is encrypted
    loosely = {"auth_require_tls": security != "tls"}
    with mail_server(post, authenticator=post.log_in, auth_required=True, **context, **loosely) as port:
        facts = {"security": security, "user": "monitor", "client": trust.client}
        await mail_to(port, password=Secret(CANARY), **facts).deliver(MESSAGE)
        error = await failure_of(mail_to(port, password=Secret(CANARY + "-old"), **facts))
    assert post.logins[0] == CANARY
    assert len(post.taken) == 1
    assert not error.retryable
    assert "refused the user name or the password" in error.detail
    assert "give the right user and password under [channels.desk-mail] in config.toml" in error.detail


async def test_an_authority_of_ones_own_is_trusted_where_the_channel_names_it(trust: Trust, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_bytes(trust.authority)
    post, own = Post(), str(tmp_path / "ca.pem")
    with mail_server(post, ssl_context=trust.server) as port:
        stranger = await failure_of(mail_to(port, security="tls"))
        await mail_to(port, security="tls", ca_file=own).deliver(MESSAGE)
    assert "certificate" in stranger.detail
    assert len(post.taken) == 1
    async with listening(answer("200 OK"), trust.server) as hook:
        async with webhook(hook.url) as channel:
            assert "tls" in (await failure_of(channel)).detail
        async with webhook(hook.url, ca_file=own) as channel:
            await channel.deliver(MESSAGE)
    assert hook.bodies == [MESSAGE.json.encode()]
    with pytest.raises(DeliveryError, match="ca_file: no readable PEM file"):
        mail_to(1, security="tls", ca_file=str(tmp_path / "gone.pem"))


async def test_a_password_never_goes_out_in_the_clear() -> None:
    post = Post()
    with mail_server(post, authenticator=post.log_in, auth_require_tls=False) as port:
        plain = await failure_of(mail_to(port, user="monitor", password=Secret(CANARY)))
        unable = await failure_of(mail_to(port, user="monitor", password=Secret(CANARY), security="starttls"))
    assert (plain.retryable, unable.retryable) == (False, False)
    assert "only sent over TLS" in plain.detail
    assert "STARTTLS" in unable.detail
    assert post.logins == []


async def test_a_server_that_nobody_vouches_for_gets_neither_password_nor_mail(trust: Trust) -> None:
    post = Post()
    with mail_server(post, ssl_context=trust.server) as port:
        error = await failure_of(mail_to(port, security="tls", user="monitor", password=Secret(CANARY)))
    assert "certificate verify failed" in error.detail.lower()
    assert post.taken == []


async def test_a_password_that_smtp_cannot_carry_is_said_to_be_one_and_not_shown(trust: Trust) -> None:
    post = Post()
    with mail_server(post, ssl_context=trust.server, authenticator=post.log_in, auth_require_tls=False) as port:
        channel = mail_to(port, security="tls", user="monitor", password=Secret(CANARY + "é"), client=trust.client)
        error = await failure_of(channel)
    assert not error.retryable
    assert "characters that SMTP can't carry" in error.detail


async def test_l15_greylisting_is_tried_again_and_then_taken() -> None:
    post = Post(codes={"desk@desk.example": "451 come back later"}, once=True)
    with mail_server(post) as port:
        channel = mail_to(port)
        error = await failure_of(channel)
        await channel.deliver(MESSAGE)
    assert error.retryable
    assert "desk@desk.example was refused: 451 come back later" in error.detail
    assert len(post.taken) == 1


async def test_l15_one_greylisted_address_of_two_gets_the_mail_later_and_the_other_does_not_get_it_twice() -> None:
    post = Post(codes={"b@desk.example": "451 come back later"}, once=True)
    with mail_server(post) as port:
        channel = mail_to(port, to=("a@desk.example", "b@desk.example"))
        error = await failure_of(channel)
        await mail_to(port, to=("a@desk.example", "b@desk.example")).deliver(MESSAGE, error.taken)
    assert (error.retryable, error.is_whole, error.taken) == (True, False, {"a@desk.example"})
    assert [recipients for recipients, _ in post.taken] == [("a@desk.example",), ("b@desk.example",)]


async def test_l15_one_refused_address_of_two_is_a_delivery_and_is_told() -> None:
    heard: list[str] = []
    post = Post(codes={"gone@desk.example": "550 no such user"})
    with mail_server(post) as port:
        await mail_to(port, to=("desk@desk.example", "gone@desk.example"), say=heard.append).deliver(MESSAGE)
    assert [recipients for recipients, _ in post.taken] == [("desk@desk.example",)]
    assert heard == ["desk-mail: gone@desk.example was refused: 550 no such user"]


def test_a_test_message_that_one_of_two_addresses_refuses_has_failed_and_the_json_stays_whole(tmp_path: Path) -> None:
    post = Post(codes={"gone@desk.example": "550 no such user"})
    with mail_server(post) as port:
        config = configured(
            tmp_path,
            f"""
[outlets]
a = "https://a.example/rss"
[channels.desk-mail]
type = "email"
to = ["desk@desk.example", "gone@desk.example"]
from = "monitor@desk.example"
smtp = "smtp://127.0.0.1:{port}"
private = true
[channels.log]
type = "log"
""",
        )
        said = typed(config, "alert", "test", "desk-mail")
        told = typed(config, "alert", "test", "--json")
    assert said.returncode == told.returncode == 1
    words = "taken by some of its addresses only: gone@desk.example was refused: 550 no such user"
    assert said.stdout == f"desk-mail  {words}\n"
    mail, log = json.loads(told.stdout)
    assert (mail["taken"], mail["says"], log["taken"]) == (False, words, True)
    assert "TEST – no news" in told.stderr


async def test_l15_an_address_refused_for_good_after_others_took_the_mail_is_told_and_the_delivery_stands() -> None:
    heard: list[str] = []
    post = Post(codes={"b@desk.example": "451 come back later"})
    with mail_server(post) as port:
        channel = mail_to(port, to=("a@desk.example", "b@desk.example"), say=heard.append)
        error = await failure_of(channel)
        post.codes["b@desk.example"] = "550 no such user"
        await channel.deliver(MESSAGE, error.taken)
    assert len(post.taken) == 1
    assert "b@desk.example was refused: 550 no such user" in heard[0]


@pytest.mark.parametrize(
    ("codes", "data", "retryable"),
    [
        ({"desk@desk.example": "550 no such user"}, "250 taken", False),
        ({"desk@desk.example": "452 mailbox full"}, "250 taken", True),
        ({}, "451 not now", True),
        ({}, "554 smells of spam", False),
    ],
)
async def test_what_a_mail_server_refuses_for_good_is_given_up(codes: dict[str, str], data: str, *, retryable: bool) -> None:
    with mail_server(Post(codes=codes, data=data)) as port:
        error = await failure_of(mail_to(port))
    assert error.retryable is retryable


async def test_l15_nobody_listening_is_tried_again() -> None:
    with socket.socket() as taken:
        # bound, so that nobody else gets it, and without a listener
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        error = await failure_of(mail_to(port))
    assert error.retryable
    assert f"127.0.0.1:{port} failed" in error.detail


@contextmanager
def odd_server(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """Talk to one caller as no mail server should; what breaks when the caller leaves is no matter."""

    def serve() -> None:
        caller, _ = listener.accept()
        with caller:
            try:
                talk(caller)
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(timeout=10)
        assert not thread.is_alive()


def silent(caller: socket.socket) -> None:
    while caller.recv(1000):
        pass


def dripping(caller: socket.socket) -> None:
    caller.settimeout(0.05)
    while True:
        caller.sendall(b"2")
        try:
            if not caller.recv(1000):
                return
        except TimeoutError:
            continue


@pytest.mark.parametrize("talk", [silent, dripping])
@pytest.mark.parametrize("security", ["plain", "starttls", "tls"])
async def test_l15_a_mail_server_that_holds_the_line_is_cut_off(talk: Callable[[socket.socket], None], security: str) -> None:
    began = time.monotonic()
    with odd_server(talk) as port:
        error = await failure_of(mail_to(port, security=security, deadline=0.4))
        assert error.retryable
    assert time.monotonic() - began < 5


async def test_l15_silence_in_the_middle_of_the_handshake_for_tls_is_cut_off_too(trust: Trust) -> None:
    def stops(caller: socket.socket) -> None:
        caller.sendall(b"220 hello\r\n")
        caller.recv(1000)
        caller.sendall(b"250-hello\r\n250 STARTTLS\r\n")
        caller.recv(1000)
        caller.sendall(b"220 go on\r\n")
        while caller.recv(1000):
            pass

    with odd_server(stops) as port:
        error = await failure_of(mail_to(port, security="starttls", deadline=0.4, client=trust.client))
    assert error.retryable
    assert "did not finish in time" in error.detail


async def test_l15_an_answer_of_a_million_lines_costs_no_memory_and_its_last_line_counts() -> None:
    lines = (b"250-" + b"x" * 8000 + b"\r\n") * 50

    def rambles(caller: socket.socket) -> None:
        spoken = caller.makefile("rb")
        caller.sendall(b"220 hello\r\n")
        while said := spoken.readline().upper():
            if said.startswith(b"QUIT"):
                return
            if said.startswith(b"DATA"):
                caller.sendall(b"354 go on\r\n")
                while spoken.readline() not in {b".\r\n", b""}:
                    pass
            for _ in range(50):
                caller.sendall(lines)
            caller.sendall(b"250 taken\r\n")

    with odd_server(rambles) as port:
        tracemalloc.start()
        try:
            await mail_to(port, deadline=PATIENCE).deliver(MESSAGE)
            assert tracemalloc.get_traced_memory()[1] < 10_000_000
        finally:
            tracemalloc.stop()


async def test_l15_a_mail_server_that_drips_within_tls_is_cut_off_too(trust: Trust) -> None:
    def drips(caller: socket.socket) -> None:
        with trust.server.wrap_socket(caller, server_side=True) as line:
            dripping(line)

    began = time.monotonic()
    with odd_server(drips) as port:
        error = await failure_of(mail_to(port, security="tls", deadline=0.5, client=trust.client))
    assert time.monotonic() - began < 5
    assert error.retryable
    assert "did not finish in time" in error.detail


@pytest.mark.parametrize("then", ["drops", "is slow"])
async def test_l15_a_mail_whose_receipt_was_lost_comes_again_with_the_same_id(then: str) -> None:
    read = b""

    def takes(caller: socket.socket) -> None:
        nonlocal read
        caller.sendall(b"220 hello\r\n")
        for reply in (b"250 hello\r\n", b"250 sender\r\n", b"250 recipient\r\n", b"354 go\r\n"):
            caller.recv(1000)
            caller.sendall(reply)
        while not read.endswith(b"\r\n.\r\n"):
            read += caller.recv(100_000)
        if then == "is slow":
            silent(caller)

    with odd_server(takes) as port:
        error = await failure_of(mail_to(port, deadline=0.6))
    assert (error.retryable, error.taken) == (True, frozenset())
    with mail_server(post := Post()) as port:
        await mail_to(port).deliver(MESSAGE)
    ((_, again),) = post.taken
    assert f"Message-ID: {again['Message-ID']}\r\n".encode() in read


async def test_a_server_that_repeats_the_password_is_not_quoted(trust: Trust) -> None:
    """In its answer to the login, and in an answer long after it."""
    blob = base64.b64encode(f"\0monitor\0{CANARY}".encode()).decode()
    for early in (True, False):

        def repeats(caller: socket.socket, *, early: bool = early) -> None:
            with trust.server.wrap_socket(caller, server_side=True) as line:
                line.sendall(b"220 hello\r\n")
                line.recv(1000)
                line.sendall(b"250-hello\r\n250 AUTH PLAIN\r\n")
                login = line.recv(1000)
                line.sendall(b"535 not " + login[:-2] + b"\r\n" if early else b"235 fine\r\n")
                while line.recv(1000):
                    line.sendall(f"554 no: {CANARY} {blob}\r\n".encode())

        with odd_server(repeats) as port:
            channel = mail_to(port, security="tls", user="monitor", password=Secret(CANARY), client=trust.client)
            error = await failure_of(channel)
        assert blob not in said_by(error)
        assert not error.retryable


async def test_a_mail_server_on_the_own_network_needs_leave_and_the_error_says_which() -> None:
    post = Post()
    with mail_server(post) as port:
        error = await failure_of(mail_to(port, private=False))
    assert not error.retryable
    assert "private = true" in error.detail
    assert "[channels.desk-mail]" in error.detail
    assert post.taken == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.1.2",
        "172.16.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1%lo",
        "fd00::1",
        "::ffff:127.0.0.1",
        "2002:7f00:1::",
    ],
)
def test_the_own_network_is_known_in_every_dress(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_the_public_internet_is_known_too(address: str) -> None:
    assert is_public(address)


def headers_of(message: Message) -> EmailMessage:
    mail = written(mail_channel(25), message)
    return email.message_from_bytes(mail.as_bytes(), policy=email.policy.default)


@given(
    subject=st.text(st.characters(exclude_categories=()), max_size=200)
    | st.just("Rain\r\nBcc: all@desk.example\u2028X: y\x1cZ: z")
)
@settings(max_examples=150, deadline=None)
def test_h20_no_headline_can_write_a_header_of_its_own(subject: str) -> None:
    mail = headers_of(replace(MESSAGE, subject=subject, text=subject, html=subject))
    assert sorted(mail.keys()) == sorted(headers_of(MESSAGE).keys())
    assert len(mail["Subject"].splitlines()) <= 1


WORDS = st.sampled_from(["=?", "?=", "?", "=", "=0D=0A", " ", "X-Injected: yes", "Bcc: x@y.example", "إدلب", "é", "Idlib"])


@st.composite
def encoded_words(draw: st.DrawFn) -> str:
    """Write a headline with an encoded word in it (RFC 2047), well formed or not quite."""
    inner = "".join(draw(st.lists(WORDS, max_size=6)))
    charset = draw(
        st.sampled_from(["utf-8", "utf-7", "utf-16", "unicode_escape", "raw_unicode_escape", "punycode", "idna", "x-no"])
    )
    hidden = draw(st.sampled_from(["\r\nX-Injected: yes\r\n\r\nBODY", "\r\n\r\n", inner]))
    coded = {
        "q": "".join(f"={byte:02X}" for byte in hidden.encode()),
        "b": base64.b64encode(hidden.encode()).decode(),
        "Q": draw(st.sampled_from(["=5Cud800", "=5Cu000a", "+AA0ACg-", "+2AA-", inner.replace(" ", "_")])),
    }
    kind = draw(st.sampled_from(sorted(coded)))
    around = draw(st.tuples(st.sampled_from(["", " ", "=", "x"]), st.sampled_from(["", " ", "?", "=?utf-8?q?"])))
    return f"Idlib {around[0]}=?{charset}?{kind}?{coded[kind]}?={around[1]}{inner}"


@given(subject=encoded_words())
@settings(max_examples=300, deadline=None)
def test_h20_no_encoded_word_in_a_headline_is_decoded(subject: str) -> None:
    sent = whole(mail_channel(25), replace(MESSAGE, subject=subject, text=subject)).as_bytes()
    raw = sent.partition(b"\r\n\r\n")[0].decode("ascii")
    names = re.findall(r"(?m)^([^\s:]+):", raw)
    usual = ["Subject", "From", "To", "Date", "Message-ID", "List-Id", "Auto-Submitted", "Precedence", "MIME-Version"]
    usual.append("Content-Type")
    assert sorted(names) == sorted(usual)
    mail = email.message_from_bytes(sent, policy=email.policy.default)
    assert mail["Subject"] == " ".join(subject.split()).replace("=?", "= ?")
    text, page = mail.iter_parts()
    assert text.get_content().splitlines() == [subject]
    assert page.get_content().splitlines() == [MESSAGE.html]


@pytest.mark.parametrize(
    "subject", ["Idlib =?utf-8?q?=0D=0AX-Injected=3A_yes=0D=0A=0D=0ABODY?=", "=?unicode_escape?q?=5Cud800?=", "=?utf-7?q?+2AA-?="]
)
async def test_h20_a_headline_made_to_break_mail_arrives_as_the_words_it_is(subject: str) -> None:
    post = Post()
    with mail_server(post) as port:
        await mail_to(port).deliver(replace(MESSAGE, subject=subject))
    ((_, mail),) = post.taken
    assert mail["Subject"] == subject.replace("=?", "= ?")
    assert mail["X-Injected"] is None
    assert mail.get_content_type() == "multipart/alternative"


async def test_h20_a_mail_that_cannot_be_written_is_given_up_without_its_words() -> None:
    post = Post()
    with mail_server(post) as port:
        # email takes no such address, and says so with the address
        error = await failure_of(mail_to(port, sender=f'{CANARY} <"a\x00{CANARY}'), replace(MESSAGE, html=None))  # type: ignore[arg-type]
    assert not error.retryable
    assert "could not be written" in error.detail
    assert post.taken == []


async def test_hung_mail_servers_leave_the_shared_threads_alone(trust: Trust) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=100) as hole:
        port = hole.getsockname()[1]
        waiting = [asyncio.create_task(mail_to(port, deadline=2, client=trust.client).deliver(MESSAGE)) for _ in range(40)]
        for _ in waiting:
            caller, _ = await asyncio.get_running_loop().run_in_executor(None, hole.accept)
            waiting[0].add_done_callback(lambda _, caller=caller: caller.close())
        # each of the forty has a session open now, and there is still a thread for others
        assert await asyncio.wait_for(asyncio.to_thread(lambda: "free"), 1) == "free"
        assert not any(task.done() for task in waiting)
        failures = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(failure, DeliveryError) and failure.retryable for failure in failures)


def test_a_sender_whose_name_email_folds_into_a_header_of_its_own_sends_nothing() -> None:
    sender = "Idlib =?utf-8?Q?إدلبX-Injected:_yes?=إدلبX-Injected: yes <monitor@desk.example>"
    with pytest.raises(DeliveryError, match="could not be written") as caught:
        whole(mail_channel(25, sender=sender), MESSAGE)
    assert not caught.value.retryable


@pytest.mark.parametrize("key", ["digest-2026-11-23T06:00", "a>b\r\nBcc: x@y.example", "клавиша"])
def test_any_key_makes_one_valid_message_id(key: str) -> None:
    (value,) = headers_of(replace(MESSAGE, key=key)).get_all("Message-ID")
    assert value.startswith("<")
    assert value.endswith("@monitor.invalid>")


def test_the_message_id_of_a_digest_names_its_period() -> None:
    (value,) = headers_of(replace(MESSAGE, key="digest-weekly-2026-11-23T06:00-1795402800")).get_all("Message-ID")
    assert value == "<digest-weekly-2026-11-23T06.00-1795402800@monitor.invalid>"


@pytest.mark.parametrize(
    "text", ["<p>Rain floods Idlib</p>\n" * 500, "<p>عودة ضخ المياه إلى إدلب</p>\n" * 500, "<a href='é'>\n" * 500]
)
def test_a_mail_is_written_in_the_shorter_of_two_encodings_whatever_its_first_lines_are(text: str) -> None:
    page = "<!doctype html>\n" * 20 + text
    sent = whole(mail_channel(25), replace(MESSAGE, html=page)).as_bytes()
    plain = page.encode()
    shortest = min(len(base64.encodebytes(plain)), len(quopri.encodestring(plain)), len(plain) if page.isascii() else 10**9)
    assert len(sent) < shortest * 1.03 + 1_500
    assert email.message_from_bytes(sent, policy=email.policy.default).get_body(("html",)).get_content().split() == page.split()


# ---- what counts for one message, and what for all


@pytest.mark.parametrize(
    ("status", "is_whole"),
    [
        *((f"{status} x", True) for status in (301, 302, 308, 401, 403, 404, 405, 410, 429, 502, 503, 504)),
        *((f"{status} x", False) for status in (400, 408, 409, 413, 422, 425, 500)),
    ],
)
async def test_what_a_webhook_answers_is_of_the_message_or_of_itself(status: str, *, is_whole: bool) -> None:
    async with listening(answer(status, "Location: /x")) as hook, webhook(hook.url) as channel:
        error = await failure_of(channel)
    assert (error.is_whole, error.taken) == (is_whole, frozenset())


async def test_a_webhook_that_is_not_there_hangs_or_is_not_to_be_spoken_to_takes_nothing_at_all() -> None:
    async with webhook("http://127.0.0.1:1/hook") as channel:
        assert (await failure_of(channel)).is_whole
    async with webhook("http://no-such.invalid/hook") as channel:
        assert (await failure_of(channel)).is_whole
    async with listening(b"") as hook, webhook(hook.url, deadline=timedelta(seconds=0.3)) as channel:
        assert (await failure_of(channel)).is_whole
    async with listening(answer("200 OK")) as hook, webhook(hook.url, private=False) as channel:
        assert (await failure_of(channel)).is_whole


@pytest.mark.parametrize(
    ("codes", "data", "is_whole"),
    [
        # before it has seen anything of the message
        ({"desk@desk.example": "550 no such user"}, "250 taken", True),
        ({"desk@desk.example": "451 come back later"}, "250 taken", True),
        # having seen it
        ({}, "554 smells of spam", False),
        ({}, "552 too big", False),
        ({}, "451 not now", False),
        ({}, "421 closing", True),
    ],
)
async def test_what_a_mail_server_refuses_is_the_mail_or_everything(codes: dict[str, str], data: str, *, is_whole: bool) -> None:
    with mail_server(Post(codes=codes, data=data)) as port:
        error = await failure_of(mail_to(port))
    assert (error.is_whole, error.taken) == (is_whole, frozenset())


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
async def test_a_mail_server_that_lets_nobody_in_takes_nothing_at_all(trust: Trust) -> None:
    post = Post()
    facts = {"authenticator": post.log_in, "auth_required": True, "auth_require_tls": False}
    with mail_server(post, ssl_context=trust.server, **facts) as port:
        wrong = await failure_of(mail_to(port, security="tls", user="m", password=Secret("x"), client=trust.client))
        none = await failure_of(mail_to(port, security="tls", client=trust.client))
        unknown = await failure_of(mail_to(port, security="tls", user="m", password=Secret("x")))
        plain = await failure_of(mail_to(port, user="m", password=Secret("x")))
        inside = await failure_of(mail_to(port, private=False))
    with odd_server(silent) as port:
        late = await failure_of(mail_to(port, deadline=0.4))
    gone = await failure_of(mail_to(1))
    assert [error.is_whole for error in (wrong, none, unknown, plain, inside, late, gone)] == [True] * 7


async def test_a_line_that_drops_once_the_mail_is_being_read_may_be_the_mails_own_fault() -> None:
    def drops(caller: socket.socket) -> None:
        caller.sendall(b"220 hello\r\n")
        for reply in (b"250 hello\r\n", b"250 sender\r\n", b"250 recipient\r\n"):
            caller.recv(1000)
            caller.sendall(reply)
        caller.recv(1000)

    with odd_server(drops) as port:
        error = await failure_of(mail_to(port))
    assert (error.retryable, error.is_whole) == (True, False)


async def test_two_addresses_that_are_told_apart_across_a_restart_get_one_mail_each() -> None:
    """One refused for now, one for good, one taken: who has it leaves with the error, and the channel itself keeps nothing."""
    heard: list[str] = []
    post = Post(codes={"b@desk.example": "451 come back later", "c@desk.example": "550 no such user"})
    to = ("a@desk.example", "b@desk.example", "c@desk.example")
    with mail_server(post) as port:
        error = await failure_of(mail_to(port, to=to, say=heard.append))
        assert (error.retryable, error.is_whole, error.taken) == (True, False, {"a@desk.example"})
        del post.codes["b@desk.example"]
        await mail_to(port, to=to, say=heard.append).deliver(MESSAGE, error.taken)
    assert [recipients for recipients, _ in post.taken] == [("a@desk.example",), ("b@desk.example",)]
    assert heard == ["desk-mail: c@desk.example was refused: 550 no such user"]


async def test_what_some_have_and_the_last_one_is_refused_for_now_is_no_trouble_of_the_whole_channel() -> None:
    post = Post(codes={"b@desk.example": "451 come back later"})
    with mail_server(post) as port, pytest.raises(DeliveryError) as caught:
        await mail_to(port, to=("a@desk.example", "b@desk.example")).deliver(MESSAGE, frozenset({"a@desk.example"}))
    assert (caught.value.retryable, caught.value.is_whole) == (True, False)
    assert post.taken == []


async def test_what_is_told_of_one_story_later_stands_below_the_first_mail_about_it() -> None:
    post = Post()
    with mail_server(post) as port:
        channel = mail_to(port)
        await channel.deliver(MESSAGE)
        await channel.deliver(replace(MESSAGE, key="f" * 32, thread=MESSAGE.key))
        await channel.deliver(replace(MESSAGE, key="e" * 32, thread="a>b\r\nBcc: x@y.example"))
    first, second, odd = (mail for _, mail in post.taken)
    assert first["Message-ID"] == second["In-Reply-To"] == second["References"] == f"<{MESSAGE.key}@monitor.invalid>"
    assert (first["In-Reply-To"], first["References"]) == (None, None)
    assert second["Subject"] == first["Subject"]
    assert odd["Bcc"] is None
    assert re.fullmatch(r"<[0-9a-f]{32}@monitor\.invalid>", odd["References"])


@given(headline=st.text(st.characters(exclude_categories=()), max_size=100))
@settings(max_examples=30)
def test_a_webhook_is_sent_any_text_as_json_and_signs_just_what_it_sends(headline: str) -> None:
    sent: list[Request] = []

    async def fetch(request: Request) -> Fetched | Unchanged:
        sent.append(request)
        return Unchanged(url=request.url, status=200, validators=Validators(), fetched_at=datetime.now(UTC))

    channel = WebhookChannel(id=ChannelId("hook"), url="https://hook.example/x", secret=Secret(CANARY))
    told = json.dumps({"headline": headline}, ensure_ascii=False)
    asyncio.run(open_channel(channel, fetch=fetch, say=print).deliver(replace(MESSAGE, json=told)))
    (request,) = sent
    assert request.body is not None
    assert json.loads(request.body)["headline"] == headline.encode("utf-8", "replace").decode()
    assert (
        dict(request.headers)["X-Monitor-Signature"] == f"sha256={hmac.new(CANARY.encode(), request.body, 'sha256').hexdigest()}"
    )
