"""What stands for letters in a text: %XX in addresses, HTML's entities and tags. Touches nothing.

Feeds and pages are stripped of HTML before anything is stored of them; what is left was escaped once too often, or stands in a
text that never was HTML. A word in it is still that word: ``Id&amp;shy;lib``, ``<b>Id</b>lib``.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from html.entities import html5
from typing import Final

_AMPERSAND: Final = r"&(?:amp;|#0*38;|#x0*26;)*"
# every part is bounded, so that a million broken codes cost one pass
CODE: Final = re.compile(
    rf"(?P<escapes>(?:%[0-9a-f]{{2}})+)|{_AMPERSAND}(?P<entity>#[0-9]{{1,7}}|#x[0-9a-f]{{1,6}}|[a-z][a-z0-9]{{1,31}});"
    r"|</?(?P<tag>[a-z][a-z0-9]{0,9})(?:[\s/][^<>]{0,500})?>",
    re.IGNORECASE,
)


def _set_of(names: str) -> frozenset[str]:
    return frozenset(names.split())


_INLINE: Final = _set_of(
    "a abbr b bdi bdo big cite code data del dfn em font i ins kbd mark q rp rt ruby s samp small span strike strong sub sup "
    "time tt u var wbr"
)
_BLOCKS: Final = _set_of("blockquote br dd div dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre table tbody td th tr ul")


def has_codes(text: str) -> bool:
    """Say whether anything in a text looks like a code."""
    # three looks of the machine's own cost nothing, and most texts have none of the signs
    return ("&" in text or "%" in text or "<" in text) and CODE.search(text) is not None


def decoded(text: str) -> tuple[str, list[int]]:
    """Read the codes in a text, and say where each character stood."""
    pieces: list[str] = []
    places: list[int] = []
    position = 0
    for found in CODE.finditer(text):
        read = _read(text, found)
        if read is None:
            continue
        pieces += (text[position : found.start()], read)
        places.extend(range(position, found.start()))
        place = found.start()
        for char in read:
            places.append(place)
            place += 3 * len(char.encode()) if found["escapes"] else 0
        position = found.end()
    return "".join((*pieces, text[position:])), [*places, *range(position, len(text))]


def _read(text: str, found: re.Match[str]) -> str | None:
    """Give what a code stands for; None: it is none."""
    if found["escapes"]:
        return _escapes(text, found)
    if found["entity"]:
        return _entity(found["entity"])
    tag = found["tag"].lower()
    return "" if tag in _INLINE else " " if tag in _BLOCKS else None


def _escapes(text: str, found: re.Match[str]) -> str | None:
    """Read escapes: not what is no UTF-8, nor what would make another ``%``, nor a share of something (5%20)."""
    try:
        letters = bytes.fromhex(found[0].replace("%", "")).decode()
    except UnicodeDecodeError:
        return None
    if letters.isascii() and text[found.start() - 1 : found.start()].isdecimal():
        return None
    return letters if letters.isprintable() and "%" not in letters else None


def _entity(name: str) -> str | None:
    if not name.startswith("#"):
        return html5.get(f"{name};", html5.get(f"{name.lower()};"))
    code = int(f"0{name[1:]}", base=0) if name[1] in "xX" else int(name.removeprefix("#"))
    if code > sys.maxunicode or unicodedata.category(chr(code)) in ("Cc", "Cn", "Cs"):
        return None
    return chr(code)
