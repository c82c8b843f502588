"""Is this the article? What speaks against it, as one word. Marks, never discards. Touches nothing."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

from monitor.extract.page import Facts
from monitor.url import host

# The lengths are those that told right pages from wrong ones best, over 1,509 pages whose text people had marked
_WALL_BELOW = 1_500
_PAYWALL_BELOW = 1_500
_CUT_BELOW = 1_500
_CONSENT_BELOW = 700
_CHALLENGE_BELOW = 300
_SHORT_BELOW = 120
_TAIL = 600
_LEAD = 600
_MIN_WORD = 3
_MIN_SHARE = 0.5
_PRINTED_WORDS = 3

_CONSENT_HOST = re.compile(r"(?:^|\.)(?:consent|guce|cookie|privacy|gdpr)\.")
_LOGIN_HOST = re.compile(r"(?:^|\.)(?:login|signin|sign-in|auth|sso|accounts?|id|captcha|validate)\.")
_LOGIN_PATH = re.compile(r"/(?:login|signin|sign-in|log-in|auth|captcha|anmelden|connexion)(?:[/.?]|$)", re.IGNORECASE)
_WALL = re.compile(
    r"just a moment|attention required|access (?:to this page has been )?denied|are you (?:a |not a )?(?:robot|human)"
    r"|verify(?:ing)? you are|security check|pardon our interruption|request blocked|403 forbidden|^forbidden|ddos-guard"
    r"|checking your browser|captcha|^(?:sign|log) ?in\b"
    r"|^(?:anmelden|connexion|iniciar sesión|войти|вход|تسجيل الدخول|giriş)\b",
    re.IGNORECASE,
)
_CHALLENGE = re.compile(
    r"challenge-platform|cf-chl|_incapsula_|datadome|px-captcha|sucuri_cloudproxy|ddos-guard|aws-waf|/captcha", re.IGNORECASE
)
_NEEDS_SCRIPT = re.compile(
    r"(?:enable|requires?|turn on|activate|activ\w+|включите|aktivieren\w*) (?:your )?java ?script", re.IGNORECASE
)
_CONSENT = re.compile(
    r"(?:accept|reject|manage) (?:all )?(?:cookies|choices|consent)|we use cookies|we and our (?:\d+ )?partners"
    r"|cookie (?:policy|settings)|alle cookies|cookies akzeptieren|accepter (?:les cookies|et continuer)"
    r"|aceptar (?:las )?cookies|çerez\w* kabul|принять cookie",
    re.IGNORECASE,
)
_NOT_FOUND = re.compile(
    r"\b404\b|(?:page|article|story|content) (?:was |could )?not (?:be )?found"
    r"|page introuvable|página no encontrada|nicht gefunden"
    r"|страница не найдена|sayfa bulunamadı"
    r"|الصفحة غير موجودة|صفحه یافت نشد|页面不存在",
    re.IGNORECASE,
)
_PAYWALL = re.compile(
    r"subscri(?:be|ption) (?:to|now|today|for|is required)|(?:already|become) a (?:subscriber|member)"
    r"|to (?:continue|keep) reading|continue reading|(?:for|only for) (?:our )?subscribers|start your (?:free )?trial"
    r"|read the (?:full|rest of the) (?:story|article)|(?:free|remaining) articles|réservé aux abonnés|abonnez-vous"
    r"|weiterlesen mit|jetzt abonnieren|suscríbete|hazte suscriptor|abbonati|assine para|abone ol"
    r"|оформите подписку|доступно подписчикам|للمشتركين|اشترك (?:الآن|لقراءة)",
    re.IGNORECASE,
)
_ELLIPSIS = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\])\s*$")
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]|[^\W_]+")


def doubt(text: str, *, facts: Facts, url: str, title: str, source: str) -> str | None:
    """Name what speaks against ``text`` being the article that the feed calls ``title``; None where nothing does.

    ``url``: where the page came from at last; ``source``: the page's bare markup. One of paywall, consent, javascript, wall,
    soft_404, cut, short, other_page: the first that holds, the surest first.
    """
    length, heads = len(text), " \n".join(facts.heads)
    walled = any(_WALL.search(head) for head in facts.heads)
    is_other = _share(title, f"{heads} {text[:_LEAD]}") < _MIN_SHARE and not _is_printed(title, source)
    signs = (
        (bool(_CONSENT_HOST.search(host(url))) or (length < _CONSENT_BELOW and bool(_CONSENT.search(text))), "consent"),
        (_is_login(url), "wall"),
        (length < _WALL_BELOW and walled, "wall"),
        (length < _CHALLENGE_BELOW and bool(_CHALLENGE.search(source)), "wall"),
        (length < _CHALLENGE_BELOW and (bool(_NEEDS_SCRIPT.search(text)) or facts.is_script_app), "javascript"),
        (length < _WALL_BELOW and is_other and bool(_NOT_FOUND.search(heads)), "soft_404"),
        (is_other and urlsplit(url).path in {"", "/"}, "soft_404"),
        (length < _PAYWALL_BELOW and (not facts.is_free or bool(_PAYWALL.search(text[-_TAIL:]))), "paywall"),
        (length < _CUT_BELOW and bool(_ELLIPSIS.search(text)), "cut"),
        (is_other, "other_page"),
        (length < _SHORT_BELOW, "short"),
    )
    return next((name for holds, name in signs if holds), None)


def _is_login(url: str) -> bool:
    return bool(_LOGIN_HOST.search(host(url)) or _LOGIN_PATH.search(urlsplit(url).path))


def _share(title: str, where: str) -> float:
    """Tell which share of a headline's words stands anywhere in a text; 1 where the headline has no word."""
    words = set(_WORD.findall(_folded(title)))
    words = {word for word in words if len(word) >= _MIN_WORD} or words
    folded = _folded(where)
    return sum(word in folded for word in words) / len(words) if words else 1.0


def _is_printed(title: str, source: str) -> bool:
    """Say whether the whole headline fills an element that is no link: old layouts have no heading, but they print it."""
    wanted = _folded(title).strip()
    if len(_WORD.findall(wanted)) < _PRINTED_WORDS:
        return False
    return re.search(rf"<(?!a[\s>])[a-z][^<>]*>\s*{re.escape(wanted)}\s*<", _folded(source)) is not None


def _folded(text: str) -> str:
    """Fold what two spellings of one headline differ in: case, accents, harakat, tatweel."""
    loose = unicodedata.normalize("NFKD", text.casefold()).replace("ـ", "")
    return unicodedata.normalize("NFC", "".join(char for char in loose if not unicodedata.combining(char)))
