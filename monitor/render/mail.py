"""Digest → the two forms of a mail, together short enough that no mail program clips them: text, and HTML in tables. Pure.

The HTML has its styles inline and no images, as mail programs ask; what they know of dark they are told in one rule that the
others pass over.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from monitor.model import Digest
from monitor.render import english, plain, short, words
from monitor.render.engine import template
from monitor.render.subject import digest_subject
from monitor.render.view import Page, Story
from monitor.render.volume import blocks

PAGE: Final = 66_000
TEXT: Final = 28_000
"""In bytes, as they are sent: 100,000 together with the headers. Gmail clips at 102 KB."""
_TRIPLED: Final = b"=" + bytes(range(0x7F, 0x100))
"""What RFC 2045 §6.7 quotes."""
_BASE64: Final = 1.37
_QUOTED: Final = 1.05


def text(digest: Digest) -> str:
    """Give the text part."""
    return short.fitting(digest, partial(_text, digest), size=sent, limit=TEXT)


def page(digest: Digest) -> str:
    """Give the HTML part."""
    return short.fitting(digest, partial(_page, digest), size=sent, limit=PAGE)


def sent(written: str) -> int:
    """Say how many bytes a text takes up in a mail at most: quoted or in base64, whichever is shorter, and lines end in two."""
    coded = written.encode("utf-8", "replace")
    if written.isascii():
        return len(coded) + coded.count(b"\n")
    tripled = len(coded) - len(coded.translate(None, _TRIPLED))
    return int(min(len(coded) * _BASE64, (len(coded) + 2 * tripled) * _QUOTED)) + 2 * coded.count(b"\n")


def _text(digest: Digest, told: Page, left_out: str) -> str:
    return plain.written(told, left_out, _stop(digest))


def _page(digest: Digest, told: Page, left_out: str) -> str:
    return template("digest_mail.html.jinja").render(
        page=told,
        subject=digest_subject(digest),
        notes=(left_out, _stop(digest)),
        english=english,
        blocks=blocks,
        facts=_facts,
        said=words,
    )


def _stop(digest: Digest) -> str:
    # a plan that names no channels of its own has those of [digest]
    table = f"[digest] or [digest.{words.line(digest.plan)}]" if digest.plan else "[digest]"
    return english.STOP.format(table=table)


def _facts(item: Story) -> Iterator[str]:
    if item.published:
        yield english.PUBLISHED.format(when=item.published)
    if item.language_name:
        yield item.language_name
    yield english.ITEM.format(number=item.item_id)
