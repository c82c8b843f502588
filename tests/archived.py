"""The archive of digests as it stands on disk: which of its files are missing, which links in it lead nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import etree
from lxml import html as lxml_html

FORMS = ("html", "md", "json", "atom")


def parsed(path: Path) -> lxml_html.HtmlElement:
    return lxml_html.document_fromstring(path.read_bytes(), parser=lxml_html.HTMLParser(encoding="utf-8"))


def feeds(folder: Path) -> Iterator[tuple[Path, str]]:
    """Give the links of the archive's Atom feeds that lead within it."""
    for path in sorted(folder.rglob("*.atom")):
        for href in etree.parse(path).xpath("//@href"):
            if not urlsplit(str(href)).scheme:
                yield path, str(href)


def pages(folder: Path) -> tuple[Path, ...]:
    """Give every page of the archive that links."""
    return tuple(sorted(folder.rglob("*.html")))


def links(path: Path) -> tuple[str, ...]:
    """Give the links of a page that lead within the archive."""
    return tuple(str(href) for href in parsed(path).xpath("//@href") if not urlsplit(str(href)).scheme)


def dead_links(folder: Path) -> Iterator[str]:
    """Find links that lead to no file of the archive, or to no place in it."""
    for path in pages(folder):
        for href in links(path):
            name, _, place = href.partition("#")
            target = (path.parent / unquote(name)).resolve() if name else path
            if not target.is_file() or not target.is_relative_to(folder.resolve()):
                yield f"{path.relative_to(folder)} links to {href}, which is not there"
            elif place and not parsed(target).xpath("//*[@id=$place]", place=place):
                yield f"{path.relative_to(folder)} links to {href}, a place which is not there"
    for path, href in feeds(folder):
        if not (path.parent / unquote(href.partition("#")[0])).is_file():
            yield f"{path.relative_to(folder)} links to {href}, which is not there"


def unwritten(folder: Path, digests: Iterable[tuple[str, str, str, str]]) -> Iterator[str]:
    """Find digests (plan, period, form, words; newest last) whose file does not say what was frozen."""
    latest: dict[tuple[str, str], str] = {}
    # of two that were asked for within a second the newer one has the file
    named = {(plan, period, form): words for plan, period, form, words in digests if form in FORMS}
    for (plan, period, form), words in named.items():
        path = folder / plan / f"{period.replace(':', '')}.{form}"
        latest[plan, form] = words
        if not path.exists() or path.read_text(encoding="utf-8") != words:
            yield f"{path.relative_to(folder)} is not as it was frozen"
        if not any(href.endswith(path.name) for href in links(folder / "index.html")):
            yield f"the list of digests lacks {path.relative_to(folder)}"
    for (plan, form), words in latest.items():
        # the feed has entries of those before it, too
        if form != "atom" and (folder / plan / f"latest.{form}").read_text(encoding="utf-8") != words:
            yield f"{plan}/latest.{form} is not the latest"


FROZEN = (
    "SELECT plan, period, form, words FROM digest JOIN digest_words ON digest_id = digest.id ORDER BY made_at, digest.id, form"
)
"""Asks for the digests as ``unwritten`` takes them."""


def faults(folder: Path, digests: Iterable[tuple[str, str, str, str]]) -> list[str]:
    """Find all that is wrong with the archive."""
    if not (folder / "index.html").exists():
        return [f"there is no list of digests in {folder}"]
    return [*unwritten(folder, digests), *dead_links(folder)]
