"""tests/data/stories/*.toml → labelled texts: which of them are one piece of writing. Reads files, and nothing of the monitor.

A text is written whole, or as a base and what was done to it: `change` gives paragraphs of the base in other words, `keep` says
which of them stay and in which order, `before` and `after` are put around them, and `replace` goes over all that then stands.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "data" / "stories"

SAME = ("dateline", "headline", "cut", "boilerplate", "rewritten", "summary", "update")
"""Kinds that are the same piece of writing as their base."""
OTHER = ("template", "independent", "followup")
"""Kinds that never are."""
KINDS = ("original", *SAME, *OTHER, "liveblog")

FIELDS = {"id", "outlet", "lang", "hours", "story", "kind", "headline"}
OPERATIONS = {"keep", "before", "after", "change", "replace"}


class DataFaultError(ValueError):
    """A text of the set is not as it should be; says which, and what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One text with its label. ``hours``: first seen, counted from its file's beginning; ``base``: "" where it has none."""

    id: str
    outlet: str
    lang: str
    hours: float
    story: str
    kind: str
    headline: str
    body: str
    base: str


@cache
def texts() -> tuple[Text, ...]:
    """Every text of the set, by file and in the order of the file. Raises DataFaultError."""
    return built([one for path in sorted(FOLDER.glob("*.toml")) for one in tomllib.loads(path.read_text("utf-8"))["text"]])


def built(written: list[dict[str, Any]]) -> tuple[Text, ...]:
    """Texts as they are written → with their bodies. Raises DataFaultError."""
    known: dict[str, dict[str, Any]] = {}
    for one in written:
        check(one)
        if one["id"] in known:
            raise DataFaultError(f"{one['id']}: stands twice")
        known[one["id"]] = one
    return tuple(text(one, known) for one in written)


def check(one: dict[str, Any]) -> None:
    """Raise DataFaultError where a text lacks a field, has one too many, or is of no known kind."""
    name = one.get("id", "a text without an id")
    if missing := FIELDS - one.keys():
        raise DataFaultError(f"{name}: lacks {', '.join(sorted(missing))}")
    if one["kind"] not in KINDS:
        raise DataFaultError(f"{name}: no kind {one['kind']!r}")
    wanted = {"base"} | OPERATIONS if "base" in one else {"paragraphs"}
    if unknown := one.keys() - FIELDS - wanted:
        raise DataFaultError(f"{name}: does not take {', '.join(sorted(unknown))}")
    if "base" not in one and not one.get("paragraphs"):
        raise DataFaultError(f"{name}: has neither a base nor paragraphs")


def text(one: dict[str, Any], known: dict[str, dict[str, Any]]) -> Text:
    """One text with its body."""
    fields = {name: one[name] for name in FIELDS}
    return Text(**fields, body="\n".join(paragraphs(one, known, ())), base=one.get("base", ""))


def paragraphs(one: dict[str, Any], known: dict[str, dict[str, Any]], via: tuple[str, ...]) -> list[str]:
    """Give the paragraphs of a text; ``via`` are the texts that are being built on it."""
    if "base" not in one:
        return list(one["paragraphs"])
    if one["base"] not in known or one["base"] in (*via, one["id"]):
        raise DataFaultError(f"{one['id']}: no base {one['base']!r}, or one that is built on this text")
    base = paragraphs(known[one["base"]], known, (*via, one["id"]))
    return replaced(one, [*one.get("before", ()), *kept(one, base), *one.get("after", ())])


def kept(one: dict[str, Any], base: list[str]) -> list[str]:
    """Give what stays of the base, changed where it is changed."""
    keep = one.get("keep", range(len(base)))
    changed = {int(place): words for place, words in one.get("change", {}).items()}
    if not set(changed) <= set(keep) <= set(range(len(base))):
        raise DataFaultError(f"{one['id']}: keeps or changes a paragraph that its base has not ({len(base)} there)")
    return [changed.get(place, base[place]) for place in keep]


def replaced(one: dict[str, Any], body: list[str]) -> list[str]:
    """Give the paragraphs with every phrase replaced, one after the other."""
    for old, new in one.get("replace", ()):
        if not any(old in paragraph for paragraph in body):
            raise DataFaultError(f"{one['id']}: nowhere has {old!r} to replace")
        body = [paragraph.replace(old, new) for paragraph in body]
    return body
