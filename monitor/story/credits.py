"""A text → its dateline, what it says of where it is from, and its words without those. Pure.

A credit stands at the end ("Source: Levant Wire", "(with Levant Wire)", "- Levant Wire"), in the dateline ("SARMADA (LW) –") or
before a sentence ("По сообщению ...", "据...报道"). Which outlet it names is told by the names that are handed in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from monitor.fold import fold
from monitor.model import Credit, OutletId
from monitor.text import sentences, words

Names = Mapping[tuple[str, ...], OutletId]
"""The folded words of each outlet's name, and whose it is."""

_LONGEST: Final = 160
_LONGEST_DATELINE: Final = 100
_LONGEST_NAME: Final = 12
"""Words of a name; letters, in scripts without spaces."""
_LAST: Final = 4
_FIRST: Final = 2
_ATTRIBUTED: Final = 3

_SOURCE: Final = re.compile(
    r"[\W_]{0,3}(?:sources?|fuentes?|quellen?|fontes?|fonti|kaynak(?:lar)?|mənbə|источник|джерело|извор|източник|źródło|zdroj|forrás|lähde"
    r"|bron|källa|kilde|πηγή|sumber|المصدر|مصدر|المصادر|منبع|ماخذ|מקור|来源|來源|消息来源|出典|出所|출처|स्रोत|সূত্র)\s*[:：]\s*"
    r"(?P<name>\S[^\n]{0,120}?)[\s.)\]）】」』]*",
    re.IGNORECASE,
)
_PHRASES: Final = (
    r"(?:taken|adapted|republished|reprinted) (?:from|by)|(?:additional )?reporting by"
    r"|(?:this (?:story|article|report) )?(?:was )?(?:first|originally) (?:appeared|published|ran) (?:in|on|by|at)"
    r"|with (?:information|reporting|material|files|input) (?:from|by|of)|tomado de|con (?:información|datos|informaciones) de"
    r"|publicado originalmente (?:en|por)|mit (?:material|informationen|angaben) (?:von|der|des)|com informações d[aoe]s?"
    r"|con informazioni (?:di|da)|avec les informations d[eu]s?|z wykorzystaniem materiałów|за (?:даними|матеріалами)"
    r"|по (?:материалам|сообщению|данным|информации)|со ссылкой на|نقلا?[ًٌ]?ا?\s+عن|بالتعاون مع|به نقل از|به گزارش|综合|綜合"
)
_BRIEF: Final = r"avec|via|with|d[’']après|mit|con|com|据|據"
"""Words that credit only where brackets stand round them: they begin sentences as well."""
_END: Final = r"[\s.)\]）】」』:،,]*"
_SAID: Final = rf"\s*(?P<name>\S[^\n]{{0,80}}?)(?:报道|報道|報導|消息|电)?{_END}"
_PERSONS: Final = re.compile(r"[\W_]*(?:additional )?reporting by", re.IGNORECASE)
"""Names its own reporters mostly."""
_TAKEN: Final = re.compile(f"(?:{_PHRASES}){_SAID}", re.IGNORECASE)
_TAKEN_BRIEFLY: Final = re.compile(f"(?:{_PHRASES}|{_BRIEF}){_SAID}", re.IGNORECASE)
_OPENING: Final = re.compile(
    r"(?:[^\n]{0,120}?\s)?(?:(?:по|со)\s+(?:сообщению|данным|информации|ссылкой на)|за (?:даними|повідомленням)"
    r"|نقلا?[ًٌ]?ا?\s+عن|به نقل از|به گزارش|con información de|according to a report by)\s+(?P<name>[^\n,،;:.]{2,60})"
    r"|(?:[^\n]{0,60}?[，,])?[据據](?P<han>[^\n，,。]{2,20}?)(?:\d+日)?(?:报道|報道|報導|消息|电)",
    re.IGNORECASE,
)
_DASHED: Final = re.compile(r"[-–—]{1,2}\s?(?P<name>[^\n.!?]{2,60})")
_BRACKETED: Final = re.compile(r"[(（\[](?P<inner>[^()（）\[\]\n]{2,120})[)）\]]\s*\.?\s*\Z")
_DATELINE: Final = re.compile(
    r"\s*(?P<place>[^\n–—.!?]{1,90}?(?:\([^()\n]{1,60}\)|/[^/\n]{1,40}/\.?)?)\s*(?:--+|[–—]|\s-)\s?(?=\S)"
    r"|\s*(?P<agency>[(/][^()/\n]{2,40}[)/])\s*[-–—.]{0,2}\s+(?=\S)"
    r"|\s*(?P<han>[^\s，。,.]{2,25}?[0-9０-９]{1,2}月[0-9０-９]{1,2}日[电電訊讯](?:\s*[(（][^)）\n]{1,30}[)）])?)\s*"
)
_BETWEEN_BRACKETS: Final = re.compile(r"[(/（]([^()/（）\n]{2,60})[)/）]")
_CAPITALS: Final = re.compile(r"[A-ZА-ЯЁІЇЄҐΑ-ΩÀ-ÖØ-ÞĀ-Ž.'’-]{2,}")
_OPENERS: Final = frozenset(("the", "a", "an", "in", "on", "at", "for", "after", "when", "as", "since", "by"))
_LONGEST_PLACE: Final = 7
_SMALL: Final = 3
"""Words of a date that are written small: "le 5 mai"."""
_LONGEST_SIGNATURE: Final = 4
_SIGNATURE: Final = re.compile(r"[©/|•\s]*(?P<name>[^\n.:：!?。]{2,60}?)[/|\s]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """What may say where a text is from: the line, and the name in it.

    ``is_said``: the line says so; else a name stands where agencies do, and counts where it is one that is known.
    """

    line: str
    name: str
    is_said: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsigned:
    """A text without its dateline and without the lines that say where it is from. ``dateline`` "": it has none."""

    dateline: str
    text: str
    signs: tuple[Sign, ...]


def unsigned(text: str) -> Unsigned:
    """Take a text's dateline and its credit lines away."""
    dateline, rest = _without_dateline(text)
    lines = rest.rstrip().split("\n")
    signs = [Sign(line=dateline, name=dateline, is_said=False)] if dateline else []
    for at in range(len(lines) - 1, max(len(lines) - 1 - _LAST, -1), -1):
        kept, sign = _without_sign(lines[at], is_last=at == len(lines) - 1)
        if sign:
            signs.append(sign)
            lines[at] = kept
    rest = "\n".join(filter(str.strip, lines))
    return Unsigned(dateline=dateline, text=rest, signs=(*signs, *_openings(rest)))


def credit(signs: tuple[Sign, ...], names: Names, *, author: str | None, own: OutletId) -> Credit | None:
    """Say whom a text credits, an outlet that the desk lists before all others; None: nobody, or only its own outlet."""
    others: list[Credit] = []
    by_author = (Sign(line=author, name=author, is_said=False),) if author else ()
    for sign in (*signs, *by_author):
        known = tuple(_named(sign.name, names))
        outlet = next((one for one in known if one != own), None)
        if outlet or (sign.is_said and not known):
            others.append(Credit(line=_short(sign.line), name=_short(sign.name), outlet_id=outlet))
    return next((one for one in others if one.outlet_id), others[0] if others else None)


def _named(text: str, names: Names) -> Iterator[OutletId]:
    said = words(fold(text[:_LONGEST]))
    for start in range(len(said)):
        for stop in range(min(start + _LONGEST_NAME, len(said)), start, -1):
            if found := names.get(tuple(said[start:stop])):
                yield found


def _short(text: str) -> str:
    return " ".join(text[:_LONGEST].split())


def _without_dateline(text: str) -> tuple[str, str]:
    """Part a dateline from what follows: a place before a dash, with an agency in brackets, a date, or in capitals."""
    found = _DATELINE.match(text[:_LONGEST_DATELINE])
    if found is None:
        return "", text
    place = (found["place"] or found["agency"] or found["han"]).strip()
    if found["place"] and not _is_dateline(place):
        return "", text
    return place, text[found.end() :]


def _is_dateline(text: str) -> bool:
    """Tell a dateline from a sentence's beginning: it is short, of names and a date, and has brackets, a comma or capitals."""
    place = _BETWEEN_BRACKETS.sub("", text)
    parts = place.split()
    if not parts:
        # an agency alone
        return True
    if len(parts) > _LONGEST_PLACE or parts[0].casefold() in _OPENERS:
        return False
    small = sum(part[0].islower() for part in parts)
    has_date = any(char.isdigit() for char in place)
    if text[-1] in ")/）":
        return small <= (_SMALL if has_date else 1)
    if any(char in place for char in ",،"):
        # scripts without capitals tell names by nothing
        return small <= _SMALL if has_date else not small and place[0].isupper()
    return _CAPITALS.fullmatch(parts[0].strip(",")) is not None and (place.isupper() or has_date)


def _without_sign(line: str, *, is_last: bool) -> tuple[str, Sign | None]:
    """Take from one of the last lines what says where the text is from, if anything does."""
    plain = line.strip()
    if len(plain) <= _LONGEST:
        found = _SOURCE.fullmatch(plain) or _TAKEN.fullmatch(plain) or (_DASHED.fullmatch(plain) if is_last else None)
        if found and len(found["name"].split()) <= _LONGEST_NAME:
            return "", Sign(line=plain, name=found["name"], is_said=not _PERSONS.match(plain))
    bracketed = _BRACKETED.search(line[-_LONGEST:])
    if bracketed is None:
        return line, _signature(plain) if is_last else None
    inner = bracketed["inner"].strip()
    taken = _SOURCE.fullmatch(inner) or _TAKEN_BRIEFLY.fullmatch(inner)
    if taken or (is_last and _is_name(inner)):
        kept = line[: len(line) - len(bracketed[0])].rstrip()
        name = taken["name"] if taken else inner
        return kept, Sign(line=bracketed[0].strip(), name=name, is_said=not _PERSONS.match(inner))
    return line, None


def _signature(line: str) -> Sign | None:
    """Take a last line of a few words for a name: it counts where it is one that is known."""
    found = _SIGNATURE.fullmatch(line) if len(line.split()) <= _LONGEST_SIGNATURE else None
    return Sign(line=line, name=found["name"], is_said=False) if found else None


def _is_name(text: str) -> bool:
    """Say whether a few words are a name: each begins with a capital, or their script has none."""
    parts = text.split()
    letters = [part[0] for part in parts]
    return len(parts) <= _FIRST + _FIRST and not any(char.isdigit() for char in text) and not any(map(str.islower, letters))


def _openings(text: str) -> Iterator[Sign]:
    """Find who is named as the source in the first and the last sentences."""
    lines = [line for line in text.split("\n") if line]
    ends = dict.fromkeys((*lines[:_FIRST], *lines[-_FIRST:]))
    for line in ends:
        for sentence in islice(sentences(line[:2000]), _ATTRIBUTED):
            if found := _OPENING.match(sentence[:300]):
                yield Sign(line=found[0], name=found["name"] or found["han"])
