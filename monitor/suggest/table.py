"""A name → what the tables have under it. Touches nothing but the files in data/."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from monitor.suggest.files import read
from monitor.suggest.keys import loose, same

# The first says the most: where two have a spelling, it decides
_FILES: Final = {"data/compiled.tsv": "compiled for this project", "data/territories.tsv": "CLDR", "data/cities.tsv": "GeoNames"}
_MOST_NEAR: Final = 3
_SHORTEST_NEAR: Final = 5
# From so many letters on two slips are forgiven
_LONG: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A spelling in a table. ``languages`` (): the table does not say."""

    text: str
    languages: tuple[str, ...]
    is_sure: bool
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A name in the tables: what it is ("city"), in which countries (ISO 3166), and its spellings, the usual first."""

    name: str
    kind: str
    countries: tuple[str, ...]
    forms: tuple[Form, ...]


def find(name: str) -> tuple[Known, ...]:
    """Give what goes by that name; several where several do (Tripoli). What has it as its first name comes alone."""
    wanted = loose(name).replace("\t", "").replace("\n", "")
    if not wanted:
        return ()
    # a spelling stands before another or at a line's end
    for ways in ((f"\n{wanted}\t",), (f"={wanted}\t", f"={wanted}\n")):
        found = [line for way in ways for file in _FILES for line in _lines(file, way)]
        if found:
            return tuple(_joined(found))
    return ()


def near(name: str) -> tuple[str, ...]:
    """Give the names of the tables that a misspelt one may mean, the nearest first."""
    wanted = loose(name)
    if len(wanted) < _SHORTEST_NEAR:
        return ()
    most = 1 if len(wanted) < _LONG else 2
    slips: dict[str, int] = {}
    for file in _FILES:
        for number, line in enumerate(_folded(file).split("\n")):
            for one in _candidates(line, wanted, most):
                if (found := _slips(wanted, one)) <= most:
                    title = _raw(file)[number].split("\t", 1)[0]
                    slips[title] = min(found, slips.get(title, found))
    return tuple(sorted(slips, key=lambda title: (slips[title], title))[:_MOST_NEAR])


def related(name: str) -> tuple[str, ...]:
    """Give the other names of the tables that have this one in them: North Darfur for Darfur."""
    wanted = f" {same(name)} "
    titles = (line.split("\t", 1)[0] for file in _FILES for line in _raw(file))
    return tuple(dict.fromkeys(title for title in titles if wanted in f" {same(title)} " and wanted.strip() != same(title)))


def country(code: str) -> str:
    """Give a country's English name; the code itself where the tables have none."""
    return next((line.split("\t", 1)[0] for file in _FILES for line in _raw(file) if f"\tcountry\t{code}\t" in line), code)


def _candidates(line: str, wanted: str, most: int) -> Iterator[str]:
    """Give the spellings of a line that are worth comparing: about as long, and beginning alike."""
    for field in line.split("\t"):
        one = field.rpartition("=")[2]
        if abs(len(one) - len(wanted)) <= most and (one[:1] == wanted[0] or one[1:3] == wanted[1:3]):
            yield one


def _slips(typed: str, meant: str) -> int:
    """Count the letters that were left out, put in, or taken for another (Levenshtein's distance)."""
    row = list(range(len(meant) + 1))
    for place, char in enumerate(typed):
        above, row = row, [place + 1]
        for at, other in enumerate(meant):
            row.append(min(above[at + 1] + 1, row[at] + 1, above[at] + (char != other)))
    return row[-1]


def _lines(file: str, wanted: str) -> Iterator[tuple[str, str]]:
    """Give each line of a table in which something stands, with the table's name."""
    text = _folded(file)
    at = text.find(wanted)
    while at >= 0:
        number = text.count("\n", 0, at + 1 if wanted[0] == "\n" else at)
        yield _raw(file)[number], _FILES[file]
        at = text.find(wanted, at + 1)


@cache
def _folded(file: str) -> str:
    # one fold for a whole table: all three take 60 ms, line by line they would take twice as long
    return "\n".join(("", loose(read(file).rstrip("\n")), ""))


@cache
def _raw(file: str) -> tuple[str, ...]:
    return ("", *read(file).rstrip("\n").split("\n"), "")


def _joined(found: list[tuple[str, str]]) -> Iterator[Known]:
    """Make one of the lines of all tables that have one name in one country."""
    done: set[str] = set()
    for line, _ in found:
        name, kind, codes, *_rest = line.split("\t")
        mine = [
            one
            for file in _FILES
            for one in _lines(file, f"\n{loose(name)}\t")
            if one[0] == line or set(one[0].split("\t")[2].split(",")) & set(codes.split(","))
        ]
        if not done & {one for one, _ in mine}:
            yield Known(
                name=name,
                kind=kind,
                countries=tuple(filter(None, codes.split(","))),
                forms=tuple(form for one, source in mine for form in _forms(one, source)),
            )
        done.update(one for one, _ in mine)


def _forms(line: str, source: str) -> Iterator[Form]:
    for field in line.split("\t")[3:]:
        said, _, text = field.partition("=")
        told = tuple(filter(None, said.rstrip("?").split(",")))
        yield Form(text=text, languages=told, is_sure=not said.endswith("?"), source=source)
