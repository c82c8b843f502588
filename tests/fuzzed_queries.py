"""What a person types as a query or a search, and the texts that it is asked of: a typed error with its place, or an answer."""

from __future__ import annotations

from fuzzing import ODD, Door
from hypothesis import strategies as st

from monitor.errors import QueryError, SearchError
from monitor.match import compile_watches
from monitor.model import FieldText, ItemId, Match, Node, OutletId, Texts, Watch, WatchId
from monitor.query import parse, printed, slips
from monitor.search import compiled, snippet

OUTLET = OutletId("relief-desk")
_FEW = 300
"""Characters: why a watch found nothing, which a person asks of one item, is tried in every language."""


def law(example: tuple[str, str, str, str | None]) -> None:
    """Say that a query is a tree that can be asked of any text, or a QueryError with its place; and look its words up."""
    query, title, text, language = example
    clean, words = (ODD.sub(" ", each) for each in (title, text))
    fields = (FieldText(field="title", text=" ".join(clean.split())), FieldText(field="text", text=words))
    tree = _read(query)
    for line in slips(query):
        assert line.encode()
    if tree is not None:
        assert parse(printed(tree)) == tree
        _is_asked(Watch(id=WatchId("w"), query=tree), fields, language)
    if query.strip():
        _is_asked(Watch(id=WatchId("w"), any=(query[:200],), none=(title[:50] or "x",)), fields, language)
    _is_searched(query.split()[:5], Texts(id=ItemId(1), title=clean, summary="", text=words))


def _read(query: str) -> Node | None:
    try:
        return parse(query)
    except QueryError as error:
        _has_its_place(error, query)
        return None


def _has_its_place(error: QueryError, query: str) -> None:
    assert 1 <= error.column <= len(query) + 1
    assert str(error).encode()
    assert error.says


def _is_asked(watch: Watch, fields: tuple[FieldText, ...], language: str | None) -> None:
    matcher = compile_watches((watch,))
    about = {"language": language, "outlet": OUTLET, "url": "https://reliefdesk.example/a", "author": "Jane Doe"}
    found = matcher.matches(fields, **about)  # type: ignore[arg-type]
    assert found == matcher.matches(fields, **about)  # type: ignore[arg-type]
    for match in found:
        _is_marked(match, fields)
    for match in matcher.besides(fields[:1], fields[1].text, **about):  # type: ignore[arg-type]
        assert match.sentence[match.mark_start : match.mark_stop] == match.form
    if sum(len(field.text) for field in fields) < _FEW:
        (verdict,) = matcher.verdicts(fields, **about)  # type: ignore[arg-type]
        assert verdict.watch_id == watch.id


def _is_marked(match: Match, fields: tuple[FieldText, ...]) -> None:
    (source,) = [field.text for field in fields if field.field == match.field]
    assert source[match.start : match.stop].replace("\n", " ") == match.form
    assert match.sentence[match.mark_start : match.mark_stop] == match.form
    assert match.form.strip()


def _is_searched(words: list[str], texts: Texts) -> None:
    try:
        search = compiled(words)
    except SearchError:
        return
    shown = snippet(search, texts)
    assert all(0 <= start < stop <= len(shown.text) for start, stop in shown.marks)


# fmt: off
PIECES = [
    "Idlib", "idlib*", "=US", '"Bab al-Hawa"', '"a b"~2', "lang:ar", "lang:(ar OR fa)", "title:", "text:(",
    "outlet:x", "AND", "OR", "NOT", "NEAR/5", "NEAR/0", "NEAR/99999999999999999999", "-", "(", ")", '"', "“",
    "«", "=", "*", "~5", ":", ",", "author:Doe", "url:/a", "إدلب", "ب", "伊德利卜", "イドリブ", "อิดลิบ", "이들리브",
    "İdlib'de", "e\u0301", "\u200f", "\u00ad", "\u200c", "ﷺ", "ß", "#IdlibNow", "C++", "12:30", "’", "a.b.c",
    "%D8%A5", "&amp;", "@x", "\t", "\n", "\u2028", "\x00", "\ud800", "x" * 300, "a " * 50, "NOT NOT", "((((",
    "_",
]
LANGUAGES = [
    None, "en", "ar", "tr", "ru", "zh", "ja", "he", "fa", "de", "fi", "xx", "",
]
# fmt: on
QUERIES = st.lists(st.sampled_from(PIECES), max_size=12).flatmap(lambda parts: st.sampled_from([" ".join(parts), "".join(parts)]))
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=20).map(" ".join)
QUERY = Door(
    name="query",
    grammar=st.tuples(QUERIES | st.text(max_size=30), TEXTS, TEXTS, st.sampled_from(LANGUAGES)),
    law=law,
    seeds=tuple((f"{left} {right}", left, f"{right} x {left}", "en") for left in PIECES for right in PIECES[::20]),
    words=(*PIECES, *(language for language in LANGUAGES if language), " ", " OR ", " NEAR/3 "),
)
