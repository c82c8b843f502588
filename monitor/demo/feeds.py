"""An outlet and the time → its feed's bytes, in RSS 2.0, Atom, RDF (RSS 1.0) or JSON Feed. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape

from monitor.demo.outlets import DemoItem, DemoOutlet, dated

CONTENT_TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "rdf": "application/rdf+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a feed says of one item, in any format. Times are in the outlet's own zone; None where it gives no date."""

    link: str
    tag: str
    title: str
    title_html: str
    teaser: str
    html: str
    byline: str
    published: datetime | None
    updated: datetime | None


def feed(outlet: DemoOutlet, *, home: str, start: datetime, is_edited: bool) -> bytes:
    """Write the outlet's feed, newest first. ``home``: its address without a slash at the end."""
    said = tuple(_said(outlet, item, home=home, start=start, is_edited=is_edited) for item in _newest_first(outlet.items))
    return WRITERS[outlet.format](outlet, home, said).encode()


def changed_at(outlet: DemoOutlet, start: datetime, *, is_edited: bool) -> datetime:
    """When the feed last changed (UTC): with its newest item, or with the edit."""
    times = (item.updated(start, is_edited=is_edited) for item in outlet.items)
    return max((time for time in times if time), default=start.astimezone(UTC))


def _newest_first(items: Iterable[DemoItem]) -> tuple[DemoItem, ...]:
    undated = [item for item in items if item.age is None]
    return (*sorted((item for item in items if item.age is not None), key=lambda item: item.age or timedelta()), *undated)


def _said(outlet: DemoOutlet, item: DemoItem, *, home: str, start: datetime, is_edited: bool) -> Said:
    words = item.wording(is_edited=is_edited)
    published = item.published(start)
    updated = item.updated(start, is_edited=is_edited)
    paragraphs = words.paragraphs if outlet.has_full_text_in_feed else (words.teaser,)
    return Said(
        link=home + outlet.path(item),
        tag=f"tag:{outlet.id}.example,2020:{item.slug}",
        title=words.title,
        title_html=words.title_markup or escape(words.title, quote=False),
        teaser=dated(words.teaser, published, outlet.zone),
        html="".join(f"<p>{escape(dated(text, published, outlet.zone), quote=False)}</p>" for text in paragraphs),
        byline=item.byline,
        published=published.astimezone(outlet.zone) if published else None,
        updated=updated.astimezone(outlet.zone) if updated else None,
    )


def _rss(outlet: DemoOutlet, home: str, said: tuple[Said, ...]) -> str:
    return f"""\
<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel>
<title>{escape(outlet.name)}</title>
<link>{escape(home)}/</link>
<description>{escape(outlet.about)}</description>
<language>{outlet.language}</language>
{"".join(_rss_item(outlet, one) for one in said)}</channel>
</rss>
"""


def _rss_item(outlet: DemoOutlet, said: Said) -> str:
    guid = f'<guid isPermaLink="false">{escape(said.tag)}</guid>\n' if outlet.has_guids else ""
    full = f"<content:encoded><![CDATA[{said.html}]]></content:encoded>\n" if outlet.has_full_text_in_feed else ""
    date = f"<pubDate>{format_datetime(said.published)}</pubDate>\n" if said.published else ""
    return f"""\
<item>
<title>{escape(said.title_html, quote=False)}</title>
<link>{escape(said.link)}</link>
{guid}{date}<dc:creator>{escape(said.byline)}</dc:creator>
<description>{escape(f"<p>{escape(said.teaser, quote=False)}</p>", quote=False)}</description>
{full}</item>
"""


def _atom(outlet: DemoOutlet, home: str, said: tuple[Said, ...]) -> str:
    newest = max((one.updated for one in said if one.updated), default=datetime.fromtimestamp(0, UTC))
    return f"""\
<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{outlet.language}">
<title>{escape(outlet.name)}</title>
<subtitle>{escape(outlet.about)}</subtitle>
<id>tag:{outlet.id}.example,2020:feed</id>
<link rel="self" href="{escape(home + outlet.feed_path)}"/>
<link rel="alternate" type="text/html" href="{escape(home)}/"/>
<updated>{newest.isoformat()}</updated>
{"".join(_atom_entry(one) for one in said)}</feed>
"""


def _atom_entry(said: Said) -> str:
    published = f"<published>{said.published.isoformat()}</published>\n" if said.published else ""
    updated = f"<updated>{said.updated.isoformat()}</updated>\n" if said.updated else ""
    return f"""\
<entry>
<title type="html">{escape(said.title_html, quote=False)}</title>
<id>{escape(said.tag)}</id>
<link rel="alternate" type="text/html" href="{escape(said.link)}"/>
{published}{updated}<author><name>{escape(said.byline)}</name></author>
<summary type="text">{escape(said.teaser, quote=False)}</summary>
</entry>
"""


def _rdf(outlet: DemoOutlet, home: str, said: tuple[Said, ...]) -> str:
    listed = "".join(f'<rdf:li rdf:resource="{escape(one.link)}"/>' for one in said)
    return f"""\
<?xml version="1.0" encoding="utf-8"?>
<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="{escape(home)}/">
<title>{escape(outlet.name)}</title>
<link>{escape(home)}/</link>
<description>{escape(outlet.about)}</description>
<dc:language>{outlet.language}</dc:language>
<items><rdf:Seq>{listed}</rdf:Seq></items>
</channel>
{"".join(_rdf_item(one) for one in said)}</rdf:RDF>
"""


def _rdf_item(said: Said) -> str:
    date = f"<dc:date>{said.published.isoformat()}</dc:date>\n" if said.published else ""
    return f"""\
<item rdf:about="{escape(said.link)}">
<title>{escape(said.title_html, quote=False)}</title>
<link>{escape(said.link)}</link>
{date}<dc:creator>{escape(said.byline)}</dc:creator>
<description>{escape(said.teaser, quote=False)}</description>
</item>
"""


def _json(outlet: DemoOutlet, home: str, said: tuple[Said, ...]) -> str:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "description": outlet.about,
        "language": outlet.language,
        "home_page_url": f"{home}/",
        "feed_url": home + outlet.feed_path,
        "items": [_json_item(one) for one in said],
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


def _json_item(said: Said) -> dict[str, object]:
    item: dict[str, object] = {
        "id": said.tag,
        "url": said.link,
        "title": said.title,
        "summary": said.teaser,
        "authors": [{"name": said.byline}],
    }
    if said.published and said.updated:
        item |= {"date_published": said.published.isoformat(), "date_modified": said.updated.isoformat()}
    return item


WRITERS = {"rss": _rss, "atom": _atom, "rdf": _rdf, "json": _json}
