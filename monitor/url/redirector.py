"""What stands between a reader and a page: caches and redirectors that name the page in their own address, and those that do not.

An archive's copy (web.archive.org) is no dress of its page: it holds what the page said once, and is often linked just because
the page no longer says it. Nor is a translation, which is another language.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote

from monitor.url.address import clean

_COUNTRY = r"(?:com?\.)?[a-z]{2,3}"
_PLACE = r"([\w.\-]+\.[\w\-]+)"

# On such a host, a path that holds the host of a page and its path; "s" stands for https
_CACHED = tuple(
    (re.compile(hosts), re.compile(paths))
    for hosts, paths in (
        (rf"google\.{_COUNTRY}|.*\.cdn\.ampproject\.org|.*\.bing-amp\.com", rf"/(?:amp|c|v|wp)/(?:s/)?{_PLACE}(/.*)?"),
        (rf"yandex\.{_COUNTRY}", rf"/turbo/s/{_PLACE}(/.*)?"),
        (rf"yandex\.{_COUNTRY}", rf"/turbo/{_PLACE}/s(/.*)?"),
        (r".*\.turbopages\.org", rf"/(?:turbo/)?s/{_PLACE}(/.*)?"),
        (r".*\.turbopages\.org", rf"/(?:turbo/)?{_PLACE}/s(/.*)?"),
    )
)
# On such a host, what follows the host and holds a whole address
_WRAPPED = tuple(
    (re.compile(hosts), re.compile(paths, re.IGNORECASE))
    for hosts, paths in (
        (r"r\.search\.yahoo\.com", r"/.*/RU=([^/]+)(?:/.*)?"),
        (r"(?:.*\.)?rd\.yahoo\.com|rss\.news\.yahoo\.com", r"/.*\*(https?(?::|%3a).*)"),
        (r"urldefense\.com", r"/v3/__(https?:/[^*]+?)__;.*"),
        (r"href\.li|anonym\.to|nullrefer\.com|dereferer\.me|deviantart\.com", r"[^?]*\?(https?(?::|%3a).*)"),
    )
)
# One of these is in the name of each host above: nearly no host is looked at any closer
_HOLDERS = frozenset(
    {
        *("google", "ampproject", "bing-amp", "yandex", "turbopages", "yahoo", "urldefense"),
        *("href", "anonym", "nullrefer", "dereferer", "deviantart"),
    }
)
# The last part of the path of what sends its readers on, whatever its host
_SENDS_ON = re.compile(
    r"(?:.*/)?(?:url|l|r|redirect(?:or)?|redir|away|out|outbound|outgoing|goto|go|exit|links?|linkfilter|sinaurl|clicks?|track|jump"
    r"|leave|external|rd|rk|apiclick|turbo|iv)(?:\.php\d?|\.aspx?|\.html?|\.cgi|\.do|\.jsp)?/?",
    re.IGNORECASE,
)
# The host of what does nothing else, whatever its path
_SENDER = re.compile(
    r"(?:l|lm|links?|out|away|redirect|redir|go|exit|clicks?)\..+|duckduckgo\.com|.*\.safelinks\.protection\.outlook\.com"
)
_TARGET_NAMES = (
    *("url", "u", "q", "to", "target", "dest", "destination", "goto", "z", "link", "href", "uddg", "toasturl", "text", "t"),
    *("redirect", "redirect_url", "redirecturl", "destination_url", "adurl", "murl", "ued"),
)
# Proofpoint's own percent-encoding: https-3A__orontes-2Dpost.example_a
_PROOFPOINT = re.compile(r"https?-3a__", re.IGNORECASE)
_SCHEME = re.compile(r"(https?):/+", re.IGNORECASE)
_RAW_OCTET = re.compile("[\udc80-\udcff]")

# Shorteners and counters: a name of their own choosing, behind which may be any page
_HIDING_HOSTS = frozenset(
    {
        *("t.co", "bit.ly", "j.mp", "is.gd", "v.gd", "tinyurl.com", "ow.ly", "buff.ly", "dlvr.it", "ift.tt", "goo.gl", "lnkd.in"),
        *(
            "fb.me",
            "trib.al",
            "wp.me",
            "t.cn",
            "url.cn",
            "dwz.cn",
            "clck.ru",
            "vk.cc",
            "shar.es",
            "rebrand.ly",
            "cutt.ly",
            "rb.gy",
        ),
        *(
            "shorturl.at",
            "tiny.cc",
            "t.ly",
            "bl.ink",
            "soo.gd",
            "s.id",
            "kutt.it",
            "shorter.me",
            "u.to",
            "dld.bz",
            "po.st",
            "spr.ly",
        ),
        *(
            "ebx.sh",
            "hubs.ly",
            "hubs.la",
            "eepurl.com",
            "flip.it",
            "apple.news",
            "redd.it",
            "amzn.to",
            "naver.me",
            "me2.do",
            "g.co",
        ),
        *("bbc.in", "reut.rs", "nyti.ms", "wapo.st", "cnn.it", "n.pr", "econ.st", "on.ft.com", "on.wsj.com", "gu.com", "apne.ws"),
        *(
            "aje.io",
            "aje.me",
            "bloom.bg",
            "politi.co",
            "huff.to",
            "nbcnews.to",
            "cbsn.ws",
            "abcn.ws",
            "yhoo.it",
            "cnb.cx",
            "dai.ly",
        ),
        *(
            "p.dw.com",
            "f24.my",
            "rfi.my",
            "bfmtv.info",
            "spoti.fi",
            "feedproxy.google.com",
            "rss.feedsportal.com",
            "feedsportal.com",
        ),
    }
)
_HIDING = re.compile(
    rf"""[^/]+\.(?:page\.link|app\.link|onelink\.me|feedsportal\.com)/.+
      # FeedBurner, on its own hosts and on those that outlets lend it
      | [^/]+/~r/.+
      | news\.google\.{_COUNTRY}/(?:__i/)?(?:rss/)?(?:articles|read|rd/articles)/.+
      | [^/]+\.list-manage\.com/track/click | [^/]+/ls/click
      | bing\.com/ck/a | (?:baidu|sogou|so)\.com/link | yandex\.[a-z.]{{2,6}}/clck/.+""",
    re.VERBOSE | re.IGNORECASE,
)


def target(hostname: str, path: str, query: str, pairs: Sequence[tuple[str, str]]) -> str | None:
    """Return the page that a cache or a redirector names in its own address; None where this is neither.

    ``hostname``: in lower case, without www. ``query``: as found; ``pairs``: its names and values, decoded.
    """
    held = None if _HOLDERS.isdisjoint(hostname.split(".")) else _held(hostname, path, f"?{query}" if query else "")
    if held or not pairs:
        return held
    return _named(query, pairs) if _SENDS_ON.fullmatch(path) or _SENDER.fullmatch(hostname) else None


def hides(hostname: str, path: str) -> bool:
    """Tell whether this is a redirector that does not name its target. ``path``: empty on a front page, which hides nothing."""
    return bool(path) and (hostname in _HIDING_HOSTS or bool(_HIDING.fullmatch(hostname + path)))


def _held(hostname: str, path: str, behind: str) -> str | None:
    for hosts, paths in _CACHED:
        if hosts.fullmatch(hostname) and (cached := paths.fullmatch(path)):
            # what tells the page from others of its site stands in the query of the cache
            return f"https://{cached[1]}{cached[2] or ''}{behind}"
    for hosts, paths in _WRAPPED:
        if hosts.fullmatch(hostname) and (wrapped := paths.fullmatch(path + behind)):
            return _address(wrapped[1])
    return None


def _named(query: str, pairs: Sequence[tuple[str, str]]) -> str | None:
    held = {name.lower(): value for name, value in reversed(pairs)}
    found = (_address(held[name]) for name in _TARGET_NAMES if name in held)
    # /outgoing?https://...: no name at all
    return next(filter(None, found), None) or _address(query)


def _address(text: str) -> str | None:
    """Read an address as redirectors write it: perhaps encoded once more, or with a slash too few; None where it is none."""
    if _PROOFPOINT.match(text):
        text = unquote(text.replace("-", "%").replace("_", "/"))
    if text.lower().startswith(("http%3a", "https%3a")):
        text = unquote(text, errors="surrogateescape")
    scheme = _SCHEME.match(text)
    if scheme is None:
        return None
    # bytes that are no UTF-8 stay what they are
    octets = _RAW_OCTET.sub(lambda octet: f"%{ord(octet[0]) - 0xDC00:02X}", text[scheme.end() :])
    return clean(f"{scheme[1].lower()}://{octets}")
