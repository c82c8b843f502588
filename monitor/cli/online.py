"""`monitor check --online`: every feed is asked once, and where an outlet has a selector, the newest page as well."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast

import click

from monitor.cli.asking import count
from monitor.errors import ExtractError, FetchError, ParseError
from monitor.fetch import Door, user_agent
from monitor.health import GONE
from monitor.model import Config, Document, Fetched, Outlet
from monitor.pipeline import feed_request, page_request
from monitor.text import scrub
from monitor.url import without_keys
from monitor.workers import Workers

LONGEST_LINE = 10_000
"""Characters: an address is shorter."""


async def ask_all(config: Config, named: Mapping[str, str]) -> bool:
    """Ask every feed, and say a line of each as it answers. ``named``: feeds by their address, as the store has them.

    True: all answered.
    """
    async with Door(user_agent=user_agent(config.contact), at_once=config.fetch.at_once, now=_now) as door, Workers() as workers:
        asked = [
            _ask(door, workers, config, outlet, url, named=named.get(url)) for outlet in config.outlets for url in outlet.feeds
        ]
        answers = [await one for one in asyncio.as_completed(asked)]
    failed = answers.count(False)
    click.echo(f"{len(answers) - failed} of {len(answers)} feeds answered.")
    return not failed


async def _ask(  # noqa: PLR0913  the doors, which feed, and its name
    door: Door, workers: Workers, config: Config, outlet: Outlet, url: str, *, named: str | None
) -> bool:
    name = outlet.name or named or outlet.id
    try:
        # nothing conditional is asked, so the door gives whole answers only
        answer = cast("Fetched", await door.fetch(feed_request(config.fetch, outlet, url)))
        document = await workers.parse(answer, now=_now(), language=outlet.language)
    except (FetchError, ParseError) as error:
        gone = isinstance(error, FetchError) and error.status == GONE
        hint = ". Its outlet took it down for good; `monitor add` may find its new address" if gone else ""
        _say(name, f"{error.detail} ({error.kind}){hint}   {without_keys(url)}")
        return False
    moved = answer.manner.moved_to
    hint = f"; answers, but moved for good to {without_keys(moved)}" if moved else ""
    hint += await _selecting(door, workers, config, outlet, url, document) if outlet.selector and outlet.full_text else ""
    _say(outlet.name or document.title or name, f"{document.kind}, {count(len(document.entries), 'entry', 'entries')}{hint}")
    return True


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


def _say(name: str, words: str) -> None:
    # what a feed calls itself, and where a redirect leads, is somebody else's text
    click.echo("  " + scrub(f"{name}: {words}", LONGEST_LINE).replace("\n", " "))


def _now() -> datetime:
    return datetime.now(UTC)
