"""A digest in the words it was frozen in → the message that carries it to a channel. Pure."""

from __future__ import annotations

import json

from monitor.model import Message, OpenDigest


def digest_message(digest: OpenDigest) -> Message:
    """Give the message; its key names the digest's period, so that a second try is known for what it is."""
    payload = {"version": 1, "kind": "digest", "key": f"digest-{digest.period}", "subject": digest.subject, "text": digest.text}
    return Message(
        key=f"digest-{digest.period}",
        subject=digest.subject,
        text=digest.text,
        html=digest.html,
        json=json.dumps(payload, ensure_ascii=False),
    )
