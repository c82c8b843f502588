"""Is this the article? What speaks against it, as one word. Marks, never discards. Touches nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from monitor.extract.blocks import extent, folded
from monitor.extract.facts import Facts, is_home
from monitor.extract.phrases import CHALLENGE, CONSENT, NEEDS_SCRIPT, NOT_FOUND, ONLY_PAYWALL, PAYWALL, WALL
from monitor.url import host

# The lengths are those that told right pages from wrong ones best, over 1,509 pages whose text people had marked
_WALL_BELOW = 1_500
_PAYWALL_BELOW = 1_500
_CUT_BELOW = 1_500
_CONSENT_BELOW = 700
_CHALLENGE_BELOW = 300
_SHORT_BELOW = 120
_NOTICE_BELOW = 700
_TAIL = 600
_LEAD = 600
_MIN_WORD = 3
_MIN_SHARE = 0.5
_PRINTED_WORDS = 3

_CONSENT_HOST = re.compile(r"(?:^|\.)(?:consent|guce|cookie|privacy|gdpr)\.")
_LOGIN_HOST = re.compile(r"(?:^|\.)(?:login|signin|sign-in|auth|sso|accounts?|id|captcha|validate)\.")
_LOGIN_PATH = re.compile(r"/(?:login|signin|sign-in|log-in|auth|captcha|anmelden|connexion)(?:[/.?]|$)", re.IGNORECASE)
_ELLIPSIS = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\])\s*$")
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]|[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was read, and where. ``after``: the words that stand next to the text and are none of it.

    ``url``: where the page came from at last; ``source``: its bare markup; ``title``: what the feed calls the article.
    """

    text: str
    after: str
    url: str
    source: str
    title: str


def doubt(found: Found, facts: Facts) -> str | None:
    """Name what speaks against a text being the article that the feed speaks of; None where nothing does.

    One of paywall, consent, javascript, wall, soft_404, cut, short, other_page: the first that holds, the surest first.
    """
    text, url = found.text, found.url
    length, heads = extent(text), " \n".join(facts.heads)
    is_other = _share(found.title, f"{heads} {text[:_LEAD]}") < _MIN_SHARE and not _is_printed(found.title, found.source)
    # a page that is nothing but a notice says in its few words what it is, and its heads may hold the site's name only
    notice = f"{heads} \n{text}" if is_other and length < _NOTICE_BELOW else heads
    is_gated = not facts.is_free or bool(PAYWALL.search(text[-_TAIL:]) or ONLY_PAYWALL.search(f"{text[-_TAIL:]} \n{found.after}"))
    signs = (
        (
            bool(_CONSENT_HOST.search(host(url))) or (length < _CONSENT_BELOW and _asks_consent(text, is_other=is_other)),
            "consent",
        ),
        (_is_login(url), "wall"),
        (length < _WALL_BELOW and any(WALL.search(line) for line in notice.split("\n")), "wall"),
        (length < _CHALLENGE_BELOW and bool(CHALLENGE.search(found.source)), "wall"),
        (length < _CHALLENGE_BELOW and (bool(NEEDS_SCRIPT.search(text)) or facts.is_script_app), "javascript"),
        (length < _WALL_BELOW and is_other and bool(NOT_FOUND.search(notice)), "soft_404"),
        ((is_home(url) or is_home(facts.canonical)) and (is_other or _is_home_page(found, facts)), "soft_404"),
        (length < _PAYWALL_BELOW and is_gated, "paywall"),
        (length < _CUT_BELOW and bool(_ELLIPSIS.search(text)), "cut"),
        (is_other, "other_page"),
        (length < _SHORT_BELOW, "short"),
    )
    return next((name for holds, name in signs if holds), None)


def _asks_consent(text: str, *, is_other: bool) -> bool:
    """Say whether a text asks for consent: under the article's own headline, one such phrase may be what it is about."""
    phrases = {found[0].casefold() for found in CONSENT.finditer(text)}
    return len(phrases) > (0 if is_other else 1)


def _is_home_page(found: Found, facts: Facts) -> bool:
    """Say whether a page that calls itself the site's home shows the headline nowhere: some sites call every page that."""
    is_headed = any(_share(found.title, head) >= _MIN_SHARE for head in facts.heads)
    return not is_headed and not _is_printed(found.title, found.source)


def _is_login(url: str) -> bool:
    return bool(_LOGIN_HOST.search(host(url)) or _LOGIN_PATH.search(urlsplit(url).path))


def _share(title: str, where: str) -> float:
    """Tell which share of a headline's words stands anywhere in a text; 1 where the headline has no word."""
    words = set(_WORD.findall(folded(title)))
    words = {word for word in words if len(word) >= _MIN_WORD} or words
    whole = folded(where)
    return sum(word in whole for word in words) / len(words) if words else 1.0


def _is_printed(title: str, source: str) -> bool:
    """Say whether the whole headline fills an element that is no link: old layouts have no heading, but they print it."""
    wanted = folded(title).strip()
    if len(_WORD.findall(wanted)) < _PRINTED_WORDS:
        return False
    return re.search(rf"<(?!a[\s>])[a-z][^<>]*>\s*{re.escape(wanted)}\s*<", folded(source)) is not None
