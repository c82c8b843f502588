"""Feeds that change from poll to poll in the ways of real ones, each with the number of articles that it published in all."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape

from monitor.model import Entry

POLLS = 20
ARTICLES = 30
START = datetime(2026, 11, 22, 6, 41, 7, tzinfo=UTC)
STEP = 3
SITE = "https://orontes-post.example"


Feed = Callable[[int], list["Said"]]
"""What a feed lists at poll 0, 1, 2 ..."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """One entry as a feed writes it."""

    guid: str | None
    link: str | None
    title: str
    text: str = ""
    dated: datetime | None = None

    @property
    def entry(self) -> Entry:
        return Entry(
            guid=self.guid,
            link=self.link,
            title=self.title,
            summary=self.text or None,
            text=None,
            author=None,
            published=self.dated,
            published_raw=None,
            language="en",
        )

    @property
    def xml(self) -> str:
        parts = {"title": self.title, "guid": self.guid, "link": self.link, "description": self.text}
        date = f"<pubDate>{format_datetime(self.dated)}</pubDate>" if self.dated else ""
        said = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in parts.items() if value is not None)
        return f"<item>{said}{date}</item>"


def article(number: int, **other: object) -> Said:
    """Give an article as a feed without fault says it."""
    usual: dict[str, object] = {
        "guid": f"op:{number}",
        "link": f"{SITE}/2026/{number}",
        "title": f"Rain floods camp {number}",
        "text": f"Tents of camp {number} stood under water by two in the morning; its people wait on the road.",
        "dated": START + timedelta(minutes=7 * number, seconds=number),
    }
    return Said(**(usual | other))  # type: ignore[arg-type]


def odd(poll: int, number: int, **change: str | None) -> Said:
    """Give an article with something odd about it: {poll} and {n} are numbers, {scheme} flips, {version} counts edits."""
    numbers = {
        "poll": poll,
        "n": number,
        "scheme": "https" if poll % 2 else "http",
        "version": (poll + number) // 4,
        "typo": "." * ((poll + number) // 4 % 2),
        "place": number - STEP * poll,
    }
    return article(number, **{name: value and value.format(site=SITE, **numbers) for name, value in change.items()})


def all_of(**change: str | None) -> tuple[Feed, int]:
    """Give the feed of the same 30 articles at every poll."""
    return lambda poll: [odd(poll, number, **change) for number in range(ARTICLES)], ARTICLES


def sliding(**change: str | None) -> tuple[Feed, int]:
    """Give the feed of the newest 30 articles, of which three are new at every poll."""
    return lambda poll: [odd(poll, n, **change) for n in range(STEP * poll, STEP * poll + ARTICLES)], STEP * (
        POLLS - 1
    ) + ARTICLES


def one_by_one(**change: str | None) -> tuple[Feed, int]:
    """Give the feed that lists only its newest article, which is another one at every poll."""
    return lambda poll: [odd(poll, poll, **change)], POLLS


def now_one_now_three(**change: str | None) -> tuple[Feed, int]:
    """Give the feed that lists its newest article, at the next poll two more, and then only the next."""
    return lambda poll: [odd(poll, poll // 2 * 3 + n, **change) for n in range(3 if poll % 2 else 1)], POLLS // 2 * 3


def shuffled(**change: str | None) -> tuple[Feed, int]:
    """Give the feed of the same 30 articles in another order each time."""
    return lambda poll: [odd(poll, n, **change) for n in random.Random(poll).sample(range(ARTICLES), ARTICLES)], ARTICLES


EDITED = "Version {version} of what befell camp {n}"

FEEDS: dict[str, tuple[Feed, int]] = {
    "its guids change": all_of(guid="{poll}-{n}"),
    "its guids are addresses that change": all_of(guid="{site}/?p={poll}{n:03}"),
    "guids and links flip between http and https": all_of(
        guid="{scheme}://orontes-post.example/2026/{n}", link="{scheme}://orontes-post.example/2026/{n}"
    ),
    "its links flip and its guids change": all_of(guid="{poll}-{n}", link="{scheme}://www.orontes-post.example/2026/{n}/"),
    "guids and links carry other tracking": all_of(
        guid="{site}/2026/{n}?utm_source=rss&utm_id={poll}", link="{site}/2026/{n}?fbclid={poll}x#xtor=RSS-{poll}"
    ),
    "its links carry tracking of its own": all_of(link="{site}/2026/{n}?seen={poll}"),
    "every guid is the front page": all_of(guid="{scheme}://orontes-post.example/"),
    "every guid is the same": all_of(guid="news"),
    "its guids are empty": all_of(guid=""),
    "it has no guids": all_of(guid=None),
    "a letter of a headline is edited": all_of(title="Rain floods camp {n}{typo}"),
    "whole headlines are edited": all_of(title=EDITED),
    "headlines are edited where guid is link": all_of(title=EDITED, guid="{site}/2026/{n}"),
    "headlines are edited where there is no guid": all_of(title=EDITED, guid=None),
    "headlines are edited and guids change": all_of(title=EDITED, guid="{poll}-{n}"),
    "texts are edited and guids change": all_of(
        text="Version {poll} of what befell camp {n}, as told by its people.", guid="{poll}-{n}"
    ),
    "guids and links change": all_of(guid="{poll}-{n}", link="{site}/2026/{n}?visit={poll}"),
    "the order changes": shuffled(),
    "guids change and the order too": shuffled(guid="{poll}-{n}"),
    "old ones fall out and new ones come": sliding(),
    "guids change while old ones fall out": sliding(guid="{poll}-{n}"),
    "guids and links change while old ones fall out": sliding(guid="{poll}-{n}", link="{site}/2026/{n}?visit={poll}"),
    "each place has its guid, whatever article stands there": sliding(guid="place-{place}"),
    "all link to one live page": sliding(link="{site}/live"),
    "all link to one live page and guids change": sliding(link="{site}/live", guid="{poll}-{n}"),
    "all link to one live page without guids": sliding(link="{site}/live", guid=None),
    "all are parts of one live page": one_by_one(guid="{site}/live#block-{n}", link="{site}/live#block-{n}"),
    "all link to one live page, now one of them, now three": now_one_now_three(link="{site}/live", guid=None),
    "one headline stands over all its articles": sliding(title="Press statement"),
}
"""What is odd about a feed: its entries at a poll, and how many articles it has published after the twentieth."""
