"""An item of a demo outlet → its page, in the outlet's own layout. Pure but for reading the layouts under `data/`."""

from __future__ import annotations

import json
from datetime import datetime
from html import escape
from string import Template

from monitor.demo.outlets import DATA, MONTHS, DemoItem, DemoOutlet, dated

CONTENT_TYPE = "text/html; charset=utf-8"
FEED_TYPES = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "rdf": "application/rdf+xml",
    "json": "application/feed+json",
}
"""What a page says of the feed that it names."""
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
BARE_LAYOUTS = frozenset({"table", "blogger"})
"""Layouts without paragraphs, as people's old templates and editors write them: lines are parted by breaks."""


def page(outlet: DemoOutlet, item: DemoItem, *, home: str, start: datetime, is_edited: bool) -> bytes:
    """Write an item's page. ``home``: the outlet's address without a slash at the end."""
    words = item.wording(is_edited=is_edited)
    published = item.published(start)
    local = published.astimezone(outlet.zone) if published else None
    url = home + outlet.path(item)
    filled = Template((DATA / "layouts" / f"{outlet.layout}.html").read_text(encoding="utf-8")).substitute(
        lang=outlet.language,
        outlet=escape(outlet.name),
        home=escape(home),
        feed=escape(home + outlet.feed_path),
        url=escape(url),
        title=escape(words.title),
        teaser=escape(dated(words.teaser, published, outlet.zone)),
        byline=escape(item.byline),
        iso=local.isoformat() if local else "",
        date=_written(local, outlet.language),
        json_ld=_json_ld(outlet, words.title, url=url, published=local),
        body=_body(tuple(dated(text, published, outlet.zone) for text in words.paragraphs), outlet.layout),
        comments="\n".join(f'<div class="comment"><p>{escape(comment)}</p></div>' for comment in item.comments),
    )
    return filled.encode()


def front(outlet: DemoOutlet, *, home: str, start: datetime, is_edited: bool) -> bytes:
    """Write an outlet's front page: it names the feed as readers look for it, and has a teaser for each item. Newest first."""
    items = sorted(outlet.items, key=lambda item: item.published(start) or start, reverse=True)
    teasers = "\n".join(_teaser(outlet, item, home=home, start=start, is_edited=is_edited) for item in items)
    kind, title = FEED_TYPES[outlet.format], escape(outlet.name)
    direction = "rtl" if outlet.language in RIGHT_TO_LEFT else "ltr"
    return (
        f'<!DOCTYPE html>\n<html lang="{outlet.language}" dir="{direction}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{title}</title>\n"
        f'<link rel="alternate" type="{kind}" title="{title}" href="{escape(outlet.feed_path)}">\n'
        f"</head>\n<body>\n<h1>{title}</h1>\n<p>{escape(outlet.about)}</p>\n{teasers}\n</body>\n</html>\n"
    ).encode()


def _teaser(outlet: DemoOutlet, item: DemoItem, *, home: str, start: datetime, is_edited: bool) -> str:
    words = item.wording(is_edited=is_edited)
    text = dated(words.teaser, item.published(start), outlet.zone)
    link = escape(home + outlet.path(item))
    return f'<article><h2><a href="{link}">{escape(words.title)}</a></h2><p>{escape(text)}</p></article>'


def not_found(outlet: DemoOutlet) -> bytes:
    """Write what an outlet answers where it has nothing."""
    return (
        f'<!DOCTYPE html>\n<html lang="{outlet.language}"><head><meta charset="utf-8"><title>404</title></head>'
        f"<body><h1>404</h1><p>{escape(outlet.name)}</p></body></html>\n"
    ).encode()


def _body(paragraphs: tuple[str, ...], layout: str) -> str:
    if layout in BARE_LAYOUTS:
        return "\n<br /><br />\n".join(escape(text, quote=False) for text in paragraphs)
    return "\n".join(f"<p>{escape(text, quote=False)}</p>" for text in paragraphs)


def _written(local: datetime | None, language: str) -> str:
    if local is None:
        return ""
    if language == "en":
        return f"{local.day} {MONTHS[local.month - 1]} {local.year}, {local:%H:%M}"
    return f"{local:%d.%m.%Y %H:%M}"


def _json_ld(outlet: DemoOutlet, title: str, *, url: str, published: datetime | None) -> str:
    document = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": title,
        "mainEntityOfPage": url,
        "datePublished": published.isoformat() if published else None,
        "publisher": {"@type": "Organization", "name": outlet.name},
    }
    # a "</script>" in a headline would end the element
    return json.dumps(document, ensure_ascii=False).replace("</", "<\\/")
