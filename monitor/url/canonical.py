"""An address → the form of it to compare pages by, and whether it hides its page. Pure text work: nothing is ever fetched."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Set as AbstractSet
from contextlib import suppress
from functools import lru_cache
from urllib.parse import quote, unquote, unquote_to_bytes, urlsplit, urlunsplit

from monitor.url import dress, redirector
from monitor.url.address import ascii_host, clean

_MAX_COMPARED = 40_000
_MAX_STEPS = 2_000
_NOTHING: frozenset[str] = frozenset()
_DEFAULT_PORTS = frozenset({None, 80, 443})

_SEGMENT_SAFE = "!$&'()*+,;=:@-._~"
_VALUE_SAFE = "!$'()*,;:@-._~/"

# What is one form already, as nearly all paths are
_PLAIN_PATH = re.compile(r"[\w.~/-]*", re.ASCII)
_PLAIN_SEGMENT = re.compile(r"[\w.~-]*", re.ASCII)

# Hosts that are another dress of the same page
_HOST_DRESS = frozenset({"www", "m", "mobile", "amp", "wap", "pda", "mobi"})
_MIN_LABELS = 2
# Blogger sends readers to the domain of their own country
_BLOGSPOT = re.compile(r"(.+\.blogspot)\.(?:com?\.)?[a-z]{2,3}")

_SESSION_SEGMENT = re.compile(r"\([a-z]\([0-9a-z]{20,}\)\)", re.IGNORECASE)
_INDEX_PAGE = re.compile(r"(?:index|default)\.(?:html?|xhtml|shtml|phtml|php\d?|aspx?|jsp|cfm|cgi|do)", re.IGNORECASE)
_FORM_ENDING = re.compile(r"[._-](?:amp|print|printable)(?=(?:\.\w{2,5})?$)", re.IGNORECASE)
_FORM_SEGMENT = frozenset({"amp", "amphtml", "print", "printable"})
_FORM_PAGE = frozenset({"amp.html", "print.html", "print.php", "amp.php", "print.aspx", "printable.html"})
# /amp_articleshow/1.cms
_FORM_START = "amp_"

# An ampersand that was escaped once too often, on its way into a feed
_AMPERSAND = re.compile(r"&(?:(?:amp|#0*38);)+")


def canonical(url: str, strip: AbstractSet[str] = _NOTHING) -> str:
    """Return the form of ``url`` to compare pages by; it is never fetched and never shown.

    The same page gives the same form whatever dress it comes in; what tells pages apart stays: ids, page
    numbers, languages. Applying it twice changes nothing; no string makes it raise; what is no web address comes back trimmed.
    ``strip``: names of parameters, in lower case, that tell no pages apart either, as the desk says.
    """
    compared = clean(url)
    # A redirector may hold a redirector; each step that unwraps one gives a shorter address
    for _ in range(_MAX_STEPS):
        step = _one_step(compared, strip)
        if step == compared:
            break
        # all that changed is the scheme, of which nothing else depends: another step would only find that out
        if compared.startswith("http:") and step[5:] == compared[4:]:
            return step
        compared = step
    return compared


def hides_target(url: str) -> bool:
    """Tell whether ``url`` is a known redirector that does not name the page it leads to: t.co, a feedburner link, Google News.

    Two such addresses may be one page, and only following them tells. False for a redirector that holds its target, which
    ``canonical`` unwraps, and for whatever is not known to redirect. No string makes it raise.
    """
    try:
        parts = urlsplit(canonical(url))
        return parts.scheme == "https" and redirector.hides(parts.hostname or "", parts.path)
    except ValueError:
        return False


def _one_step(given: str, strip: AbstractSet[str]) -> str:
    if len(given) > _MAX_COMPARED:
        return given
    url = _AMPERSAND.sub("&", given) if "&" in given else given
    try:
        parts = urlsplit(url)
        hostname, port = _undressed(parts.hostname or ""), parts.port
    except ValueError:
        return given
    if parts.scheme.lower() not in {"http", "https"} or not hostname:
        return given
    pairs = _pairs(parts.query)
    target = redirector.target(hostname, parts.path, parts.query, pairs)
    if target is not None and len(target) < len(url):
        return target
    place = hostname if port in _DEFAULT_PORTS else f"{hostname}:{port}"
    query = _query(parts.path, pairs, strip)
    return urlunsplit(("https", place, _path(parts.path), query, _route(parts.fragment, strip)))


# an outlet has few hosts
@lru_cache(maxsize=1_000)
def _undressed(name: str) -> str:
    labels = ascii_host(name).split(".")
    while len(labels) > _MIN_LABELS and labels[0] in _HOST_DRESS:
        del labels[0]
    # en.m.wikipedia.org: the mobile dress sits inside
    while len(labels) > _MIN_LABELS + 1 and labels[1] in {"m", "mobile"}:
        del labels[1]
    bare = ".".join(labels)
    blog = _BLOGSPOT.fullmatch(bare) if ".blogspot." in bare else None
    return f"{blog[1]}.com" if blog else bare


def _pairs(query: str) -> list[tuple[str, str]]:
    halves = [piece.partition("=") for piece in query.split("&") if piece]
    return [(_unquoted(name), _unquoted(value)) for name, _, value in halves]


def _unquoted(text: str) -> str:
    if _PLAIN_SEGMENT.fullmatch(text):
        return text
    # Bytes that are no UTF-8 must survive the round trip, or pages of old sites merge
    decoded = unquote(text.replace("+", " "), errors="surrogateescape")
    return unicodedata.normalize("NFC", decoded)


def _query(path: str, pairs: list[tuple[str, str]], strip: AbstractSet[str]) -> str:
    if not pairs:
        return ""
    return "&".join(sorted({_pair(name, value) for name, value in dress.told_apart_by(path, pairs, strip)}))


def _pair(name: str, value: str) -> str:
    return f"{_quoted(name)}={_quoted(value)}" if value else _quoted(name)


def _quoted(text: str) -> str:
    return text if _PLAIN_SEGMENT.fullmatch(text) else quote(text, safe=_VALUE_SAFE, errors="surrogateescape")


def _route(fragment: str, strip: AbstractSet[str]) -> str:
    """Give what of a fragment names a page, on sites that are one page for their server: #!/a/1, #/a/1."""
    if not fragment.startswith(("!", "/")):
        return ""
    path, _, query = fragment.partition("?")
    named = "/".join(map(_segment, path.split("/"))).rstrip("/")
    if named in {"", "!"}:
        return ""
    behind = _query("", _pairs(query), strip)
    return f"{named}?{behind}" if behind else named


_MAY_HOLD_FORM = re.compile(r"(?:^|[/._-])(?:amp|print|index\.|default\.)", re.IGNORECASE)


def _path(path: str) -> str:
    segments: list[str] = []
    raw = path.split("/")
    for segment in raw if _PLAIN_PATH.fullmatch(path) else map(_segment, raw):
        if segment == "..":
            del segments[-1:]
        elif segment not in {"", "."} and not (segment[0] == "(" and _SESSION_SEGMENT.fullmatch(segment)):
            segments.append(segment)
    found = "/".join(segments)
    if _MAY_HOLD_FORM.search(found):
        found = "/".join(_without_form(segments))
    return f"/{found}" if segments else ""


def _segment(raw: str) -> str:
    if _PLAIN_SEGMENT.fullmatch(raw):
        return raw
    name, *parameters = raw.split(";")
    kept = [piece for piece in parameters if not dress.is_session(piece.partition("=")[0])]
    octets = unquote_to_bytes(";".join([name, *kept]))
    # What is no UTF-8 (an old site's own charset) keeps its bytes
    with suppress(UnicodeDecodeError):
        octets = unicodedata.normalize("NFC", octets.decode()).encode()
    return quote(octets, safe=_SEGMENT_SAFE)


def _without_form(segments: list[str]) -> list[str]:
    """Take the print and AMP forms and index pages off a path; what is left of them alone stays what it is."""
    # /index.php/news/1: a site that can't hide what writes its pages
    segments = [part for part in segments[:-1] if part != "index.php"] + segments[-1:]
    while segments:
        last = segments[-1]
        dressed = next((at for at, part in enumerate(segments) if part.lower() in _FORM_SEGMENT), None)
        if _INDEX_PAGE.fullmatch(last) or (len(segments) > 1 and last.lower() in _FORM_PAGE):
            segments = segments[:-1]
        elif len(segments) > 1 and dressed is not None:
            segments = segments[:dressed] + segments[dressed + 1 :]
        elif len(segments) > 1 and any(part.startswith(_FORM_START) for part in segments[:-1]):
            segments = [part.removeprefix(_FORM_START) for part in segments[:-1]] + [last]
        elif _FORM_ENDING.search(last, 1):
            segments = [*segments[:-1], last[0] + _FORM_ENDING.sub("", last[1:])]
        else:
            break
    return segments
