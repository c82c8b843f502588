"""The bytes of a feed → its raw items, each with a digest, or None where cutting is not safe. Pure; reads nothing of an item.

What is cut must say the same without its neighbours. Well-formed XML alone does not promise that: feedparser carries some of its
state from one item into the next (markup inside a text, a base, a namespace's prefix), so a feed that could do so is not cut,
nor is one whose items can't be told for sure. Everything here runs once over the bytes, whatever they are.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from hashlib import blake2b

from monitor import charset

MAX_SIZE = 2_000_000
MAX_PIECES = 2_000
DIGEST_SIZE = 16

# A name goes on with one of these; a byte beyond ASCII ends it here, so that what is odd is refused rather than overlooked
_END = rb"(?![\w.:-])"
_PREFIX = rb"(?:[\w.-]++:)?+"
_CDATA = rb"!\[CDATA\[[^\]]*+(?:\](?!\]>)[^\]]*+)*+\]\]>"
_COMMENT = rb"!--[^-]*+(?:-(?!-)[^-]*+)*+-->"
_UNREAD = rb"(?:" + _CDATA + rb"|" + _COMMENT + rb")"
_ITEM = rb"[iI]tem|[eE]ntry|ITEM|ENTRY"
# What feedparser takes as text, with any markup in it: there it loses count of what is open
_TEXT = (
    rb"title|description|summary|content|encoded|subtitle|rights|copyright|tagline|abstract|info|browserfriendly|body|fullitem"
)
_PLAIN = rb"(?:[^<]++|<(?:" + _UNREAD + rb"|(?!/?+" + _PREFIX + rb"(?:" + _ITEM + rb")" + _END + rb")/?+[a-zA-Z_]))*+"
_IN_TEXT = rb"[^<]*+(?:<" + _UNREAD + rb"[^<]*+)*+"
# Elements of the envelope: an item that holds one speaks of the whole feed
_OUTER = rb"feed|channel|rss|rdf|RDF|textinput|textInput"

_SPACE = rb"[\s\x00]*+(?:<" + _COMMENT + rb"[\s\x00]*+)*+"
_START = re.compile(
    rb"(?:\xef\xbb\xbf|[\s\x00]|<(?:\?[^<>?]*+(?:\?(?!>)[^<>?]*+)*+\?>|"
    + _COMMENT
    + rb"))*+(?=<(rss|feed|[\w.-]{1,40}:RDF)[\s>])(<[^<>]*+(?<!/)>)"
)
_HEAD = re.compile(_PLAIN + rb"(?=<(item|entry)[\s>])")
# A text such as an item's, in the envelope: feedparser reads the summaries of the item after it in another way, and of no other
_CONTENT = re.compile(rb"<" + _PREFIX + rb"(?i:content|encoded|fullitem)" + _END)
# No text either: what a feed is called would hang on how many items came before
_TAIL = re.compile(_PLAIN.replace(_ITEM, _ITEM + rb"|" + _TEXT) + rb"\Z")
_AFTER_ROOT = re.compile(rb">" + _SPACE + rb"\Z")


# The commonest elements of an item, which are harmless whatever is in them; they stand here for speed alone
_COMMON = rb"(?:link|guid|pubDate|category|author|name|id|updated|published|enclosure|media:content|dc:creator)"


def _piece(name: bytes) -> re.Pattern[bytes]:
    no_text = _TEXT + rb"|" + _OUTER + rb"|" + _ITEM + rb"|image"
    parts = (
        rb"/(?!" + name + _END + rb")[^<]*+",
        _COMMON + _END + rb"[^<]*+",
        _UNREAD + rb"[^<]*+",
        # a text: nothing but text up to its end
        _PREFIX + rb"(?:" + _TEXT + rb")" + _END + rb"[^<>]*+(?:(?<=/)>[^<]*+|(?<!/)>" + _IN_TEXT + rb"(?=</))",
        # a picture inside an item: feedparser has one place for these and for the feed's own
        rb"image"
        + _END
        + rb"[^<>]*+(?:(?<=/)>[^<]*+|(?<!/)>(?:[^<]++|<(?:"
        + _UNREAD
        + rb"|/?+(?:url|title|link|width|height)>))*+"
        rb"</image>[^<]*+)",
        rb"(?:itunes:image|(?:[a-z_][\w.-]*+:)?+(?!(?:" + no_text + rb")" + _END + rb")[a-z_])[^<]*+",
    )
    tag = rb"(?:" + rb"|".join(parts) + rb")"
    whole = rb"<" + name + rb"(?:\s[^<>]*+)?+(?<!/)>[^<]*+(?:<" + tag + rb")*+</" + name + rb"\s*+>"
    return re.compile(_SPACE + rb"(" + whole + rb")")


_PIECES = {b"item": _piece(b"item"), b"entry": _piece(b"entry")}

_BASE = re.compile(rb"[\s:]base\s*+=")
_ROOT_BASE = re.compile(rb"\sxml:base\s*+=\s*+[\"']https?://[\w.-]+[/\"':]")
_NAMESPACE = re.compile(rb"xmlns(:[^\s=:]*+)?\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)')")
# RSS 1.0 and 0.9: without one of these on the root, an item's own namespace would say what kind of feed this is
_RDF_ROOT = (b"http://purl.org/rss/1.0/", b"http://my.netscape.com/rdf/simple/0.9/")
# The prefixes that items of real feeds declare for themselves; with these, and only these, the order of the items is all the same
_USUAL = frozenset(
    {
        (b":media", b"http://search.yahoo.com/mrss/"),
        (b":media", b"http://search.yahoo.com/mrss"),
        (b":dc", b"http://purl.org/dc/elements/1.1/"),
        (b":content", b"http://purl.org/rss/1.0/modules/content/"),
        (b":feedburner", b"http://rssnamespace.org/feedburner/ext/1.0"),
        (b":itunes", b"http://www.itunes.com/dtds/podcast-1.0.dtd"),
        (b":georss", b"http://www.georss.org/georss"),
        (b":slash", b"http://purl.org/rss/1.0/modules/slash/"),
        (b":thr", b"http://purl.org/syndication/thread/1.0"),
        (b":atom", b"http://www.w3.org/2005/Atom"),
        (b":a10", b"http://www.w3.org/2005/Atom"),
    }
)
# What of the envelope changes what an item says: languages, bases and namespaces, wherever they stand
_BEARING = re.compile(
    rb"[\s:](?:xmlns|base|lang)[^=<>]{0,40}=\s*+(?:\"[^\"]*+\"|'[^']*+')"
    rb"|<" + _PREFIX + rb"[lL]anguage" + _END + rb"[^<>]*+>" + _IN_TEXT
)
_PROLOG = b"<?xml version='1.0' encoding='utf-8'?>\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A feed, cut. ``pieces``: its raw items in UTF-8, in the document's order. ``head``, ``tail``: what stands round them.

    ``digests``: 16 bytes for each piece, of its bytes and of what in the envelope changes what it says. No build date does.
    """

    pieces: tuple[bytes, ...]
    digests: tuple[bytes, ...]
    head: bytes
    tail: bytes

    def only(self, wanted: Collection[int]) -> bytes:
        """Give the feed with these pieces and no others, in its own order: a whole document, UTF-8."""
        chosen = set(wanted)
        return b"".join((_PROLOG, self.head, *(piece for place, piece in enumerate(self.pieces) if place in chosen), self.tail))


def cut(body: bytes, *, content_type: str) -> Sheet | None:
    """Cut a feed in RSS, Atom or RDF; None where that is not safe and the feed must be read as a whole.

    Linear in the size of the body, of which at most 2 MB are looked at. The pieces are not known to be well-formed: who parses
    some of them sees it by the document's ``is_sound``, and by the count of its entries.
    """
    if len(body) > MAX_SIZE:
        return None
    text = charset.utf8(body, content_type=content_type, inside=charset.inside_xml(body))
    start = _START.match(text)
    if start is None:
        return None
    first = _HEAD.match(text, start.end())
    if first is None:
        return None
    spans = _spans(text, first.end(), _PIECES[first[1]])
    if not 0 < len(spans) <= MAX_PIECES or not _is_closed(text, spans[-1][1], start[1]):
        return None
    root = start[2]
    if _CONTENT.search(text, start.end(), first.end()) or not _has_order_no_meaning(text, root, first.end()):
        return None
    head, tail = text[start.start(2) : first.end()], text[spans[-1][1] :]
    pieces = tuple(text[begin:end] for begin, end in spans)
    return Sheet(pieces=pieces, digests=_digests(pieces, root, head[len(root) :], tail), head=head, tail=tail)


def _spans(text: bytes, position: int, piece: re.Pattern[bytes]) -> list[tuple[int, int]]:
    """Find the pieces, one right after the other: what follows the last of them is not looked at."""
    spans: list[tuple[int, int]] = []
    while len(spans) <= MAX_PIECES and (found := piece.match(text, position)):
        spans.append(found.span(1))
        position = found.end()
    return spans


def _is_closed(text: bytes, position: int, root: bytes) -> bool:
    """Tell whether no item comes after this, and the root element ends at the end, where only comments may follow."""
    close = text.rfind(b"</" + root, position)
    return close >= 0 and bool(_TAIL.match(text, position)) and bool(_AFTER_ROOT.match(text, close + len(root) + len(b"</")))


def _has_order_no_meaning(text: bytes, root: bytes, first: int) -> bool:
    """Tell whether each item says the same whatever items stand before it, as far as feedparser reads them."""
    is_versioned = root.startswith((b"<rss", b"<feed")) or any(name in root for name in _RDF_ROOT)
    # without a base on the root, feedparser takes one item's base into the next
    is_based = bool(_ROOT_BASE.search(root)) or text.find(b"base", first) < 0 or not _BASE.search(text, first)
    return is_versioned and is_based and (text.find(b"xmlns", first) < 0 or _is_one_tongue(text, first))


def _is_one_tongue(text: bytes, first: int) -> bool:
    """Tell whether every prefix means one namespace and every namespace has one prefix, and items declare only usual ones."""
    by_prefix: dict[bytes, bytes] = {}
    by_uri: dict[bytes, bytes] = {}
    for found in _NAMESPACE.finditer(text):
        prefix, uri = found[1] or b"", found[2] or found[3] or b""
        if prefix and found.start() >= first and (prefix, uri) not in _USUAL:
            return False
        is_new_meaning = prefix and by_prefix.setdefault(prefix.lower(), uri) != uri
        if is_new_meaning or by_uri.setdefault(uri, prefix) != prefix:
            return False
    return True


def _digests(pieces: tuple[bytes, ...], root: bytes, head: bytes, tail: bytes) -> tuple[bytes, ...]:
    bearing = [root, *(found[0] for part in (head, tail) for found in _BEARING.finditer(part))]
    common = blake2b(b"\0".join(bearing) + b"\0", digest_size=DIGEST_SIZE)
    digests = []
    for piece in pieces:
        digest = common.copy()
        digest.update(piece)
        digests.append(digest.digest())
    return tuple(digests)
