"""Digest → an Atom feed (RFC 4287): an entry for each story, and one for the digest itself, since silence is news, too. Pure.

An entry's id and ``updated`` are made of the story alone: the next digest that tells of it moves the entry that is there, and
only where something is new about it. All texts come from ``page``, where they lost what XML 1.0 can't hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit
from uuid import UUID, uuid5

from monitor.model import Digest, Finding, Format, StoryId, ToldStory
from monitor.render import english, words
from monitor.render.engine import template
from monitor.render.page import page
from monitor.render.shelf import Shelf
from monitor.render.subject import digest_subject
from monitor.render.view import Page, Story

_OURS: Final = UUID("b7d2a5a4-6c0e-4f0b-9d0c-3f6f1f5e8a21")
_LATEST: Final = "latest"
_TYPES: Final[dict[Format, str]] = {"html": "text/html", "atom": "application/atom+xml"}
_ALL: Final = 1_000_000
_STRAY: Final = re.compile(r"[\[\]#]|%(?![0-9A-Fa-f]{2})")
_ENTRY: Final = re.compile(r"<entry>\n<id>(?P<id>[^<]*)</id>.*?</entry>\n", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Link:
    rel: str
    type: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Category:
    term: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """``story`` None: it tells of the digest itself."""

    id: str
    title: str
    language: str | None
    published: str
    updated: str
    author: str | None
    links: tuple[_Link, ...]
    categories: tuple[_Category, ...]
    story: Story | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Feed:
    id: str
    title: str
    updated: str
    author: str
    generator: str
    version: str
    links: tuple[_Link, ...]
    entries: tuple[_Entry, ...]


def digest(digest: Digest, shelf: Shelf | None = None) -> str:
    """Give the digest as one Atom document, to be stored or sent as UTF-8.

    ``shelf``: where it stands in the archive, so that it can link to its neighbours; None: it stands alone.
    """
    told = page(digest, shelf, in_full=_ALL)
    feed = _Feed(
        id=_id("feed", digest.title, digest.plan),
        title=_title(told, digest),
        updated=_time(digest.stop),
        author=told.desk.text or english.MONITOR,
        generator=english.MONITOR,
        version=words.line(digest.version),
        links=_links(shelf, _LATEST, itself="self") if shelf else (),
        entries=(_itself(digest, shelf), *_stories(digest, told)),
    )
    document = template("digest.atom.jinja").render(feed=feed, page=told, said=words, english=english)
    return document + "\n"


def joined(newest: str, older: Iterable[str], *, entries: int) -> str:
    """Give a feed with the entries of older digests after its own, each once, ``entries`` at most (and all its own).

    For who subscribes: a reader that was off for two days has missed nothing.
    """
    kept = dict(_entries(newest))
    for one, text in (entry for feed in older for entry in _entries(feed)):
        if len(kept) >= entries:
            break
        kept.setdefault(one, text)
    head, tail = newest.partition("<entry>")[0], "</feed>\n"
    return head.removesuffix(tail) + "".join(kept.values()) + tail


def _entries(feed: str) -> Iterator[tuple[str, str]]:
    """Part a feed of ours into its entries by id: whatever a text holds, its < is escaped."""
    for found in _ENTRY.finditer(feed):
        yield found["id"], found[0]


def _title(told: Page, digest: Digest) -> str:
    return f"{told.desk.text} – {words.line(digest.plan)}" if digest.plan else told.desk.text


def _itself(digest: Digest, shelf: Shelf | None) -> _Entry:
    return _Entry(
        id=_id("digest", digest.title, digest.plan, digest.period),
        title=digest_subject(digest),
        language=None,
        published=_time(digest.stop),
        updated=_time(digest.stop),
        author=None,
        links=tuple(link for link in _links(shelf, shelf.stem, itself="") if link.rel == "alternate") if shelf else (),
        categories=(),
        story=None,
    )


def _links(shelf: Shelf, stem: str, *, itself: str) -> tuple[_Link, ...]:
    """Link to the page; and, under the relation ``itself``, to the feed."""
    relations: dict[Format, str] = {"html": "alternate", "atom": itself}
    return tuple(
        _Link(rel=rel, type=_TYPES[form], href=f"{stem}.{form}") for form, rel in relations.items() if form in shelf.forms and rel
    )


def _stories(digest: Digest, told: Page) -> tuple[_Entry, ...]:
    known = {story.id: story for story in digest.stories}
    found: dict[StoryId, list[Finding]] = {}
    for group in digest.watches:
        for one in group.stories:
            found.setdefault(one.story_id, []).append(one.finding)
    return tuple(
        _entry(story, known[story.story_id], found=found[story.story_id])
        for section in told.sections
        for story in section.entries
        if isinstance(story, Story)
    )


def _entry(view: Story, story: ToldStory, *, found: list[Finding]) -> _Entry:
    seen = [*(one.seen_at for one in story.carriers), *(one.seen_at for one in found)]
    links = [_Link(rel="alternate", type="text/html", href=_address(view.link))] if view.link else []
    links += [_Link(rel="related", type="text/html", href=view.page)] if view.page else []
    return _Entry(
        id=_id("story", str(story.id), _time(min(seen))),
        title=view.headline.text.strip(),
        language=view.headline.language,
        published=_time(min(seen)),
        updated=_time(max(*seen, *(edit.at for edit in story.edits))),
        author=view.outlet.text or None,
        links=tuple(links),
        categories=tuple(
            _Category(term=words.line(one), label=words.watch_name(one).text)
            for one in dict.fromkeys(one.watch_id for one in found)
        ),
        story=view,
    )


def _address(link: str) -> str:
    """Write an address as RFC 3987 wants it, of which browsers are not so sure: brackets outside the host, stray % and #."""
    scheme, host, path, query, fragment = urlsplit(link)
    path, query, fragment = (_STRAY.sub(lambda found: quote(found[0]), part) for part in (path, query, fragment))
    return urlunsplit((scheme, host, path, query, fragment))


def _id(kind: str, *of: str) -> str:
    """Make an id that is the same wherever and whenever it is made: an UUID of its name (RFC 9562 §5.5)."""
    return uuid5(_OURS, "\n".join((kind, *map(words.line, of)))).urn


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
