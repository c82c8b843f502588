"""`monitor check --online`: every feed is asked once, and where an outlet has a selector, the newest page as well."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import cast

from monitor.cli.asking import count
from monitor.errors import ExtractError, FetchError, ParseError
from monitor.fetch import Door, user_agent
from monitor.health import GONE
from monitor.model import Config, Document, Fetched, Outlet, OutletId
from monitor.pipeline import feed_request, page_request
from monitor.text import scrub
from monitor.url import without_keys
from monitor.workers import Workers

LONGEST_LINE = 10_000
"""Characters: an address is shorter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of asking one feed. ``feed``: its address, without the keys in it; ``says``: in one line."""

    outlet_id: OutletId
    outlet_name: str
    feed: str
    is_answered: bool
    says: str

    @property
    def line(self) -> str:
        """Say it for a terminal."""
        where = "" if self.is_answered else f"   {self.feed}"
        return _one_line(f"{self.outlet_name}: {self.says}{where}")


async def ask_all(config: Config, named: Mapping[str, str]) -> AsyncIterator[Answer]:
    """Ask every feed; gives what came of each as it answers. ``named``: feeds by their address, as the store has them."""
    async with Door(user_agent=user_agent(config.contact), at_once=config.fetch.at_once, now=_now) as door, Workers() as workers:
        asked = [
            _ask(door, workers, config, outlet, url, named=named.get(url)) for outlet in config.outlets for url in outlet.feeds
        ]
        for one in asyncio.as_completed(asked):
            yield await one


async def _ask(  # noqa: PLR0913  the doors, which feed, and its name
    door: Door, workers: Workers, config: Config, outlet: Outlet, url: str, *, named: str | None
) -> Answer:
    name = outlet.name or named or outlet.id
    answer = partial(Answer, outlet_id=outlet.id, feed=without_keys(url))
    try:
        # nothing conditional is asked, so the door gives whole answers only
        fetched = cast("Fetched", await door.fetch(feed_request(config.fetch, outlet, url)))
        document = await workers.parse(fetched, now=_now(), language=outlet.language)
    except (FetchError, ParseError) as error:
        gone = isinstance(error, FetchError) and error.status == GONE
        hint = ". Its outlet took it down for good; `monitor add` may find its new address" if gone else ""
        return answer(outlet_name=name, is_answered=False, says=_one_line(f"{error.detail} ({error.kind}){hint}"))
    moved = fetched.manner.moved_to
    hint = f"; answers, but moved for good to {without_keys(moved)}" if moved else ""
    hint += await _selecting(door, workers, config, outlet, url, document) if outlet.selector and outlet.full_text else ""
    says = f"{document.kind}, {count(len(document.entries), 'entry', 'entries')}{hint}"
    return answer(outlet_name=outlet.name or document.title or name, is_answered=True, says=_one_line(says))


async def _selecting(  # noqa: PLR0913, PLR0917  the doors, whose selector, and where its newest page stands
    door: Door, workers: Workers, config: Config, outlet: Outlet, url: str, document: Document
) -> str:
    """Try an outlet's selector on the newest page of a feed: one that selects nothing is told nowhere else."""
    entry = next((one for one in document.entries if one.link), None)
    if entry is None or entry.link is None:
        return ""
    try:
        page = cast("Fetched", await door.fetch(page_request(config.fetch, outlet, url, link=entry.link)))
        article = await workers.extract(page, title=entry.title or "", language=outlet.language, selector=outlet.selector)
    except (FetchError, ExtractError) as error:
        return f"; its selector could not be tried on {entry.link}: {error.detail} ({error.kind})"
    return "" if article.source == "selector" else f"; its selector selects no text on {entry.link}"


def _one_line(words: str) -> str:
    # where a redirect leads is somebody else's text
    return scrub(words, LONGEST_LINE).replace("\n", " ")


def _now() -> datetime:
    return datetime.now(UTC)
