"""A digest in the words it was frozen in → the message that carries it to a channel. Pure."""

from __future__ import annotations

import json

from monitor.model import Message, OpenDigest


def digest_message(digest: OpenDigest) -> Message:
    """Give the message; its key names the period and when the digest was made, so that a second try is known for what it is."""
    key = f"digest-{digest.period}-{int(digest.made_at.timestamp())}"
    payload = {"version": 1, "kind": "digest", "key": key, "subject": digest.subject, "text": digest.text}
    return Message(
        key=key,
        subject=digest.subject,
        text=digest.text,
        html=digest.html,
        json=json.dumps(payload, ensure_ascii=False),
    )
