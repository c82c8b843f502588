"""A digest → the words in which channels get it, and a digest in those words → the message that carries it. Pure."""

from __future__ import annotations

import json
from hashlib import sha256

from monitor.model import Digest, Message, OpenDigest, SentWords
from monitor.render import mail, model_json
from monitor.render.subject import digest_subject


def sent_words(digest: Digest) -> SentWords:
    """Give the words that are frozen when a digest is made."""
    payload = json.dumps(model_json.whole(digest), ensure_ascii=False)
    return SentWords(subject=digest_subject(digest), text=mail.text(digest), mail=mail.page(digest), payload=payload)


def digest_message(digest: OpenDigest) -> Message:
    """Give the message; its key names the period and when the digest was made, so that a second try is known for what it is.

    Its thread is the day of its plan, which no message has for its key: all that a desk is sent of one day stands together, and
    no day's digest below that of another day, where nobody would look for it.
    """
    # a key goes into headers; no id has a dot in it
    plan = digest.plan if digest.plan.isascii() else sha256(digest.plan.encode("utf-8", "replace")).hexdigest()[:16]
    what = f"digest{'.asked' if digest.is_asked else ''}{f'-{plan}' if plan else ''}"
    key = f"{what}-{digest.period}-{int(digest.made_at.timestamp())}"
    words = digest.words
    payload = {"version": 1, "kind": "digest", "key": key, "subject": words.subject, "text": words.text}
    return Message(
        key=key,
        subject=words.subject,
        text=words.text,
        html=words.mail,
        json=json.dumps(payload | {"digest": json.loads(words.payload)}, ensure_ascii=False),
        thread=f"digest{f'-{plan}' if plan else ''}-{digest.period.partition('T')[0]}",
    )
