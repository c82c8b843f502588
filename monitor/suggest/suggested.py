"""A name → suggestions, in the order in which they are to be read. Touches nothing: joins ``table``, ``written`` and ``homographs``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from monitor.suggest.homographs import meaning
from monitor.suggest.keys import same
from monitor.suggest.scripts import SCRIPTS, languages, script
from monitor.suggest.table import Known, country, find, near
from monitor.suggest.written import Written, latin, others, variants

_ORDER: Final = {name: place for place, name in enumerate(SCRIPTS)}
# With so many Latin spellings known, guessing more of them only adds noise
_ENOUGH_LATIN: Final = 3


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

    ``meant``: the name of the tables that a misspelt one was taken for, None where it stands as typed; ``or_meant``: others near it.
    """

    name: str
    known: tuple[str, ...]
    meant: str | None
    or_meant: tuple[str, ...]
    suggestions: tuple[Suggestion, ...]


def suggest(name: str) -> Suggested:
    """Suggest spellings for a name in any script and spelling. No two of them are the same to a watch. Raises nothing."""
    known, meant, or_meant = find(name), None, ()
    if not known and (close := near(name)):
        meant, *rest = close
        known, or_meant = find(meant), tuple(rest)
    taken: dict[str, Suggestion] = {}
    for one in (*_sorted(_listed(known)), *_sorted(_guessed(name, known))):
        taken.setdefault(same(one.text), one)
    taken.pop("", None)
    return Suggested(
        name=meant or name,
        known=tuple(map(_described, known)),
        meant=meant,
        or_meant=or_meant,
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
    """Give transliterations: into the scripts and languages that the tables lack, all of them for a name that they do not have."""
    listed = tuple(form.text for one in known for form in one.forms)
    base = known[0].name if known else name
    if not known:
        yield _suggestion(name.strip(), (), is_sure=True, why="as typed")
    readings = latin(base)
    for one in readings:
        yield _guess(one)
    base = readings[0].text if readings else base
    scripts = {script(text) for text in listed} or {script(name)}
    for one in others(base):
        if script(one.text) not in scripts:
            yield _guess(one)
    if sum(script(text) == "LATIN" for text in listed) < _ENOUGH_LATIN and not any(text.isupper() for text in listed):
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
