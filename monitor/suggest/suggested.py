"""A name → suggestions, in the order in which they are to be read. Joins ``table``, ``written`` and ``homographs``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from monitor.suggest.homographs import meaning
from monitor.suggest.keys import same
from monitor.suggest.scripts import SCRIPTS, languages, script
from monitor.suggest.table import Known, country, find, near, related
from monitor.suggest.written import Written, latin, others, variants

_ORDER: Final = {name: place for place, name in enumerate(SCRIPTS)}
# With so many Latin spellings known, guessing more of them only adds noise
_ENOUGH_LATIN: Final = 3
_AS_IT_SOUNDS: Final = frozenset(
    ("city", "region", "province", "district", "island", "camp", "crossing", "site", "base", "country", "territory", "person")
)
_ACRONYM: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A spelling to paste. ``script``: a key of SCRIPTS, "" for none of them; ``languages``: BCP 47 tags, () where many write so.

    ``is_sure``: the tables have it as the name's; else it is to be checked by somebody who reads it. ``why``: where it is from.
    ``also_means``: what else the word means, which will be found too; None where nothing is known.
    """

    text: str
    script: str
    languages: tuple[str, ...]
    is_sure: bool
    why: str
    also_means: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """All that is suggested for a name. ``known``: what the tables know by it ("Idlib, a city in Syria"), () for nothing.

    ``meant``: the name of the tables that a misspelt one was taken for, None where it stands as typed; ``or_meant``: others near.
    ``related``: names of the tables that have this one in them, North Darfur for Darfur.
    """

    name: str
    known: tuple[str, ...]
    meant: str | None
    or_meant: tuple[str, ...]
    related: tuple[str, ...]
    suggestions: tuple[Suggestion, ...]


def suggest(name: str) -> Suggested:
    """Suggest spellings for a name in any script and spelling. No two of them are the same to a watch. Raises nothing."""
    known = find(name)
    close = () if known else near(name)
    meant = close[0] if close else None
    if meant:
        known = find(meant)
    taken: dict[str, Suggestion] = {}
    for one in (*_sorted(_listed(known)), *_sorted(_guessed(name, known))):
        taken.setdefault(same(one.text), one)
    taken.pop("", None)
    return Suggested(
        name=meant or name,
        known=tuple(map(_described, known)),
        meant=meant,
        or_meant=close[1:],
        related=related(known[0].name) if known else (),
        suggestions=tuple(taken.values()),
    )


def _sorted(suggestions: Iterator[Suggestion]) -> list[Suggestion]:
    return sorted(suggestions, key=lambda one: (not one.is_sure, _ORDER.get(one.script, len(_ORDER))))


def _listed(known: tuple[Known, ...]) -> Iterator[Suggestion]:
    for one in known:
        where = f" ({_described(one)})" if len(known) > 1 else ""
        for form in one.forms:
            yield _suggestion(form.text, form.languages, is_sure=form.is_sure, why=f"{form.source}{where}")


def _guessed(name: str, known: tuple[Known, ...]) -> Iterator[Suggestion]:
    """Give transliterations: into the scripts that the tables lack, into all of them for a name that they do not have."""
    if not known:
        yield _suggestion(name.strip(), (), is_sure=True, why="as typed")
    base = known[0].name if known else name.strip()
    # an organisation's name is translated, and an acronym is made anew, but neither is written as it sounds
    if (known and known[0].kind not in _AS_IT_SOUNDS) or (base.isupper() and len(base) <= _ACRONYM and base.isascii()):
        return
    readings = latin(base)
    yield from map(_guess, readings)
    if script(base) == "CJK":
        # pinyin is no spelling by sound: x would become ks
        return
    base = readings[0].text if readings else base
    listed = [script(form.text) for one in known for form in one.forms] or [script(name)]
    yield from (_guess(one) for one in others(base) if script(one.text) not in listed)
    if listed.count("LATIN") < _ENOUGH_LATIN:
        yield from map(_guess, variants(base))


def _guess(one: Written) -> Suggestion:
    return _suggestion(one.text, one.languages, is_sure=False, why=f"transliterated ({one.rules})")


def _suggestion(text: str, told: tuple[str, ...], *, is_sure: bool, why: str) -> Suggestion:
    return Suggestion(
        text=text, script=script(text), languages=told or languages(text), is_sure=is_sure, why=why, also_means=meaning(text)
    )


def _described(one: Known) -> str:
    """Say what a name is: Idlib, city, Syria."""
    return ", ".join((one.name, one.kind, *map(country, one.countries)))
