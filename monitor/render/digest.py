"""A digest → the words in which channels get it, and a digest in those words → the message that carries it. Pure."""

from __future__ import annotations

import json
from hashlib import sha256

from monitor.model import Digest, Message, OpenDigest, SentWords
from monitor.render import html, plain
from monitor.render.words import digest_subject


def sent_words(digest: Digest) -> SentWords:
    """Give the words that are frozen when a digest is made."""
    return SentWords(subject=digest_subject(digest), text=plain.digest(digest), mail=html.digest(digest), payload="{}")


def digest_message(digest: OpenDigest) -> Message:
    """Give the message; its key names the period and when the digest was made, so that a second try is known for what it is."""
    # a key goes into headers; no id has a dot in it
    plan = digest.plan if digest.plan.isascii() else sha256(digest.plan.encode()).hexdigest()[:16]
    what = f"digest{'.asked' if digest.is_asked else ''}{f'-{plan}' if plan else ''}"
    key = f"{what}-{digest.period}-{int(digest.made_at.timestamp())}"
    words = digest.words
    payload = {"version": 1, "kind": "digest", "key": key, "subject": words.subject, "text": words.text}
    return Message(
        key=key,
        subject=words.subject,
        text=words.text,
        html=words.mail,
        json=json.dumps(payload, ensure_ascii=False),
    )
