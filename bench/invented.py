"""A number → an outlet's feed that nobody ever published, the same bytes on every machine; a folder → many of them, packed.

Feeds of 30 items and about 51 KB, RSS 2.0 and Atom by turns, in the letters of ten languages. Each is kept in three states:
as it first was; with nothing changed but the date at which it was built; and moved on by three items.
"""

from __future__ import annotations

import mmap
import random
from array import array
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from gzip import compress
from html import escape
from pathlib import Path

ITEMS = 30
MOVED = 3
"""So many items of a feed that has moved on are new."""
STATES = ("first", "built", "moved")
NAMES = ("Velmora", "Велмора", "فلمورا", "维尔莫拉")
"""A town that is in no atlas: about one headline in 250 names it, in the letters of its language or in Latin ones."""

_VERSION = 1
_NEWEST = datetime(2026, 1, 5, 12, tzinfo=UTC)
_BUILT = {"first": timedelta(0), "built": timedelta(minutes=10), "moved": timedelta(hours=2, minutes=15)}
_STEP = timedelta(minutes=45)
_NAMED = 1 / 250
_LINKED = 0.5
_PICTURED = 0.4
_WORDS = 2_000
_STREAM = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """Beginnings and ends of syllables to make words of. ``bytes``: what a letter takes in UTF-8."""

    code: str
    heads: str
    tails: str
    space: str = " "
    stop: str = ". "
    bytes: int = 1
    name: str = NAMES[0]


LANGUAGES = (
    Language(code="en", heads="b c d f g h l m n p r s t w th st br", tails="a e i o u an er in on ar"),
    Language(code="de", heads="b d f g h k l m n r s t w z sch", tails="a e i o u ä ö ü ei en er ung"),
    Language(code="fr", heads="b c d f l m n p r s t v ch qu", tails="a é è i o u ou eau ai on en"),
    Language(code="tr", heads="b c ç d g k l m n r s ş t y z", tails="a e ı i o ö u ü lar ler in"),
    Language(code="ru", heads="б в г д ж з к л м н п р с т ч", tails="а е и о у ы я ов ий ать", bytes=2, name=NAMES[1]),
    Language(code="el", heads="β γ δ κ λ μ ν π ρ σ τ φ χ", tails="α ε η ι ο ω ος ης ου", bytes=2),
    Language(code="ar", heads="ب ت ج ح د ر س ش ع ف ق ك ل م ن ه", tails="ا و ي ات ون ية", bytes=2, name=NAMES[2]),
    Language(code="hi", heads="क ख ग च ज त द न प ब म य र ल व स", tails="ा ि ी ु े ो ाना", stop="। ", bytes=3),
    Language(
        code="zh",
        heads="天 地 人 山 水 火 木 金 土 日 月 国",
        tails="年 大 小 中 上 下 出 生",
        space="",
        stop="。",
        bytes=3,
        name=NAMES[3],
    ),
    Language(
        code="ja", heads="か さ た な は ま や ら わ 東 西", tails="き し ち に ひ み り の を は", space="", stop="。", bytes=3
    ),
)


# ------------------------------------------------------------------------------------------------------------ words


@cache
def _stream(language: Language) -> tuple[str, ...]:
    """Give a long text's words: few of them often and most seldom, so that gzip does with them what it does with news."""
    dice = random.Random(language.code)
    heads, tails = language.heads.split(), language.tails.split()
    words = ["".join(dice.choice(heads) + dice.choice(tails) for _ in range(dice.choice((1, 2, 2, 3)))) for _ in range(_WORDS)]
    return tuple(words[int(_WORDS * dice.random() ** 3)] for _ in range(_STREAM))


def _words(dice: random.Random, language: Language, count: int) -> str:
    start = dice.randrange(_STREAM - count)
    return language.space.join(_stream(language)[start : start + count])


def _prose(dice: random.Random, language: Language, size: int) -> str:
    """Write sentences of about so many bytes in all."""
    said = ""
    while len(said) * language.bytes < size:
        said += _words(dice, language, dice.randint(6, 22)).capitalize() + language.stop
    return said


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What one item of a feed tells."""

    number: int
    title: str
    author: str
    topics: tuple[str, ...]
    summary: str
    html: str
    published: datetime


def story(feed: int, number: int, language: Language) -> Story:
    """Write a feed's item of that number, the same in whatever state of the feed it stands."""
    dice = random.Random(feed * 1_000 + number)
    title = _words(dice, language, dice.randint(5, 11)).capitalize()
    if dice.random() < _NAMED:
        title += f"{language.space}{language.name}{language.space}{_words(dice, language, 3)}"
    lead = _prose(dice, language, 130)
    paragraphs = [lead, *(_prose(dice, language, dice.randint(110, 350)) for _ in range(dice.randint(1, 3)))]
    link = f' <a href="/topics/{dice.randrange(500)}?from=feed&amp;item={number}">{_words(dice, language, 2)}</a>'
    html = "".join(f"<p>{escape(text)}{link if dice.random() < _LINKED else ''}</p>" for text in paragraphs)
    if dice.random() < _PICTURED:
        html = f'<img src="/pictures/{number}.jpg" width="640" height="360" alt="{escape(title)}"/>{html}'
    return Story(
        number=number,
        title=title,
        author=_words(dice, language, 2).title(),
        topics=tuple(_words(dice, language, 1) for _ in range(dice.randint(1, 4))),
        summary=f"<p>{escape(lead)}</p>",
        html=html,
        published=_NEWEST - timedelta(seconds=feed % 2_700) + (number - ITEMS) * _STEP,
    )


# ------------------------------------------------------------------------------------------------------------ feeds


def bodies(feed: int) -> tuple[bytes, ...]:
    """Write a feed in each of STATES."""
    language = LANGUAGES[feed * 7 % len(LANGUAGES)] if feed % 3 else LANGUAGES[0]
    stories = [story(feed, number, language) for number in range(ITEMS + MOVED)]
    write = _atom if feed % 2 else _rss
    newest = {"first": stories[:ITEMS], "built": stories[:ITEMS], "moved": stories[MOVED:]}
    return tuple(write(feed, language, newest[state][::-1], built=_NEWEST + _BUILT[state]).encode() for state in STATES)


def kind(feed: int) -> str:
    """Give the media type that a feed is served as."""
    return "application/atom+xml" if feed % 2 else "application/rss+xml"


def _site(feed: int) -> str:
    return f"https://outlet-{feed}.example"


def _rss(feed: int, language: Language, stories: list[Story], *, built: datetime) -> str:
    dice = random.Random(feed)
    site = _site(feed)
    items = "".join(
        f"<item>\n<title>{escape(one.title)}</title>\n<link>{site}/news/{one.number}.html</link>\n"
        f'<guid isPermaLink="false">{site}/id/{one.number}</guid>\n<pubDate>{format_datetime(one.published)}</pubDate>\n'
        f"<dc:creator><![CDATA[{one.author}]]></dc:creator>\n"
        + "".join(f"<category>{topic}</category>\n" for topic in one.topics)
        + f"<description><![CDATA[{one.summary}]]></description>\n"
        f"<content:encoded><![CDATA[{one.html}]]></content:encoded>\n</item>\n"
        for one in stories
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">\n<channel>\n'
        f"<title>{_words(dice, language, 2).title()} {feed}</title>\n<link>{site}/</link>\n"
        f'<atom:link rel="self" type="application/rss+xml" href="{site}/feed"/>\n'
        f"<description>{_words(dice, language, 9)}</description>\n<language>{language.code}</language>\n"
        f"<lastBuildDate>{format_datetime(built)}</lastBuildDate>\n<ttl>60</ttl>\n{items}</channel>\n</rss>\n"
    )


def _atom(feed: int, language: Language, stories: list[Story], *, built: datetime) -> str:
    dice = random.Random(feed)
    site = _site(feed)
    entries = "".join(
        f'<entry>\n<title type="html">{escape(escape(one.title))}</title>\n'
        f'<link rel="alternate" type="text/html" href="{site}/news/{one.number}.html"/>\n<id>{site}/id/{one.number}</id>\n'
        f"<published>{_iso(one.published)}</published>\n<updated>{_iso(one.published + timedelta(minutes=1))}</updated>\n"
        f"<author><name>{escape(one.author)}</name></author>\n"
        + "".join(f'<category term="{topic}"/>\n' for topic in one.topics)
        + f'<summary type="html">{escape(one.summary)}</summary>\n<content type="html">{escape(one.html)}</content>\n</entry>\n'
        for one in stories
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{language.code}">\n'
        f"<title>{_words(dice, language, 2).title()} {feed}</title>\n<subtitle>{_words(dice, language, 9)}</subtitle>\n"
        f'<link rel="alternate" type="text/html" href="{site}/"/>\n<link rel="self" href="{site}/feed"/>\n'
        f"<id>{site}/feed</id>\n<updated>{_iso(built)}</updated>\n{entries}</feed>\n"
    )


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


# ----------------------------------------------------------------------------------------------------------- packed


def _packed(feed: int) -> tuple[bytes, ...]:
    return tuple(compress(body, 6, mtime=0) for body in bodies(feed))


def build(folder: Path, feeds: int) -> None:
    """Write so many feeds into a folder, gzipped, unless they are there already. Uses every core."""
    lengths = folder / f"lengths-{_VERSION}"
    if lengths.exists() and lengths.stat().st_size >= feeds * len(STATES) * array("I").itemsize:
        return
    folder.mkdir(parents=True, exist_ok=True)
    sizes = array("I")
    with (folder / "unfinished").open("wb") as file, ProcessPoolExecutor() as pool:
        for states in pool.map(_packed, range(feeds), chunksize=50):
            sizes.extend(map(len, states))
            file.writelines(states)
    lengths.unlink(missing_ok=True)
    (folder / "unfinished").replace(folder / f"bodies-{_VERSION}")
    lengths.write_bytes(sizes.tobytes())


class Pack:
    """The feeds that `build` wrote, read from the disk's cache and never copied."""

    def __init__(self, folder: Path) -> None:
        """Map them. Raises OSError where nothing was built."""
        sizes = array("I", (folder / f"lengths-{_VERSION}").read_bytes())
        self.feeds = len(sizes) // len(STATES)
        self._ends = array("Q", [0])
        for size in sizes:
            self._ends.append(self._ends[-1] + size)
        with (folder / f"bodies-{_VERSION}").open("rb") as file:
            self._bodies = memoryview(mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ))

    def gzipped(self, feed: int, state: int) -> memoryview:
        """Give a feed's body in one of STATES, by its place there."""
        place = feed * len(STATES) + state
        return self._bodies[self._ends[place] : self._ends[place + 1]]
