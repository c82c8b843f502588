"""A first config.toml, and short ids for what is added to one. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from itertools import accumulate
from urllib.parse import urlsplit

from monitor.config.faults import is_id
from monitor.fold import fold

_ADDRESS = re.compile(r"(?:https?://\S+|(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?(?:/\S*)?)", re.IGNORECASE)
_BYLINE = re.compile(r"\s+[-–—|•·:»]\s+|\s*[|»]\s*|:\s")
_SECOND_LEVEL = {"ac", "co", "com", "edu", "gob", "gov", "gouv", "info", "net", "or", "org"}
_HOUSES = {"blogspot", "ghost", "github", "medium", "substack", "tumblr", "wordpress"}
"""Where each outlet has a name below the house's own."""
_LONGEST = 24
_LONGEST_GROUP = 64
"""Columns of a terminal."""

_SHORT = """\
# monitor: what to read, what to look for, whom to tell.
# After an edit:  monitor check

title = "News monitor"
# timezone = "Asia/Damascus"        # times in digests; default: the machine's own
# contact  = "desk@example.org"     # goes in the User-Agent, so an outlet can reach you

# One line each: a short id, then the feed's address. `monitor add URL` finds the feed and writes the line.
[outlets]
# relief-desk = "https://reliefdesk.example/updates.atom"

# One line each: an id, then the words. Accents and letter forms fold; another script is listed.
[watches]
idlib = ["Idlib", "Idleb", "إدلب", "Идлиб"]

# Alerts go to the terminal, or the journal, until there is a channel.
# [channels.desk-mail]
# type     = "email"
# to       = ["desk@example.org"]
# from     = "monitor@example.org"
# smtp     = "smtps://monitor@mail.example.org:465"
# password = { file = "smtp-password" }     # a file beside this one (chmod 600), or { env = "NAME" }

[digest]
at = ["06:00"]
"""


def short_config() -> str:
    """Give the text that ``monitor init`` writes: short, with comments, and without a fault."""
    return _SHORT


def free_id(url_or_title: str, taken: Collection[str]) -> str:
    """Derive a short id from an address or a title: lower-case letters, digits, hyphens; ``-2``, ``-3`` ... where it is taken."""
    named = url_or_title.strip()
    stem = _slug(_site(named) if _ADDRESS.fullmatch(named) else _title(named)) or "outlet"
    names = (stem if number == 1 else f"{stem}-{number}" for number in range(1, len(taken) + 3))
    return next(name for name in names if name not in taken)


def group_name(folder: str) -> str:
    """Make a group's name of a folder's: as it is where it can be one, else with hyphens; empty where nothing of it can stay."""
    return folder if is_id(folder) else _cut(_hyphened(unicodedata.normalize("NFC", folder)), _LONGEST_GROUP)


def _site(url: str) -> str:
    """Give the telling part of a host: ``https://english.gazette.co.example/rss`` → ``gazette``."""
    try:
        host = urlsplit(url if "://" in url else f"//{url}").hostname or ""
    except ValueError:
        return ""
    labels = host.split(".")
    if ":" in host or labels[-1].isdigit() or len(labels) == 1:
        return host
    labels = labels[:-1]
    is_below = len(labels) > 1 and labels[-1] in _SECOND_LEVEL | _HOUSES
    return _unicode(labels[-2] if is_below else labels[-1])


def _unicode(label: str) -> str:
    """Write a label of an international name in its own script; one that can't be read so stays."""
    if not label.startswith("xn--"):
        return label
    try:
        return label.removeprefix("xn--").encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def _title(title: str) -> str:
    """Give a feed's title up to its byline: "Relief Desk – Updates" → "Relief Desk"."""
    return next((part for part in _BYLINE.split(title) if part.strip()), "")


def _slug(name: str) -> str:
    plain = "".join(ch for ch in unicodedata.normalize("NFKD", fold(name)) if not unicodedata.combining(ch))
    latin = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    # a title in another script keeps its letters: better than no name
    return _cut(latin or _hyphened(unicodedata.normalize("NFKC", name).lower()), _LONGEST)


def _hyphened(name: str) -> str:
    """Write a hyphen for what can't stand in an id; the vowel signs of Indic scripts can, which are no letters to ``re``."""
    return re.sub("-+", "-", "".join(ch if is_id(ch) and ch != "_" else "-" for ch in name)).strip("-")


def _cut(slug: str, columns: int) -> str:
    """Cut at the end of a word, unless that leaves little; a letter of Chinese takes two columns."""
    ends = accumulate(1 + (unicodedata.east_asian_width(letter) in "WF") for letter in slug)
    fitting = sum(end <= columns for end in ends)
    if fitting == len(slug):
        return slug
    words = slug[: fitting + 1].rpartition("-")[0]
    return words if len(words) * 3 >= fitting else slug[:fitting]
