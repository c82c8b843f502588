"""A database that takes nothing → the message that a channel is told at once. Pure; touches nothing."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Final
from zoneinfo import ZoneInfo

from monitor.model import ChannelId, Config, Message, NoticeId, OpenNotice
from monitor.render.alert_view import local
from monitor.render.notice import notice_message
from monitor.text import one_line

ABOUT: Final = ChannelId("database")
_LONGEST_REASON: Final = 300


def unstored_message(config: Config, channel: ChannelId, *, fault: str, since: datetime) -> Message:
    """Say what is wrong, since when, what that keeps from being seen, and what to do. ``since``: aware."""
    text = (
        "The monitor can store nothing, so it polls no outlet: of what is published now it sees nothing.\n"
        f"Since:      {local(since, ZoneInfo(config.timezone))}\n"
        f"Why:        {one_line(fault, _LONGEST_REASON)}\n"
        f"Where:      {config.state}\n"
        "What to do: make room on that disk (`df` shows it), or end the program that holds the database; `monitor db check` says"
        " whether it is whole. Polling then goes on by itself, and what the outlets still list is read and told.\n"
    )
    key = "notice-" + sha256(f"{ABOUT}\n{channel}\n{since.isoformat()}".encode()).hexdigest()[:32]
    return notice_message(
        OpenNotice(
            # it stands in no table
            id=NoticeId(0),
            channel=channel,
            about=ABOUT,
            key=key,
            subject="The monitor can store nothing and polls no outlet",
            text=text,
            raised_at=since,
            tries=0,
        )
    )
