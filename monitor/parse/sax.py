"""The SAX driver that feedparser reads XML with: expat, with less said to feedparser, and that in larger pieces. Touches nothing.

``feedparser.api.PREFERRED_XML_PARSERS`` names modules whose ``create_parser`` ``xml.sax.make_parser`` asks for a parser.
Python's own driver hands text over entity by entity and line by line, and builds objects for attributes that are not there;
and feedparser spends its time on categories and pictures, of which nothing is read here.
"""

from __future__ import annotations

from xml.parsers import expat
from xml.sax import SAXException
from xml.sax.xmlreader import AttributesNSImpl, InputSource, XMLReader

# No XML document can hold it, not even as a reference
_SEPARATOR = "\x01"
_BUFFER = 1 << 18
_IS_ALL = True
_ITEMS = frozenset({"item", "entry"})
_HOLDERS = _ITEMS | {"rss", "RDF", "channel", "feed"}
_PLAIN = frozenset({"", "http://www.w3.org/2005/Atom", "http://purl.org/rss/1.0/"})
_PLAIN_UNREAD = frozenset({"category", "enclosure", "comments"})
_UNREAD = frozenset(
    {
        ("http://purl.org/dc/elements/1.1/", "subject"),
        ("http://search.yahoo.com/mrss/", "thumbnail"),
        ("http://search.yahoo.com/mrss/", "keywords"),
        ("http://search.yahoo.com/mrss/", "credit"),
        ("http://purl.org/rss/1.0/modules/slash/", "comments"),
        ("http://wellformedweb.org/CommentAPI/", "commentRss"),
        *((uri, name) for uri in _PLAIN for name in _PLAIN_UNREAD),
    }
)
_Name = tuple[str | None, str]


def create_parser() -> XMLReader:
    """Give what ``xml.sax.make_parser`` asks a driver for."""
    return Reader()


class Reader(XMLReader):
    """Reads one document, with namespaces, from a source that has a byte stream; never looks outside of it."""

    def __init__(self) -> None:
        """Start with nothing read."""
        super().__init__()
        self._names: dict[str, _Name] = {}
        self._open: list[str] = []
        # how deep the element lies of which nothing is said; none: 0
        self._silent = 0

    def setFeature(self, name: str, state: object) -> None:  # noqa: N802 - the name is SAX's
        """Namespaces are always read and external entities never: there is nothing to set."""

    def parse(self, source: object) -> None:
        """Read the whole of an InputSource. Raises what the error handler makes of a fault: for feedparser, a SAXException."""
        stream = source.getByteStream() if isinstance(source, InputSource) else None
        if stream is None:
            raise SAXException("no stream of bytes to read from")
        parser = expat.ParserCreate("utf-8", _SEPARATOR)
        parser.namespace_prefixes = True
        parser.buffer_text = True
        parser.buffer_size = _BUFFER
        handler = self.getContentHandler()
        parser.StartNamespaceDeclHandler = handler.startPrefixMapping
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        self._say = handler.characters
        self._begin = handler.startElementNS
        self._finish = handler.endElementNS
        try:
            # all at once: fed in small parts, expat reads a long text again with each of them (CVE-2023-52425)
            parser.Parse(stream.read(), _IS_ALL)
        except expat.ExpatError as error:
            self.getErrorHandler().fatalError(SAXException(str(error), error))

    def _name(self, raw: str) -> _Name:
        """Take a name apart: its namespace, None for none, and the name itself; its prefix comes last, if it comes."""
        uri, separator, rest = raw.partition(_SEPARATOR)
        name = (uri, rest.partition(_SEPARATOR)[0]) if separator else (None, raw)
        self._names[raw] = name
        return name

    def _start(self, raw: str, found: dict[str, str]) -> None:
        if self._silent:
            self._silent += 1
            return
        name = self._names.get(raw) or self._name(raw)
        if self._open and self._open[-1] in _ITEMS and (name[0] or "", name[1]) in _UNREAD and not _has_base(found):
            self._silent = 1
            return
        self._open.append(name[1])
        self._begin(name, None, self._attributes(found) if found else _NO_ATTRIBUTES)

    def _attributes(self, found: dict[str, str]) -> AttributesNSImpl:
        values, qnames = {}, {}
        for raw, value in found.items():
            name = self._names.get(raw) or self._name(raw)
            prefix = raw.rpartition(_SEPARATOR)[2]
            values[name] = value
            qnames[name] = f"{prefix}:{name[1]}" if raw.count(_SEPARATOR) > 1 else name[1]
        return AttributesNSImpl(values, qnames)

    def _text(self, text: str) -> None:
        if not self._silent and not (text.isspace() and self._open and self._open[-1] in _HOLDERS):
            self._say(text)

    def _end(self, raw: str) -> None:
        if self._silent:
            self._silent -= 1
            return
        self._open.pop()
        self._finish(self._names[raw], None)


def _has_base(found: dict[str, str]) -> bool:
    """Tell whether an element sets a base, which feedparser takes further than it should."""
    return bool(found) and any("base" in raw.lower() for raw in found)


_NO_ATTRIBUTES = AttributesNSImpl({}, {})
