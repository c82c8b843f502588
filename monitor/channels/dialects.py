"""The words of a message + a push service → the words that show there as they are, and fit. Pure; touches nothing.

Some services read Markdown, mentions or tags out of plain words. A headline is somebody else's: "@everyone" in it must wake
nobody.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Final, Literal

Dialect = Literal["plain", "apart", "markdown"]
"""How a service is told words that are to be seen as they are: just so; with a space without width in what would be a mention
or a tag; or as Markdown, escaped."""
Measure = Callable[[str], int]
"""How much of a service's room a text takes."""

_APART: Final = "\u200b"
"""A space without width: what it parts is no longer one sign, and looks the same."""

_PLAIN: Final = frozenset(
    # they show what they are given: no mentions, no markup unless asked for
    (
        "apprise",
        "apprises",
        "bark",
        "barks",
        "form",
        "forms",
        "gotify",
        "gotifys",
        "join",
        "json",
        "jsons",
        "kodi",
        "kodis",
        "mailto",
        "mailtos",
        "ntfy",
        "ntfys",
        "pbul",
        "pover",
        "prowl",
        "psafer",
        "psafers",
        "signal",
        "signals",
        "xml",
        "xmls",
    )
)
_BACKSLASH: Final = frozenset(("discord", "fluxer", "fluxers", "guilded", "mmost", "mmosts", "revolt"))
"""They read Markdown where Apprise takes their words for plain ones, and escapes nothing."""

_TELLTALE: Final = re.compile(r"@|<|#(?=\*\*)|(?<=\])(?=\()")
_MARKS: Final = re.compile(r"[\\`*_~|\[\]<>#&$]")
_OPENING: Final = re.compile(r"^(\s*)([-+=:]|\d{1,9}(?=[.)]))")
_EMOJI: Final = re.compile(r":(?=[\w+-]+:)")
_LINK: Final = re.compile(r"^(Link:\s+)(https?://[^/?#]*)(.*)$", re.DOTALL)
_IN_LINKS: Final = re.compile(r"[@*_~\[\]()|\\`<>$;]")
_CUT: Final = "[…]"
_LAST: Final = re.compile(r"^(?:Link|Item|Key):")
_HEADS: Final = 2
"""Lines of an alert that say what it is: the watch with the headline, and the outlet."""


def dialect_of(schema: str) -> Dialect:
    """Give the dialect of the service of an Apprise ``schema``, where Apprise hands it plain words."""
    if schema in _PLAIN:
        return "plain"
    return "markdown" if schema in _BACKSLASH else "apart"


def shown_as_it_is(line: str, dialect: Dialect) -> str:
    """Write one line so that the service shows just that, and nobody is called by it."""
    if dialect == "plain":
        return line
    if dialect == "apart":
        return _TELLTALE.sub(lambda found: found[0] + _APART, line)
    if link := _LINK.match(line):
        # a backslash would be a part of the address
        return link[1] + link[2] + _IN_LINKS.sub(lambda found: f"%{ord(found[0]):02X}", link[3])
    line = _MARKS.sub(r"\\\g<0>", re.sub(r"^\s{3,}", "  ", line))
    line = _OPENING.sub(_kept, line)
    return _EMOJI.sub(f":{_APART}", line).replace("@", f"@{_APART}")


def _kept(found: re.Match[str]) -> str:
    """Keep a line that begins like a list or the rule below a heading from being one. No backslash goes before a digit."""
    return f"{found[0]}{_APART}" if found[2].isdigit() else f"{found[1]}\\{found[2]}"


def fitting(text: str, *, key: str, room: int, measure: Measure, dialect: Dialect) -> str:
    """Give the words of a message with its key, cut to ``room`` where they are longer, saying so; 0: there is no end to it.

    Of one alert the headline, the outlet, the link, the item and the key stay, as far as there is room for anything; of many,
    as many as fit, each by its headline and link.
    """
    blocks = [[shown_as_it_is(line, dialect) for line in block.split("\n")] for block in text.strip("\n").split("\n\n")]
    last = f"Key:        {key}"
    whole = "\n\n".join("\n".join(block) for block in blocks) + f"\n{last}"
    if not room or measure(whole) <= room:
        return whole
    if len(blocks) == 1:
        return _one([*blocks[0], last], room=room, measure=measure)
    return _many(blocks, last=last, room=room, measure=measure)


def _one(lines: list[str], *, room: int, measure: Measure) -> str:
    """Keep first and last lines, and of those between as many as fit."""
    head, rest = lines[:_HEADS], lines[_HEADS:]
    tail = [line for line in rest if _LAST.match(line)]
    between: list[str] = []
    for line in (line for line in rest if not _LAST.match(line)):
        if measure("\n".join([*head, *between, line, _CUT, *tail])) > room:
            break
        between.append(line)
    kept = [*head, *between, _CUT, *tail]
    if measure("\n".join(kept)) <= room:
        return "\n".join(kept)
    return _squeezed(head[0], tail, room=room, measure=measure)


def _squeezed(headline: str, tail: list[str], *, room: int, measure: Measure) -> str:
    """Fit what there is hardly room for: first the headline is cut, then the item goes, then a link that is too long."""
    for kept in (tail, [line for line in tail if not line.startswith("Item:")], tail[-1:]):
        # ever longer beginnings of the headline take ever more room
        shorts = [f"{_whole(headline[:length])}{_CUT}\n{end}" for end in ("\n".join(kept),) for length in range(1, len(headline))]
        if fits := bisect_right(shorts, room, key=measure):
            return shorts[fits - 1]
    return tail[-1].removeprefix("Key:").strip()[:room]


def _whole(text: str) -> str:
    """Take off a backslash that what it escaped was cut from."""
    return text[:-1] if (len(text) - len(text.rstrip("\\"))) % 2 else text


def _many(blocks: list[list[str]], *, last: str, room: int, measure: Measure) -> str:
    shown: list[str] = []
    for number, short in enumerate(map("\n".join, map(_short, blocks)), 1):
        more = _more(len(blocks) - number)
        if measure("\n\n".join([*shown, short, *more, last])) > room:
            break
        shown.append(short)
    return "\n\n".join([*shown, *_more(len(blocks) - len(shown)), last])


def _short(block: list[str]) -> Iterator[str]:
    yield block[0]
    yield from (line for line in block[1:] if line.startswith("Link:"))


def _more(count: int) -> list[str]:
    return [f"and {count} more, for which there was no room here"] if count > 0 else []
