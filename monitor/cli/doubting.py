"""config.toml and what is stored → what is no fault, and will hardly do what was meant: words too common, or idle."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.cli.asking import count
from monitor.config import KeyPath
from monitor.errors import SearchError
from monitor.match import KNOWN_LANGUAGES, overlaps, spoiled, words_in
from monitor.model import And, Config, Not, Watch, Words
from monitor.search import compiled
from monitor.store import Reading
from monitor.suggest import meaning

ENOUGH = 100
"""So few stored items say nothing of how common a word is."""
COMMON = 4
"""A word that stands in one of so many items tells little."""
MOSTLY = 0.8
Doubt = tuple[KeyPath, str]


def doubts(config: Config, known: Reading | None) -> Iterator[Doubt]:
    """Give every doubt, with the key that it is about. ``known`` None: nothing is stored yet."""
    for watch in config.watches:
        yield from _overlapping(watch)
        for path, word in _words(watch):
            if said := meaning(word):
                yield (
                    ("watches", watch.id, *path),
                    f"“{word}” can be another word: {said}. A none, or a query, can tell them apart",
                )
    if known is not None:
        for watch in config.watches:
            yield from _common(watch, known)
        yield from _spoken(config, known)


def _overlapping(watch: Watch) -> Iterator[Doubt]:
    for key in ("any", "none"):
        words: tuple[str, ...] = getattr(watch, key)
        for one in overlaps(words):
            says = (
                f"“{one.outer}” and “{one.inner}” are one word here: spellings, accents and capitals fold"
                if one.is_same
                else f"“{one.outer}” adds nothing: “{one.inner}” finds it already"
            )
            yield ("watches", watch.id, key, words.index(one.outer)), says
    for key in ("any", "all"):
        words = getattr(watch, key)
        for word, by in spoiled(words, watch.none):
            says = f"“{word}” never alerts: none has “{by}”, which stands wherever it does"
            yield ("watches", watch.id, key, words.index(word)), says
    if isinstance(watch.query, And):
        wanted = tuple(part.text for part in watch.query.parts if isinstance(part, Words))
        unwanted = tuple(word.text for part in watch.query.parts if isinstance(part, Not) for word in words_in(part))
        for word, by in spoiled(wanted, unwanted):
            yield (
                ("watches", watch.id, "query"),
                f"never alerts: it wants “{word}” and not “{by}”, which stands wherever that does",
            )


def _common(watch: Watch, known: Reading) -> Iterator[Doubt]:
    items = known.indexed()
    if items < ENOUGH:
        return
    for path, word in _words(watch):
        try:
            query = compiled((word,)).query
        except SearchError:
            continue
        if (found := known.count_found(query, most=items)) * COMMON >= items:
            yield (
                ("watches", watch.id, *path),
                f"“{word}” stands in {found:,} of {items:,} stored items, so it tells little apart",
            )


def _words(watch: Watch) -> Iterator[tuple[KeyPath, str]]:
    for key in ("any", "all"):
        yield from (((key, place), word) for place, word in enumerate(getattr(watch, key)))
    if watch.query is not None:
        yield from ((("query",), word.text) for word in dict.fromkeys(words_in(watch.query)))


def _spoken(config: Config, known: Reading) -> Iterator[Doubt]:
    spoken = known.languages()
    for outlet in config.outlets:
        told = spoken.get(outlet.id, {})
        items = sum(told.values())
        if outlet.language is not None or items < ENOUGH // 4:
            continue
        language, most = max(told.items(), key=lambda one: one[1])
        if language in KNOWN_LANGUAGES and most >= MOSTLY * items:
            says = (
                f'has no lang, and words of "{language}" change their endings. Of {count(items, "item")} {most:,} were told to be'
                f' in it: write lang = "{language}", so that no short headline is mistaken'
            )
            yield ("outlets", outlet.id), says
