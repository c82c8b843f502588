"""What tomllib read → warnings: what is no fault, and yet will hardly do what was meant. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from monitor.config.faults import Faults, quoted
from monitor.config.tables import digests, entries, long_form
from monitor.config.tongues import FOUND
from monitor.config.values import cron, keeping, longest_wait
from monitor.query import slips

_QUERY = re.compile(r"[*~]|^[-=]|[“”„«»]|\b(?:AND|OR|NOT)\b|\bNEAR/|\(\?|^(?:title|text|outlet|lang|url|author):")

_RARE = re.compile("[A-Za-z]{3}")
_TELLING = re.compile(
    r"(?:article|artikel|story|post|page|news|item|content|entry|doc|haber|idhaber)?[-_]?(?:id|nr|no|num)|[apqstv]|page|story|article"
    r"|newsid|storyid|news|lang|l|date",
    re.IGNORECASE,
)


def warn(raw: Mapping[str, object], said: Faults) -> None:
    """Add every warning."""
    if not entries(raw, "outlets"):
        said.add(("outlets",), "no outlet is listed, so nothing is polled. `monitor add URL` writes one")
    if not entries(raw, "watches"):
        said.add(("watches",), 'no watch is listed, so nothing alerts. Write [watches] and under it: idlib = ["Idlib"]')
    for id, value in entries(raw, "watches").items():
        watch = long_form("watches", value)
        query = watch.get("query") if isinstance(watch, dict) else None
        for slip in slips(query) if isinstance(query, str) else ():
            said.add(("watches", id, "query"), slip)
        for key in ("any", "all", "none"):
            terms = watch.get(key) if isinstance(watch, dict) else None
            for index, term in enumerate(terms if isinstance(terms, list) else ()):
                if isinstance(term, str) and _QUERY.search(term):
                    # a one-line watch has no key of its own for its words
                    path = ("watches", id, key, index) if isinstance(value, dict) else ("watches", id, index)
                    said.add(path, f"{quoted(term)} is looked for just as it stands: words are no query and no pattern")
    _keep(raw, said)
    _stripped(raw, said)
    _unspoken(raw, said)


def _keep(raw: Mapping[str, object], said: Faults) -> None:
    """Warn of items that are deleted before the digest that was to tell of them."""
    for place, digest in (("digest", entries(raw, "digest")), *((f"digest.{id}", one) for id, one in digests(raw).items())):
        try:
            kept, wait = keeping(entries(raw, "keep")["items"]), longest_wait(cron(digest["cron"]))
        except (KeyError, ValueError):
            # one of them is not written, or its fault is told already
            continue
        if kept < wait:
            said.add(
                ("keep", "items"), f"[{place}] tells of up to {wait.days} days, and what is older than this is deleted before"
            )


def _stripped(raw: Mapping[str, object], said: Faults) -> None:
    """Warn of names by which many outlets tell one article from another: all of them would be one item."""
    listed = entries(raw, "urls").get("strip")
    for index, name in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(name, str) and _TELLING.fullmatch(name.strip()):
            says = f"many outlets tell their articles apart by {quoted(name)}; without it one article hides the next"
            said.add(("urls", "strip", index), says)


def _unspoken(raw: Mapping[str, object], said: Faults) -> None:
    """Warn of a watch's language that no outlet has and no text is found to be in: nothing would be asked."""
    outlets = (long_form("outlets", value) for value in entries(raw, "outlets").values())
    spoken = {str(outlet.get("lang")).lower() for outlet in outlets if isinstance(outlet, dict)}
    for id, watch in entries(raw, "watches").items():
        listed = watch.get("languages") if isinstance(watch, dict) else None
        for index, code in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(code, str) and _RARE.fullmatch(code) and code.lower() not in FOUND | spoken:
                says = f"no outlet has lang = {quoted(code)}, and no text is found to be in it, so this finds nothing"
                said.add(("watches", id, "languages", index), says)
