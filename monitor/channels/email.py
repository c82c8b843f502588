"""Message → an e-mail to one or more addresses. Touches the clock, and the SMTP server through ``smtp`` alone."""

from __future__ import annotations

import re
import ssl
from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from typing import Final

from monitor.channels.opened import Means
from monitor.channels.smtp import TEMPORARY, Server, answers, hand_over
from monitor.errors import DeliveryError
from monitor.model import EmailChannel, Message
from monitor.text import one_line

DEADLINE: Final = timedelta(seconds=30)
"""For the whole of one delivery: smtplib itself bounds only each read, and a dripping server holds it for ever."""

# 7bit: not every server takes 8-bit bodies
_POLICY: Final = SMTP.clone(cte_type="7bit")
_REMEMBERED: Final = 1000
_FIT_FOR_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,100}")


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
        """Connect nothing. ``trust`` None: the certificates that this machine trusts."""
        self.id = channel.id
        self._channel = channel
        self._say = means.say
        self._deadline = deadline
        self._server = Server(channel=channel, trust=trust or ssl.create_default_context())
        self._taken: OrderedDict[str, frozenset[str]] = OrderedDict()

    async def deliver(self, message: Message) -> None:
        """Send to every address that has not taken this message yet. Raises DeliveryError.

        Some taken and some refused for good is a delivery, and ``say`` names the refused. Some told to come back (greylisting)
        is none yet: who has it already is remembered by ``message.key``, so that the next try does not tell them twice.
        """
        had = self._taken.pop(message.key, frozenset())
        wanted = tuple(each for each in self._channel.to if each not in had)
        deadline = self._deadline.total_seconds()
        try:
            refused = await hand_over(self._server, written(self._channel, message), to=wanted, deadline=deadline)
        except DeliveryError as error:
            if had and not error.retryable:
                self._say(f"{self.id}: only some of its addresses took a message: {error.detail}")
                return
            self._remember(message.key, had)
            raise
        if any(code in TEMPORARY for code, _ in refused.values()):
            self._remember(message.key, had | (set(wanted) - set(refused)))
            raise DeliveryError(answers(self._channel, refused), retryable=True)
        if refused:
            self._say(f"{self.id}: {answers(self._channel, refused)}")

    def _remember(self, key: str, had: frozenset[str]) -> None:
        if had:
            self._taken[key] = had
        while len(self._taken) > _REMEMBERED:
            self._taken.popitem(last=False)


def written(channel: EmailChannel, message: Message) -> EmailMessage:
    """Write the mail. No value can open a second header: what parts lines is taken out first."""
    mail = EmailMessage(policy=_POLICY)
    mail["Subject"] = one_line(message.subject, len(message.subject))
    mail["From"] = one_line(channel.sender, len(channel.sender))
    mail["To"] = ", ".join(one_line(each, len(each)) for each in channel.to)
    mail["Date"] = datetime.now(UTC)
    # the same at every try, so that a reader's mail program shows a repeated one once
    mail["Message-ID"] = f"<{_id(message.key)}@monitor.invalid>"
    mail["List-Id"] = f"<{_id(channel.id)}.monitor.invalid>"
    mail["Auto-Submitted"] = "auto-generated"
    # a lone surrogate can't be encoded: a poison message would be tried for ever
    mail.set_content(message.text.encode("utf-8", "replace").decode())
    mail.add_alternative(message.html.encode("utf-8", "replace").decode(), subtype="html")
    return mail


def _id(text: str) -> str:
    """Give ``text`` where it may stand in an id header (RFC 5322 §3.2.3), else its hash: email itself trips over the rest."""
    return text if _FIT_FOR_ID.fullmatch(text) else sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
