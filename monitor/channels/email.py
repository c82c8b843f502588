"""Message → an e-mail to one or more addresses. Touches the clock, and the SMTP server through ``smtp`` alone."""

from __future__ import annotations

import re
import ssl
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from functools import partial
from hashlib import sha256
from typing import Final

from monitor.channels.opened import Means
from monitor.channels.smtp import TEMPORARY, Server, answers, hand_over
from monitor.channels.voice import Voice
from monitor.errors import DeliveryError
from monitor.model import EmailChannel, Message
from monitor.text import one_line

DEADLINE: Final = timedelta(seconds=30)
"""For the whole of one delivery: smtplib itself bounds only each read, and a dripping server holds it for ever."""

# 7bit: not every server takes 8-bit bodies
_POLICY: Final = SMTP.clone(cte_type="7bit")
_TELLING: Final = 1.0
"""Seconds that whoever reads the log may take to hear who was refused: the mail itself is out by then."""
_FIT_FOR_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,100}(?:\.[A-Za-z0-9_-]{1,20})?")
_TRIPLED: Final = b"=" + bytes(range(0x7F, 0x100))
"""What quoted-printable writes as three characters."""
_BASE64: Final = 0.37
"""What base64 adds to a text, its line ends included."""


class Email:
    """A channel that is one or more mail addresses."""

    def __init__(
        self,
        channel: EmailChannel,
        means: Means,
        *,
        deadline: timedelta = DEADLINE,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """Connect nothing. ``trust`` None: the certificates that this machine and the channel trust. Raises DeliveryError."""
        self.id = channel.id
        self._channel = channel
        self._voice = Voice(means.say)
        self._deadline = deadline
        # its own: hung mail servers would fill the one that everybody shares, and stop the whole monitor
        thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail")
        self._server = Server(channel=channel, trust=trust or _trust(channel), thread=thread)

    async def deliver(self, message: Message, had: frozenset[str] = frozenset()) -> None:
        """Send to every address that has not taken this message yet. Raises DeliveryError.

        Some taken and some refused for good is a delivery, and ``say`` names the refused. Some told to come back (greylisting)
        is none yet: the error names who has it, and who hands it back as ``had`` sees to it that nobody is told twice.
        """
        wanted = tuple(each for each in self._channel.to if each not in had)
        deadline = self._deadline.total_seconds()
        try:
            refused = await hand_over(self._server, partial(whole, self._channel, message), to=wanted, deadline=deadline)
        except DeliveryError as error:
            if had and not error.retryable:
                await self._tell(f"{self.id}: only some of its addresses took a message: {error.detail}")
                return
            # what takes for some takes: it is those addresses that do not
            error.is_whole = error.is_whole and not had
            raise
        if any(code in TEMPORARY for code, _ in refused.values()):
            raise DeliveryError(answers(self._channel, refused), retryable=True, taken=frozenset(wanted) - frozenset(refused))
        if refused:
            await self._tell(f"{self.id}: {answers(self._channel, refused)}")

    async def _tell(self, words: str) -> None:
        with suppress(DeliveryError):
            await self._voice.speak(words, seconds=_TELLING)


def _trust(channel: EmailChannel) -> ssl.SSLContext:
    trust = ssl.create_default_context()
    if channel.ca_file is not None:
        try:
            trust.load_verify_locations(cafile=channel.ca_file)
        except OSError as error:
            # it was there when the config was read
            says = f"{channel.id}: ca_file: no readable PEM file with certificates"
            raise DeliveryError(says, retryable=False, is_whole=True) from error
    return trust


def whole(channel: EmailChannel, message: Message) -> EmailMessage:
    """Write the mail, and see that it can be sent as it is. Raises DeliveryError: it would fail at every try."""
    try:
        mail = written(channel, message)
        _check_names(mail)
    except Exception as error:  # noqa: BLE001  email fails in ways that it names nowhere, and what it says holds the text
        failure = DeliveryError(f"the mail could not be written ({type(error).__name__})", retryable=False)
    else:
        return mail
    raise failure


def _check_names(mail: EmailMessage) -> None:
    """Raise ValueError where a reader would see other headers than were set: email folds some odd sender names out of theirs."""
    head = mail.as_bytes().partition(b"\r\n\r\n")[0]
    names = [line.partition(b":")[0].decode() for line in head.split(b"\r\n") if not line.startswith((b" ", b"\t"))]
    if names != mail.keys():
        raise ValueError


def written(channel: EmailChannel, message: Message) -> EmailMessage:
    """Write the mail. No value can open a second header: what parts lines or hides it in an encoded word is taken out first."""
    mail = EmailMessage(policy=_POLICY)
    # encoded here and set as it is: email's own folding adds and loses spaces round what looks like an encoded word
    mail.set_raw("Subject", Header(_plain(message.subject), "utf-8", header_name="Subject").encode())
    mail["From"] = _plain(channel.sender)
    mail["To"] = ", ".join(_plain(each) for each in channel.to)
    mail["Date"] = datetime.now(UTC)
    # the same at every try, so that a reader's mail program shows a repeated one once
    mail["Message-ID"] = f"<{_id(message.key)}@monitor.invalid>"
    if message.thread is not None:
        mail["In-Reply-To"] = mail["References"] = f"<{_id(message.thread)}@monitor.invalid>"
    mail["List-Id"] = f"<{_id(channel.id)}.monitor.invalid>"
    # RFC 3834 §2: whoever is away answers neither; no List-Unsubscribe, as nobody reads what it would send
    mail["Auto-Submitted"] = "auto-generated"
    mail["Precedence"] = "list"
    # a lone surrogate can't be encoded: a poison message would be tried for ever
    text, page = (part.encode("utf-8", "replace").decode() for part in (message.text, message.html))
    mail.set_content(text, cte=_coding(text))
    mail.add_alternative(page, subtype="html", cte=_coding(page))
    return mail


def _coding(text: str) -> str | None:
    """Give the transfer encoding in which a text is shorter; None where it needs none.

    email itself looks at the first ten lines: a page that begins in English is quoted, and its Arabic thrice as long for it.
    """
    if text.isascii():
        return None
    coded = text.encode()
    tripled = len(coded) - len(coded.translate(None, _TRIPLED))
    return "quoted-printable" if 2 * tripled < len(coded) * _BASE64 else "base64"


def _plain(text: str) -> str:
    """Give one line that holds no encoded word (RFC 2047 §2): email decodes them, line ends and all, when a header is set."""
    return one_line(text, len(text)).replace("=?", "= ?")


def _id(text: str) -> str:
    """Give ``text`` where it may stand in an id header (RFC 5322 §3.2.3), else its hash: email itself trips over the rest."""
    # the hour of a digest's period has the only sign that may not stand there
    fit = text.replace(":", ".") if "." not in text else ""
    return fit if _FIT_FOR_ID.fullmatch(fit) else sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
