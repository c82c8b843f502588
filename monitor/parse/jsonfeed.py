"""The text of a JSON Feed (https://www.jsonfeed.org/version/1.1/) → what it says. Touches nothing."""

from __future__ import annotations

import json

from monitor.errors import ParseError
from monitor.parse.said import Said


def read(text: str) -> tuple[dict[str, str], tuple[Said, ...]]:
    """Give the feed's own title, home_page_url and language, as far as it has them, and its items; raises ParseError."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ParseError("garbage", "it looks like JSON, but can't be read as such") from error
    if not isinstance(found, dict) or "jsonfeed.org/version/" not in str(found.get("version"))[:200]:
        raise ParseError("not_a_feed", "JSON, but no JSON Feed")
    items = found.get("items")
    names = ("title", "home_page_url", "language")
    about = {name: value for name in names if isinstance(value := found.get(name), str)}
    return about, tuple(_said(item) for item in items if isinstance(item, dict)) if isinstance(items, list) else ()


def _said(item: dict[str, object]) -> Said:
    return Said(
        guid=_text(item, "id"),
        links=tuple(filter(None, (_text(item, "url"), _text(item, "external_url"), _web(_text(item, "id"))))),
        title=_text(item, "title"),
        texts=_texts(item),
        author=_author(item),
        dates=tuple(filter(None, (_text(item, "date_published"), _text(item, "date_modified")))),
        language=_text(item, "language"),
    )


def _texts(item: dict[str, object]) -> tuple[str, ...]:
    # content_text is the same thing without markup: one of the two is enough
    content = _text(item, "content_html") or _text(item, "content_text")
    return tuple(filter(None, (content, _text(item, "summary"))))


def _text(item: dict[str, object], name: str) -> str | None:
    value = item.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        # the spec wants numeric ids taken as strings; more digits than a number has are no id
        return str(value) if abs(value) < 1 << 64 else None
    return value if isinstance(value, str) else None


def _web(guid: str | None) -> str | None:
    return guid if guid and guid.startswith(("https://", "http://")) else None


def _author(item: dict[str, object]) -> str | None:
    listed = item.get("authors")
    first = listed[0] if isinstance(listed, list) and listed else item.get("author")
    return _text(first, "name") if isinstance(first, dict) else None
