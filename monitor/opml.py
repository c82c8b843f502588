"""The bytes of an OPML file → the feeds that it lists; outlets → an OPML file. Pure text work: fetches nothing, opens nothing.

OPML 2.0 (opml.org/spec2): a feed is an outline with an ``xmlUrl``, a folder one without. Nothing in a file is trusted: others
wrote it, and whoever takes it over checks each line as the desk's own lines are checked.

What OPML has no attribute for stands in the monitor's own namespace, which other readers ignore as the specification wants.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from html.entities import html5
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from monitor import charset
from monitor.errors import ParseError
from monitor.model import Outlet
from monitor.text import one_line

LARGEST = 10_000_000
"""Bytes of a file: some 40,000 feeds."""
MAX_FEEDS = 20_000
OWN = "urn:outlet-monitor:opml"
_DEEPEST = 100
_LONGEST_NAME = 300
_LONGEST_VALUE = 2_000

_DECLARATION = re.compile(r"<!DOCTYPE[^>]*\[|<!(?:ENTITY|ATTLIST|ELEMENT|NOTATION)\b", re.IGNORECASE)
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&(?:#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,8}));|([A-Za-z][A-Za-z0-9]{1,31};))?")
_OF_XML = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})
_MAX_CODE = 0x10FFFF
_LISTS = frozenset({"include", "link", "source"})
_FEED_TYPES = frozenset({"rss", "atom", "rdf", "feed", "pie"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A feed as a file lists it. ``line``: from 1; ``groups``: the names of folders and categories as they are written.

    ``own``: what the monitor itself wrote of its outlet: id, label, every, pause, selector, paused, full_text; as texts.
    """

    line: int
    url: str
    name: str | None
    language: str | None
    groups: tuple[str, ...]
    own: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriptions:
    """What a file lists. ``passed``: what is no feed and looks like one, each with its line and why it is passed over."""

    feeds: tuple[Listed, ...]
    passed: tuple[tuple[int, str], ...]


def read(body: bytes) -> Subscriptions:
    """Read an OPML file in whatever charset it says.

    Ampersands and names of characters that stand in it as in HTML are taken as meant. Raises ParseError: doctype where it
    declares one of its own, garbage where it is too large, no XML (with the line) or cut short, not_a_feed where it is no OPML.
    """
    if len(body) > LARGEST:
        raise ParseError("garbage", f"it is larger than {LARGEST // 1_000_000} MB")
    text = charset.decoded(body, content_type="", inside=charset.inside_xml(body)).lstrip("\ufeff \t\r\n")
    if _DECLARATION.search(text):
        # a chain of entities kills the process inside expat, where no except helps (CVE-2024-8176)
        raise ParseError("doctype", "it declares a document type of its own, which no list of feeds needs and attacks do")
    reader = _Reader()
    try:
        return reader.read(_mended(text))
    except expat.ExpatError as error:
        why = expat.ErrorString(error.code)
        raise ParseError("garbage", f"line {error.lineno}: this is no XML that can be read: {why}") from error


def _mended(text: str) -> bytes:
    return _REFERENCE.sub(_mended_reference, _NO_XML.sub(" ", text)).encode()


def _mended_reference(found: re.Match[str]) -> str:
    if found[3]:
        named = html5.get(found[3])
        return found[0] if found[3] in _OF_XML else escape(named) if named else f"&amp;{found[3]}"
    if not (digits := found[1] or found[2]):
        return "&amp;"
    code = int(digits, 16 if found[1] else 10)
    return found[0] if code <= _MAX_CODE and not _NO_XML.match(chr(code)) else "\ufffd"


@dataclass(slots=True, kw_only=True)
class _Outline:
    """An element that is open: the folder that it is, if any, and whether all within is commented out."""

    folder: str | None = None
    is_comment: bool = False


@dataclass(slots=True)
class _Reader:
    """Goes through one file."""

    feeds: list[Listed] = field(default_factory=list)
    passed: list[tuple[int, str]] = field(default_factory=list)
    _open: list[_Outline] = field(default_factory=list)
    _prefix: str | None = None
    _line: int = 0

    def read(self, body: bytes) -> Subscriptions:
        parser = expat.ParserCreate("utf-8")

        def start(name: str, attributes: dict[str, str]) -> None:
            self._line = parser.CurrentLineNumber
            self._start(name.rpartition(":")[2].lower(), {key.lower(): value for key, value in attributes.items()})

        def end(_: str) -> None:
            self._open.pop()

        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.Parse(body, True)  # noqa: FBT003  expat's own
        return Subscriptions(feeds=tuple(self.feeds), passed=tuple(self.passed))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._open and name != "opml":
            raise ParseError("not_a_feed", f"it is no OPML: its root is <{one_line(name, 40)}>")
        if len(self._open) >= _DEEPEST:
            raise ParseError("garbage", f"line {self._line}: folders are nested more than {_DEEPEST} deep")
        if not self._open:
            declared = (key.partition(":")[2] for key, value in attributes.items() if value == OWN)
            self._prefix = next(declared, None)
        outline = _Outline(is_comment=bool(self._open) and self._open[-1].is_comment)
        self._open.append(outline)
        if name == "outline" and not outline.is_comment:
            self._outline(outline, attributes)

    def _outline(self, outline: _Outline, said: dict[str, str]) -> None:
        kind = said.get("type", "").strip().lower()
        url = said.get("xmlurl", "").strip() or (said.get("url", "").strip() if kind in _FEED_TYPES else "")
        if said.get("iscomment", "").strip().lower() == "true":
            outline.is_comment = True
            self.passed.append((self._line, "is commented out"))
        elif kind in _LISTS and (url or said.get("url")):
            self.passed.append((self._line, "names a page or another list, not a feed"))
        elif url:
            self._feed(url, said)
        elif kind in _FEED_TYPES:
            self.passed.append((self._line, "has no address (xmlUrl)"))
        else:
            outline.folder = _name(said)

    def _feed(self, url: str, said: dict[str, str]) -> None:
        if len(self.feeds) == MAX_FEEDS:
            raise ParseError("garbage", f"line {self._line}: it lists more than {MAX_FEEDS:,} feeds")
        categories = [part for path in said.get("category", "").split(",") for part in path.split("/")]
        folders = [one.folder for one in self._open if one.folder]
        groups = dict.fromkeys(filter(None, (one_line(name, _LONGEST_NAME) for name in (*categories, *folders))))
        own = dict(self._own(said))
        self.feeds.append(
            Listed(
                line=self._line,
                url=_whole(url),
                # an outlet without a name is written with its feed's title or its id in the place of one
                name=None if own.pop("unnamed", "") == "true" else _name(said),
                language=said.get("language", "").strip()[:_LONGEST_VALUE] or None,
                groups=tuple(groups),
                own=tuple(own.items()),
            )
        )

    def _own(self, said: dict[str, str]) -> Iterator[tuple[str, str]]:
        if self._prefix is None:
            return
        for key, value in said.items():
            prefix, _, name = key.partition(":")
            if prefix == self._prefix and name:
                yield name, one_line(value, _LONGEST_VALUE)


def _whole(url: str) -> str:
    """Give an address as other readers take it that is handed over as feed:https://... or feed://..."""
    plain = url.removeprefix("feed:")
    return f"https:{plain}" if plain.startswith("//") else plain


def _name(said: dict[str, str]) -> str | None:
    """Give what an outline is called; None: nothing."""
    return one_line(said.get("text", ""), _LONGEST_NAME) or one_line(said.get("title", ""), _LONGEST_NAME) or None


# -------------------------------------------------------------------------------------------------------------- writing


def write(outlets: Sequence[Outlet], *, titles: Mapping[str, str], title: str, now: datetime) -> str:
    """Write a file of all feeds: in the folder of each outlet's first group, with all groups as its categories.

    What ``left_out`` names is not in it. ``titles``: what feeds call themselves, by their addresses, for outlets without a name.
    ``now``: aware.
    """
    folders: dict[str, list[Outlet]] = {}
    for outlet in outlets:
        folders.setdefault(outlet.groups[0] if outlet.groups else "", []).append(outlet)
    lines = [*_head(title, now), "  <body>"]
    for folder, within in folders.items():
        if folder:
            lines += [
                f"    <outline{_attributes([('text', folder), ('title', folder)])}>",
                *_feeds(within, titles, indent=" " * 6),
                "    </outline>",
            ]
        else:
            lines += _feeds(within, titles, indent=" " * 4)
    return "\n".join([*lines, "  </body>", "</opml>", ""])


def left_out(outlet: Outlet) -> tuple[str, ...]:
    """Name the keys of an outlet that an OPML file doesn't hold: secrets, and what is true of this machine alone."""
    said = (
        ("headers", outlet.headers),
        ("proxy", outlet.proxy),
        ("ca_file", outlet.ca_file),
        ("private", outlet.private),
    )
    return tuple(key for key, value in said if value)


def _head(title: str, now: datetime) -> list[str]:
    return [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<opml version="2.0" xmlns:monitor="{OWN}">',
        "  <head>",
        f"    <title>{escape(_NO_XML.sub(' ', title))}</title>",
        f"    <dateCreated>{format_datetime(now)}</dateCreated>",
        "  </head>",
    ]


def _feeds(outlets: Iterable[Outlet], titles: Mapping[str, str], *, indent: str) -> Iterator[str]:
    for outlet in outlets:
        for url in outlet.feeds:
            name = outlet.name or titles.get(url) or outlet.id
            said = [("type", "rss"), ("text", name), ("title", name), ("xmlUrl", url)]
            said += [("language", outlet.language)] if outlet.language else []
            said += [("category", ",".join(f"/{group}" for group in outlet.groups))] if outlet.groups else []
            yield f"{indent}<outline{_attributes([*said, *_owns(outlet)])}/>"


def _owns(outlet: Outlet) -> Iterator[tuple[str, str]]:
    yield "monitor:id", outlet.id
    told = (
        ("unnamed", None if outlet.name else "true"),
        ("label", outlet.label),
        ("every", _span(outlet.every)),
        ("pause", _span(outlet.pause)),
        ("selector", outlet.selector),
        ("paused", "true" if outlet.paused else None),
        ("full_text", None if outlet.full_text else "false"),
    )
    for key, value in told:
        if value is not None:
            yield f"monitor:{key}", value


def _attributes(said: Iterable[tuple[str, str]]) -> str:
    return "".join(f" {key}={quoteattr(_NO_XML.sub(' ', value))}" for key, value in said)


def _span(time: timedelta | None) -> str | None:
    """Write a span as config.toml does: "30m"."""
    if time is None:
        return None
    seconds = int(time.total_seconds())
    unit, each = next((unit, each) for unit, each in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)) if seconds % each == 0)
    return f"{seconds // each}{unit}"
