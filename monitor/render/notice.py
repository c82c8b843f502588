"""A channel's trouble → the words that another channel is told, and the message with them. Pure; touches nothing."""

from __future__ import annotations

import json
from html import escape
from typing import Final
from zoneinfo import ZoneInfo

from monitor.model import ChannelOutbox, Message, OpenNotice
from monitor.render.alert_view import local, name
from monitor.render.words import count
from monitor.text import one_line

_LONGEST_REASON: Final = 300
_PAGE: Final = """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{subject}</title></head>
<body style="margin:0;padding:20px 16px;background:#fff;color:#15181c;\
font-family:-apple-system,'Segoe UI',Roboto,Arial,sans-serif;font-size:15px;line-height:1.45">
<div style="max-width:640px;margin:0 auto">
<h1 style="margin:0 0 12px;font:600 20px/1.25 Georgia,serif">{subject}</h1>
{lines}
</div></body></html>
"""


def notice_words(about: ChannelOutbox, *, timezone: str) -> tuple[str, str]:
    """Say which channel fails, since when, why, what that keeps back, and what to do: as a subject and a text.

    Times are local to ``timezone``, an IANA name.
    """
    channel, trouble = name(about.channel), about.trouble
    lost = f"{count(about.revivable, 'alert')} given up" if about.revivable else ""
    state = f"{lost}" if not trouble else f"takes no alerts{', ' + lost if lost else ''}"
    lines = [f"The channel “{channel}” does not take {'alerts' if trouble else 'some alerts'}."]
    if trouble:
        tries = f"{count(trouble.failures, 'try')} in a row" if trouble.failures > 1 else "1 try"
        lines.append(f"Since:      {local(trouble.since, ZoneInfo(timezone))}, {tries}")
    lines.append(f"Why:        {one_line(about.reason or 'no reason known', _LONGEST_REASON)}")
    if about.held:
        lines.append(f"Waiting:    {about.held}")
    if about.revivable:
        lines.append(f"Given up:   {count(about.revivable, 'alert')} of the last five days; search and the digests have them")
    lines.append(
        f"What to do: look at `monitor status`, mend [channels.{channel}] in config.toml, and reload."
        " What was given up in the last five days is then sent."
    )
    return f"Channel {channel}: {state}", "\n".join(lines) + "\n"


def notice_message(notice: OpenNotice) -> Message:
    """Give the message with a notice; it is the same at every try."""
    payload = {
        "version": 1,
        "kind": "notice",
        "key": notice.key,
        "channel": notice.channel,
        "about": notice.about,
        "raised": notice.raised_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "subject": notice.subject,
        "text": notice.text,
        # a program that knows alerts finds none here
        "alerts": [],
    }
    lines = "\n".join(f'<p style="margin:0 0 8px">{escape(line)}</p>' for line in notice.text.splitlines())
    return Message(
        key=notice.key,
        subject=notice.subject,
        text=notice.text,
        html=_PAGE.format(subject=escape(notice.subject), lines=lines),
        json=json.dumps(payload, ensure_ascii=False),
    )
