"""A channel's name → the message that tries it. Pure; touches nothing. It says at every place that it is no news."""

from __future__ import annotations

import json
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from monitor.model import ChannelId, Message
from monitor.text import one_line


def trial(channel: ChannelId, *, key: str, title: str, timezone: str, now: datetime) -> Message:
    """Put it into words; the time is local to ``timezone`` (an IANA name), in JSON ISO 8601 UTC. ``title`` is the desk's."""
    desk = one_line(title, 200)
    subject = f"TEST – no news – {desk}"
    lines = (
        f"This is a test of the channel {channel}. Nothing was found, and nothing is to be done.",
        f"Somebody at {desk} typed `monitor alert test` at {now.astimezone(ZoneInfo(timezone)):%H:%M on %d %B %Y} ({timezone}).",
        "Alerts will come as this came.",
    )
    page = "".join(f"<p>{escape(line)}</p>" for line in lines)
    told = {
        "version": 1,
        "kind": "test",
        "key": key,
        "channel": channel,
        "at": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "subject": subject,
        "text": "\n".join(lines),
        "alerts": [],
    }
    return Message(
        key=key,
        subject=subject,
        text="\n".join((subject, *lines)) + "\n",
        html=f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(subject)}</title></head>'
        f"<body><h1>{escape(subject)}</h1>{page}</body></html>\n",
        json=json.dumps(told, ensure_ascii=False),
    )
