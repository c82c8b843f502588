"""An address as found → an address that may be linked, or one to compare by. Pure text work: nothing here is ever fetched."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from contextlib import suppress
from urllib.parse import quote, unquote, unquote_to_bytes, urljoin, urlsplit, urlunsplit

MAX_LINK = 2_000
_MAX_COMPARED = 40_000
_MAX_STEPS = 2_000

_UNWANTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_UNSAFE_IN_LINK = re.compile(r"[\s\"<>\\^`{|}]")
_HOST = re.compile(r"[\w.\-]+|\[[0-9a-fA-F:.]+\]")
_SEGMENT_SAFE = "!$&'()*+,;=:@-._~"
_VALUE_SAFE = "!$'()*,;:@-._~/"

# Hosts that are another dress of the same page
_HOST_DRESS = frozenset({"www", "m", "mobile", "amp"})
_MIN_LABELS = 2

_TRACKING = re.compile(
    r"""utm_.* | __utm.* | at_(?:medium|campaign|link.*|custom\d*|format|ptr_name|bbc_team|creation|variant|recipient_.*)
      | ns_(?:mchannel|source|campaign|fee|linkname) | pk_(?:campaign|kwd|source|medium|content|cid)
      | (?:piwik|matomo|mtm)_(?:campaign|kwd|keyword|source|medium|content|cid) | hsa_\w+ | _hs(?:enc|mi) | hsctatracking
      | fb_(?:action_ids|action_types|ref|source|comment_id) | fbclid | gclid | gclsrc | dclid | gbraid | wbraid | msclkid
      | yclid | ymclid | twclid | ttclid | igshid | igsh | li_fat_id | epik | _openstat | mc_[ce]id | mkt_tok
      | oly_(?:anon|enc)_id | vero_(?:conv|id) | wickedid | rb_clickid | s_cid | sc_cid | cmpid | cmp_id | icid | ocid | ncid
      | ito | ftag | xtor | wt[._]mc.* | wt\.(?:nav|z_.*) | smid | smtyp | sr_share | spm | scm | trk(?:campaign|info)?
      | _ga | _gl | ref_src | ref_url | replytocom | guccounter | guce_.* | soc_(?:src|trk) | traffic_source
      | __twitter_impression | amp_js_v | amp_gsa | usqp | __tn__ | __cft__.* | __xts__.* | share_(?:from|source|medium)""",
    re.VERBOSE,
)
# Names that carry content on some sites: they go only when their value tells that the reader came by a feed or a share button
_BY_VALUE = frozenset(
    {"ref", "source", "src", "cmp", "from", "via", "cid", "mod", "feature", "origin", "partner", "medium", "campaign", "maca"}
)
_CAME_BY = re.compile(
    r"(?:^|[^a-z])(?:rss\d*|feeds?|share[ds]?|sharing|share_?btn.*|social|newsletter|email|mail|twitter|facebook|telegram|whatsapp|linkedin"
    r"|reddit|feedburner|feedly|googlenews|google_news|push|homepage|sitemap|widget)(?:$|[^a-z])"
)
_AMP_NAMES = frozenset({"amp", "amphtml", "isamp"})
_PRINT_NAMES = frozenset({"print", "printable", "printer", "printview", "print_view", "printerfriendly"})
_FORM_NAMES = frozenset({"output", "outputtype", "view", "mode", "format", "display", "layout", "version", "type"})
_FORM_VALUES = frozenset({"amp", "print", "printable", "printer", "mobile"})
_ON = frozenset({"", "1", "true", "yes", "y", "on"})

_SESSION_NAME = re.compile(r"phpsessid|jsessionid|aspsessionid\w*|cfid|cftoken|sessionid|session_id|osCsid|zenid", re.IGNORECASE)
_SESSION_BY_VALUE = frozenset({"sid", "s", "session", "sess"})
_SESSION_VALUE = re.compile(r"(?=.*\d)[0-9a-z]{26,64}", re.IGNORECASE)
_SESSION_SEGMENT = re.compile(r"\([a-z]\([0-9a-z]{20,}\)\)", re.IGNORECASE)

_INDEX_PAGE = re.compile(r"(?:index|default)\.(?:html?|xhtml|shtml|php\d?|aspx?|jsp|cfm|cgi|do)", re.IGNORECASE)
_FORM_ENDING = re.compile(r"[._-](?:amp|print|printable)(?=(?:\.\w{2,5})?$)", re.IGNORECASE)
_FORM_SEGMENT = frozenset({"amp", "print", "printable", "amp.html", "print.html", "print.php", "amp.php"})
_AMP_CACHE = re.compile(r"/(?:amp|c|v|wp)/(s/)?([\w.\-]+\.[\w\-]+)(/.*)?")

# What sits between a reader and the page and names the page in its own address
_REDIRECTOR_PATH = re.compile(
    r"/(?:url|l\.php|redirect|redir|away|away\.php|out|outbound|goto|exit|link|apiclick\.aspx)/?", re.IGNORECASE
)
_TARGET_NAMES = ("url", "u", "q", "to", "target", "dest", "destination", "goto", "z", "link")
_DEFAULT_PORTS = frozenset({None, 80, 443})


_NOT_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        # Python versions differ in what is_global says of these; the list decides. IANA special-purpose registries, and RFC 3068,
        # 4380, 3056, 6052, 8215 for what wraps an IPv4 address that nobody would look at.
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/8",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2001::/32",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)


def linkable(url: str | None, base: str | None) -> str | None:
    """Return ``url`` as an absolute http(s) address, resolved against ``base``; None where it may not be shown as a link.

    Controls are taken out first, as a browser does (a tab inside ``javascript:`` hides nothing); an address with a user or
    password in it, without a host, or of more than 2,000 characters is never linked.
    """
    if not url or len(url) > 2 * MAX_LINK:
        return None
    wanted = _UNWANTED.sub("", url).strip()
    if not wanted:
        return None
    try:
        # urljoin would read "https:///a" as a path on the base's own host
        parts = urlsplit(wanted if urlsplit(wanted).scheme else urljoin(base or "", wanted))
        is_web = parts.scheme.lower() in {"http", "https"} and parts.username is None and parts.password is None
        named = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return None
    if not is_web or not named or not _HOST.fullmatch(named if ":" not in named else f"[{named}]"):
        return None
    tidy = urlunsplit((parts.scheme.lower(), parts.netloc, parts.path, parts.query, parts.fragment))
    tidy = _UNSAFE_IN_LINK.sub(lambda found: quote(found[0]), tidy)
    return tidy if len(tidy) <= MAX_LINK else None


def host(url: str) -> str:
    """Return the host of ``url`` in lower case, without its port, international names as ``xn--``; empty where it has none."""
    try:
        return _ascii_host(urlsplit(_clean(url)).hostname or "")
    except ValueError:
        return ""


def is_front_page(address: str) -> bool:
    """Whether a web address is a site's front page: it names no page, whatever stands there today."""
    if not address.startswith("http"):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        # "http://[" is a guid like any other
        return False
    return parts.path in {"", "/"} and not parts.query


def is_public(address: str) -> bool:
    """Whether an address is one of the public internet. What is no address at all is not."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return found.is_global and not any(found in network for network in _NOT_PUBLIC)


def origin(url: str) -> str:
    """Return the origin of ``url`` (RFC 6454): scheme, host and port; empty where it has none."""
    try:
        parts = urlsplit(_clean(url))
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    except ValueError:
        return ""
    return f"{parts.scheme}://{host(url)}:{port}" if host(url) else ""


def place(url: str) -> str:
    """Return what turns are taken by, host:port; empty where ``url`` has none."""
    return origin(url).partition("://")[2]


def canonical(url: str) -> str:
    """Return the form of ``url`` to compare pages by; it is never fetched and never shown.

    The same page gives the same form whatever dress it comes in; what tells pages apart stays: ids, page
    numbers, languages. Applying it twice changes nothing; no string makes it raise; what is no web address comes back trimmed.
    """
    compared = _clean(url)
    # A redirector may hold a redirector; each step that unwraps one gives a shorter address
    for _ in range(_MAX_STEPS):
        step = _one_step(compared)
        if step == compared:
            break
        # all that changed is the scheme, of which nothing else depends: another step would only find that out
        if compared.startswith("http:") and step[5:] == compared[4:]:
            return step
        compared = step
    return compared


def _clean(url: str) -> str:
    if url.isascii() and url.isprintable():
        return url.strip()
    return unicodedata.normalize("NFC", _UNWANTED.sub("", url)).strip()


def _one_step(url: str) -> str:
    if len(url) > _MAX_COMPARED:
        return url
    try:
        parts = urlsplit(url)
        hostname, port = _undressed(_ascii_host(parts.hostname or "")), parts.port
    except ValueError:
        return url
    if parts.scheme.lower() not in {"http", "https"} or not hostname:
        return url
    pairs = _pairs(parts.query)
    target = _target(hostname, parts.path, pairs)
    if target is not None and len(target) < len(url):
        return target
    kept = sorted({_pair(name, value) for name, value in pairs if not _is_dress(name, value)})
    place = hostname if port in _DEFAULT_PORTS else f"{hostname}:{port}"
    route = parts.fragment if parts.fragment.startswith("!/") else ""
    return urlunsplit(("https", place, _path(parts.path), "&".join(kept), quote(unquote(route), safe=_VALUE_SAFE + "?&=")))


def _ascii_host(name: str) -> str:
    """Bring international names to one form; a name that has no such form stays as it is, in lower case."""
    name = name.lower().rstrip(".")
    if ":" in name:
        return f"[{name}]"
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return name


def _undressed(name: str) -> str:
    labels = name.split(".")
    while len(labels) > _MIN_LABELS and labels[0] in _HOST_DRESS:
        del labels[0]
    # en.m.wikipedia.org: the mobile dress sits inside
    while len(labels) > _MIN_LABELS + 1 and labels[1] in {"m", "mobile"}:
        del labels[1]
    return ".".join(labels)


def _pairs(query: str) -> list[tuple[str, str]]:
    halves = [piece.partition("=") for piece in query.split("&") if piece]
    return [(_unquoted(name), _unquoted(value)) for name, _, value in halves]


def _unquoted(text: str) -> str:
    # Bytes that are no UTF-8 must survive the round trip, or pages of old sites merge
    decoded = unquote(text.replace("+", " "), errors="surrogateescape")
    return unicodedata.normalize("NFC", decoded)


def _pair(name: str, value: str) -> str:
    def quoted(text: str) -> str:
        return quote(text, safe=_VALUE_SAFE, errors="surrogateescape")

    return f"{quoted(name)}={quoted(value)}" if value else quoted(name)


def _is_dress(name: str, value: str) -> bool:
    """Tell whether a parameter says how the reader came here, or in what form the page is shown, not which page it is."""
    name, value = name.lower().strip(), value.lower().strip()
    if not name or _TRACKING.fullmatch(name) or _SESSION_NAME.fullmatch(name):
        return True
    if name in _BY_VALUE:
        return bool(_CAME_BY.search(value))
    if name in _SESSION_BY_VALUE:
        return bool(_SESSION_VALUE.fullmatch(value))
    if name in _AMP_NAMES or name in _PRINT_NAMES:
        return value in _ON
    return name in _FORM_NAMES and value in _FORM_VALUES


def _path(path: str) -> str:
    segments: list[str] = []
    for raw in path.split("/"):
        segment = _segment(raw)
        if segment == "..":
            del segments[-1:]
        elif segment not in {"", "."} and not _SESSION_SEGMENT.fullmatch(segment):
            segments.append(segment)
    return "/" + "/".join(_without_form(segments)) if segments else ""


# What is one form already; most of what stands between two slashes
_PLAIN_SEGMENT = re.compile(r"[\w.~-]*", re.ASCII)


def _segment(raw: str) -> str:
    if _PLAIN_SEGMENT.fullmatch(raw):
        return raw
    name, *parameters = raw.split(";")
    kept = [piece for piece in parameters if not _SESSION_NAME.fullmatch(piece.partition("=")[0])]
    octets = unquote_to_bytes(";".join([name, *kept]))
    # What is no UTF-8 (an old site's own charset) keeps its bytes
    with suppress(UnicodeDecodeError):
        octets = unicodedata.normalize("NFC", octets.decode()).encode()
    return quote(octets, safe=_SEGMENT_SAFE)


def _without_form(segments: list[str]) -> list[str]:
    """Take the print and AMP forms and index pages off a path; what is left of them alone stays what it is."""
    while segments:
        last = segments[-1]
        if _INDEX_PAGE.fullmatch(last) or (len(segments) > 1 and last.lower() in _FORM_SEGMENT):
            segments = segments[:-1]
        elif len(segments) > 1 and segments[0].lower() in {"amp", "print"}:
            segments = segments[1:]
        elif _FORM_ENDING.search(last, 1):
            segments = [*segments[:-1], last[0] + _FORM_ENDING.sub("", last[1:])]
        else:
            break
    return segments


def _target(hostname: str, path: str, pairs: list[tuple[str, str]]) -> str | None:
    """Return the page that an AMP cache or a redirector names in its own address; None where this is neither."""
    cached = _AMP_CACHE.fullmatch(path)
    if cached and (hostname == "google.com" or hostname.endswith(".cdn.ampproject.org")):
        return f"https://{cached[2]}{cached[3] or ''}"
    if not _REDIRECTOR_PATH.fullmatch(path) and hostname not in {"out.reddit.com", "href.li"}:
        return None
    held = dict(reversed(pairs))
    for name in _TARGET_NAMES:
        value = _clean(held.get(name, ""))
        if value.lower().startswith(("http://", "https://")):
            return value
    return None
