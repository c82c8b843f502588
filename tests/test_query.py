"""The query language: what is asked, what is refused and where, and that it is printed as it is read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.errors import QueryError
from monitor.match import compile_watches
from monitor.model import And, FieldText, From, In, Loose, Near, Node, Not, Or, OutletId, Watch, WatchId, Words
from monitor.query import parse, printed, slips

A, B, C, D = (Words(text=text) for text in "abcd")
AR, FA = From(kind="lang", value="ar"), From(kind="lang", value="fa")


def both(*parts: Node) -> And:
    return And(parts=parts)


def either(*parts: Node) -> Or:
    return Or(parts=parts)


def no(part: Node) -> Not:
    return Not(part=part)


def near(left: Node, right: Node, distance: int = 5) -> Near:
    return Near(left=left, right=right, distance=distance)


def phrase(text: str) -> Words:
    return Words(text=text)


def title(part: Node) -> In:
    return In(fields=("title",), part=part)


READ: tuple[tuple[str, Node], ...] = (
    ("a", A),
    ("  a\n", A),
    ("(((a)))", A),
    # and, or, not: how closely they bind, and that brackets stay where they say something
    ("a b c", both(A, B, C)),
    ("a AND b c", both(A, B, C)),
    ("(a b) c", both(both(A, B), C)),
    ("a (b c)", both(A, both(B, C))),
    ("a OR b OR c", either(A, B, C)),
    ("(a OR b) OR c", either(either(A, B), C)),
    ("a OR b c", either(A, both(B, C))),
    ("(a OR b)c", both(either(A, B), C)),
    ("(a)OR(b)", either(A, B)),
    ("a NOT b", both(A, no(B))),
    ("a AND NOT b", both(A, no(B))),
    ("a -b", both(A, no(B))),
    ("a –b", both(A, no(B))),
    ("a -(b OR c)", both(A, no(either(B, C)))),
    ("-(-a) b", both(no(no(A)), B)),
    ("-a b", both(no(A), B)),
    ("a-b", phrase("a-b")),
    ("a or b And c not near", both(A, phrase("or"), B, phrase("And"), C, phrase("not"), phrase("near"))),
    # phrases
    ('"a  b\n c"', phrase("a b c")),
    ('" a "', A),
    ("“a b” „b c“ «c d»", both(phrase("a b"), phrase("b c"), phrase("c d"))),
    ('"AND"', phrase("AND")),
    ('"title:x" "-x" "a*"', both(phrase("title:x"), phrase("-x"), phrase("a*"))),
    ('"a b"~5', Loose(words=("a", "b"), distance=5)),
    ('"b a c"~100', Loose(words=("b", "a", "c"), distance=100)),
    ('צה"ל "ארה"ב וצה”ל"', both(phrase('צה"ל'), phrase('ארה"ב וצה”ל'))),
    ('("a")', A),
    # near
    ("a NEAR/5 b", near(A, B)),
    ("a NEAR/5 b NEAR/3 c", near(near(A, B), C, 3)),
    ("a NEAR/5 (b NEAR/3 c)", near(A, near(B, C, 3))),
    ("a NEAR/5 (b OR c)", near(A, either(B, C))),
    ("(a OR (b OR c NEAR/1 d)) NEAR/5 d", near(either(A, either(B, near(C, D, 1))), D)),
    ("a b NEAR/5 c OR d", either(both(A, near(B, C)), D)),
    ('"a b" NEAR/5 "c d"~2', near(phrase("a b"), Loose(words=("c", "d"), distance=2))),
    ("-(a NEAR/5 b) c", both(no(near(A, B)), C)),
    # all that begins so; as typed
    ("Idli*", Words(text="Idli", is_open=True)),
    ("伊德*", Words(text="伊德", is_open=True)),
    ("ดลิ*", Words(text="ดลิ", is_open=True)),
    ('"Bab al-Ha"*', Words(text="Bab al-Ha", is_open=True)),
    ("=US", Words(text="US", is_exact=True)),
    ('="Bab al-Hawa"', Words(text="Bab al-Hawa", is_exact=True)),
    ("a -=AND", both(A, no(Words(text="AND", is_exact=True)))),
    # fields
    ("title:a", title(A)),
    ("TITLE: a", title(A)),
    ("title:=US", title(Words(text="US", is_exact=True))),
    ("summary:a", In(fields=("summary",), part=A)),
    ("text:(a b)", In(fields=("summary", "text"), part=both(A, B))),
    ("title:(a NEAR/5 b)", title(near(A, B))),
    ("title:(a -b) -text:c", both(title(both(A, no(B))), no(In(fields=("summary", "text"), part=C)))),
    # filters
    ("a lang:ar", both(A, AR)),
    ("a LANG:AR-SY", both(A, AR)),
    ("a lang:(ar OR fa)", both(A, either(AR, FA))),
    ("a -lang:ar", both(A, no(AR))),
    ("a lang:(-ar)", both(A, no(AR))),
    (
        "a outlet:@north -outlet:relief-desk",
        both(A, From(kind="outlet", value="@north"), no(From(kind="outlet", value="relief-desk"))),
    ),
    (
        "a outlet:(@north @wires)",
        both(A, both(From(kind="outlet", value="@north"), From(kind="outlet", value="@wires"))),
    ),
    ("a url:https://reliefdesk.example/b?c=1&d=*x", both(A, From(kind="url", value="https://reliefdesk.example/b?c=1&d=*x"))),
    ('a author:"Jane Doe"', both(A, From(kind="author", value="Jane Doe"))),
    # signs that are part of a word
    (
        "12:30 1,000 C++ AT&T U.S. #Idlib O'Neil N95 w/o",
        both(*map(phrase, ["12:30", "1,000", "C++", "AT&T", "U.S.", "#Idlib", "O'Neil", "N95", "w/o"])),
    ),
    ("（伊德利卜　OR　a）", either(phrase("伊德利卜"), A)),
    ("\u200fإدلب\u200e \u200fAND\u200f a\ufeff", both(phrase("إدلب"), A)),
    ('="\u200fإدلب\u200f" "\u200e إدلب "', both(Words(text="إدلب", is_exact=True), phrase("إدلب"))),
    ("=\u200fإدلب", Words(text="إدلب", is_exact=True)),
    ("می\u200cشود", phrase("می\u200cشود")),
    ("צה”ל", phrase("צה”ל")),
)


@pytest.mark.parametrize(("query", "tree"), READ, ids=[query for query, _ in READ])
def test_a_query_is_read_as_its_tree(query: str, tree: Node) -> None:
    assert parse(query) == tree
    assert parse(printed(tree)) == tree


def test_brackets_and_words_up_to_the_limit_are_read() -> None:
    assert parse("(" * 20 + "a" + ")" * 20) == A
    assert parse(" ".join(["(a)"] * 100)) == both(*[A] * 100)
    assert parse(" NEAR/1 ".join(["a"] * 20))
    assert parse(" ".join(["a"] * 1_000)) == both(*[A] * 1_000)
    assert parse("a" * 20_000)


LACKING = "this could be true without any word of the query"
# each with a caret under the place, and the beginning of what is said
REFUSED = (
    # nothing, or nothing where a word should be
    ("", "^", "the query is empty"),
    (" \u200f\n", "^", "the query is empty"),
    ("AND a", "^", "“AND” has nothing on its left"),
    ("OR", "^", "“OR” has nothing on its left"),
    ("NEAR/5 a", "^", "“NEAR/5” has nothing on its left"),
    ("a OR", "  ^", "“OR” has nothing on its right"),
    ("a AND", "  ^", "“AND” has nothing on its right"),
    ("a NEAR/5", "  ^", "“NEAR/5” has nothing on its right"),
    ("(a OR) b", "   ^", "“OR” has nothing on its right"),
    ("(OR a)", " ^", "“OR” has nothing on its left"),
    ("NOT", "^", "“NOT” has nothing after it"),
    ("a AND NOT", "      ^", "“NOT” has nothing after it"),
    ("a AND AND b", "      ^", "a word is missing between “AND” and “AND”"),
    ("a AND OR b", "      ^", "a word is missing between “AND” and “OR”"),
    ("a NOT OR b", "      ^", "a word is missing between “NOT” and “OR”"),
    ("a NOT NOT b", "      ^", "“NOT” stands directly after “NOT”"),
    ("a --b", "   ^", "“-” stands directly after “-”"),
    ("a - b", "  ^", "“-” stands directly before what is not wanted"),
    ("a — b", "  ^", "“—” stands directly before what is not wanted"),
    ("a title:", "  ^", "“title:” has nothing after it"),
    ("a title: OR b", "         ^", "a word is missing between “title:” and “OR”"),
    ("a ()", "  ^", "nothing stands in these brackets"),
    (")", "^", "no bracket is open here"),
    ("a) b", " ^", "no bracket is open here"),
    ("(a", "^", "this bracket is not closed"),
    ("b (", "  ^", "this bracket is not closed"),
    ("b (a OR (c)", "  ^", "this bracket is not closed"),
    # quotes
    ('a "b', "  ^", "this quote is not closed"),
    ("a „b", "  ^", "this quote is not closed"),
    ('a ""', "  ^", "nothing stands between these quotes"),
    ('"a"b', "   ^", "a space belongs after a phrase in quotes"),
    ('"a""b"', "   ^", "a space belongs after a phrase in quotes"),
    ('a"b"', " ^", "a space belongs before this"),
    ("drone(s)", "     ^", "a space belongs before this"),
    # distances
    ("a NEAR b", "  ^", "a number is missing: write NEAR/5"),
    ("a NEAR/ b", "  ^", "a number is missing: write NEAR/5"),
    ("a NEAR/0 b", "  ^", "“0” is no distance: write NEAR/5"),
    ("a NEAR/101 b", "  ^", "“101” is no distance: write NEAR/5"),
    ("a NEAR/x b", "  ^", "“x” is no distance: write NEAR/5"),
    ("a NEAR/٥ b", "  ^", "“٥” is no distance"),
    (f"a NEAR/{'9' * 9_000} b", "  ^", "“9999"),
    ("a near/5 b", "  ^", "“near/5”: write NEAR/5, in capitals"),
    ("a w/5 b", "  ^", "“w/5”: write NEAR/5"),
    ("a near5 b", "  ^", "“near5”: write NEAR/5"),
    ('"a b"~', "     ^", 'a number is missing: write "two words"~5'),
    ('"a b"~0', "     ^", "“0” is no distance"),
    ('"a b"~5x', "       ^", "a space belongs after"),
    ('b "a"~5', "  ^", "~ says how far apart two words or more may stand; “a” is one"),
    ('"a a"~5', "^", "~ says how far apart two words or more may stand"),
    ('"a - b"~5', "^", "“-” has no letter or digit"),
    ("abc~1", "   ^", "“~”: ~ stands directly after a phrase"),
    # what can't stand beside NEAR
    ("c title:a NEAR/3 b", "  ^", "put the field around both: title:(a NEAR/3 b)"),
    ("a NEAR/3 text:b", "         ^", "put the field around both: text:(a NEAR/3 b)"),
    ("NOT a NEAR/3 b", "^", "NOT can't stand beside NEAR: write NOT (a NEAR/3 b)"),
    ("a NEAR/3 -b", "         ^", "NOT can't stand beside NEAR"),
    ("a NEAR/3 (b OR -c)", "         ^", "NOT can't stand beside NEAR"),
    ("a NEAR/3 (b c)", "         ^", "beside NEAR words stand alone or with OR: write (a NEAR/3 b) (a NEAR/3 c)"),
    ("lang:ar NEAR/3 b", "^", "a filter can't stand beside NEAR"),
    # = and *
    ("a =", "  ^", "= stands directly before the word"),
    ("=(a b)", "^", "= stands directly before the word"),
    ("==a", " ^", "= stands directly before a word"),
    ("=-a", " ^", "= stands directly before a word: -=US"),
    ("=title:US", " ^", "= stands directly before the word: title:=US"),
    ("=abc*", " ^", "= and * contradict each other"),
    ('="abc"*', " ^", "= and * contradict each other"),
    ('="a b"~5', " ^", "= and ~ contradict each other"),
    ("a ab*", "  ^", "* wants at least 3 letters"),
    ("a--b*", "^", "* wants at least 3 letters"),
    ("伊*", "^", "* wants at least 2 letters"),
    ("a *bc", "  ^", "“*”: * stands at the end of a word only"),
    ("ab*cd", "  ^", "“*”: * stands at the end of a word only"),
    ("abc**", "   ^", "“*”: * stands at the end of a word only"),
    ("a *", "  ^", "“*”: * stands at the end of a word only"),
    ("a ...", "  ^", "“...” has no letter or digit"),
    ("a ـ", "  ^", "“ـ” has no letter or digit"),
    ('a "…"', "  ^", "“…” has no letter or digit"),
    # fields and filters
    ("a titel:b", "  ^", "there is no field “titel”. Did you mean title:? Put it in quotes"),
    ("a site:b", "  ^", "there is no field “site”. Did you mean url:?"),
    ("COVID:19", "^", "there is no field “COVID”. Put it in quotes"),
    ("COVID: a", "     ^", "“:”: a field's name stands directly before a word"),
    ("title:text:a", "      ^", "text: can't stand within title:"),
    ("title:(a (title:b))", "          ^", "title: can't stand within title:"),
    ("title:(a lang:ar)", "         ^", "lang: asks about the whole item: write it outside title:(…)"),
    ("lang:(ar title:a)", "         ^", "title: can't stand within lang:"),
    ("title:-a", "      ^", "what is not wanted is said before the field: -title:word"),
    ("a lang:arabic", "       ^", "lang: takes a language's code"),
    ("a lang:a", "       ^", "lang: takes a language's code"),
    ("a lang:ar*", "       ^", "lang: takes neither = nor * nor ~"),
    ('a author:"b c"~5', "         ^", "author: takes neither = nor * nor ~"),
    ("a url:=b", "       ^", "url: takes neither = nor * nor ~"),
    ('a url:"b c"', "      ^", "url: takes a part of an address, without spaces"),
    ("a outlet:@", "         ^", "outlet: takes an outlet's id"),
    ('a outlet:"b c"', "         ^", "outlet: takes an outlet's id"),
    ("a author:...", "         ^", "“...” has no letter or digit"),
    ("a lang:(ar fa)", "           ^", "an item is in one language only: write OR"),
    ("a outlet:b outlet:c", "           ^", "an item is from one outlet only: write OR"),
    ("a lang:(ar,fa)", "          ^", "“,”: this parts nothing: write OR"),
    # other engines' signs
    ("a && b", "  ^", "“&&”: write AND"),
    ("a & b", "  ^", "“&”: write AND"),
    ("a || b", "  ^", "“|”: write OR"),
    ("a|b", " ^", "“|”: write OR"),
    ("a !b", "  ^", "“!”: write -word"),
    ("a +b", "  ^", "“+”: each word is wanted anyway"),
    ("a^2", " ^", "“^”: no word weighs more"),
    ("a /b.c/", "  ^", "“/”: regular expressions are not known"),
    ("a /(a+)+$/", "   ^", "a space belongs before this bracket"),
    ("[a TO b]", "^", "“[”: only round brackets"),
    ("{a}", "^", "“{”: only round brackets"),
    ("a\\-b", " ^", "“\\”: nothing is escaped"),
    ("wom?n", "   ^", "“?”: ? stands for no letter"),
    ("a, b", " ^", "“,”: this parts nothing"),
    ("إدلب، حلب", "    ^", "“،”: this parts nothing"),
    ("a https://reliefdesk.example/b", "  ^", "“https://”: an address: write url:…"),
    # no word to look for
    ("NOT a", "^", LACKING),
    ("-a -b", "^", LACKING),
    ("lang:ar", "^", LACKING),
    ("title:(-a)", "       ^", LACKING),
    ("a OR NOT b", "     ^", LACKING),
    ("a OR lang:ar", "     ^", LACKING),
    ("a OR (b OR -c)", "           ^", LACKING),
    ("a OR (lang:ar -b)", "      ^", LACKING),
    # the caret stands under the sign, whatever is before it
    ("伊德利卜 AND", "         ^", "“AND” has nothing on its right"),
    ("e\u0301e\u0301 AND", "   ^", "“AND” has nothing on its right"),
    ("می\u200cشود AND", "       ^", "“AND” has nothing on its right"),
    # broken
    ("a \ud800", "  ^", "a control character, or half of a character"),
    ("a\x00", " ^", "a control character"),
)


def refused(query: str) -> QueryError:
    with pytest.raises(QueryError) as caught:
        parse(query)
    return caught.value


@pytest.mark.parametrize(
    ("query", "caret", "says"), REFUSED, ids=[f"{query}"[:30].encode("unicode_escape").decode() for query, *_ in REFUSED]
)
def test_h26_what_can_not_be_asked_is_refused_at_its_column(query: str, caret: str, says: str) -> None:
    error = refused(query)
    assert error.says.startswith(says)
    assert str(error).split("\n")[-1] == f"  {caret}"


def test_a_column_counts_characters_however_wide_they_are() -> None:
    assert refused("伊德利卜 AND").column == 6
    assert refused("e\u0301 AND").column == 4


@pytest.mark.parametrize(
    ("query", "column", "says"),
    [
        ("(" * 21 + "a" + ")" * 21, 21, "more than 20 brackets"),
        ("(" * 20_000, 21, "more than 20 brackets"),
        ("(" * 1_000_000, 20_001, "the query is longer than 20,000 characters"),
        (" NEAR/1 ".join(["a"] * 21), 1, "parts within parts, more than 20 deep"),
        (" ".join(["a"] * 1_001), 2_001, "more than 1,000 words"),
        ("b " + " ".join(['"a b"~5'] * 500), 2 + 499 * 8 + 1, "more than 1,000 words"),
        ("a author:(" + " OR ".join(["b" * 17] * 900) + ")", 18_907, "with each filter written out"),
        ("-" * 20_000, 20_000, "“-” stands"),
        ("NOT " * 5_000, 5, "“NOT” stands directly after “NOT”"),
        ('"' * 20_000, 1, "nothing stands between"),
        ("title:" * 3_000, 7, "title: can't stand within title:"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_h26_what_is_too_much_is_refused(query: str, column: int, says: str) -> None:
    error = refused(query)
    assert (error.column, error.says[: len(says)]) == (column, says)


@pytest.mark.parametrize(
    ("before", "after", "line", "caret"),
    [
        ("a " * 20, " 伊" * 20, "a " * 20 + "!" + " 伊" * 20, 40),
        ("a " * 50, "", "…" + " a" * 49 + " !", 100),
        ("", " 伊" * 50, "!" + " 伊" * 49 + " …", 0),
        ("伊 " * 50, " 伊" * 50, "…" + "伊 " * 25 + "!" + " 伊" * 24 + " …", 76),
    ],
    ids=["all of a short one", "its end", "its begin", "its middle"],
)
def test_of_a_long_query_what_stands_around_the_place_is_shown(before: str, after: str, line: str, caret: int) -> None:
    error = QueryError("no", query=f"{before}!{after}", column=len(before) + 1)
    assert str(error).split("\n")[1:] == [f"  {line}", f"  {' ' * caret}^"]


# ── laws ──

SIGNS = ["(", ")", '"', "“", "-", "=", "*", "~5", ":", " ", ",", "/", "?", "AND", "OR", "NOT", "NEAR/2", "NEAR", "or"]
SIGNS += ["title:", "text:", "LANG:", "outlet:@", "author:", "url:", "ab", "abc", "伊德", "ا", "צה", "é", "x:y"]
SIGNS += ["\u200f", "\u200c"]
PIECES = ["abc", "b*", "abc*", "=US", '"a b"', '"a b"~2', "lang:ar", "title:", "outlet:@x", "AND", "OR", "NOT", "-ab", "NEAR/3"]
PIECES += ['"AND"', '"x:y"', '="-x"', '"a "*', "author:(a b)", "url:a?b", "伊德", '"\u200fab \u200f"', "a\u200f*", '"']


def bracketed(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(inner, min_size=1, max_size=5).map(lambda pieces: f"({' '.join(pieces)})")


signs = st.lists(st.sampled_from(SIGNS)).map("".join)
pieces = st.lists(st.recursive(st.sampled_from(PIECES), bracketed, max_leaves=8), max_size=6).map(" ".join)


@given(st.text(st.characters()) | signs | pieces)
@settings(max_examples=600, deadline=None)
@example("=\u200f")
@example('"\u200f"')
@example("*\u200f")
def test_whatever_is_typed_is_read_and_printed_again_or_refused(query: str) -> None:
    tree, error = read(query)
    if error:
        assert 1 <= error.column <= len(query) + 1
        assert str(error).encode()
    else:
        assert tree
        assert parse(printed(tree)) == tree
    assert all(slip.encode() for slip in slips(query))


def read(query: str) -> tuple[Node | None, QueryError | None]:
    try:
        return parse(query), None
    except QueryError as error:
        return None, error


WORDS = ["a", "Idlib", "Bab al-Hawa", "إدلب", "Идлиб", "伊德利卜", "イドリブ", "อิดลิบ", "이들리브", "अ", "می\u200cشود"]
WORDS += ["12:30", "C++", "e\u0301", "’a’", 'צה"ל', 'ארה"ב וצה"ל']
# these can only be had in quotes
WORDS += ["AND", "OR", "NOT", "NEAR", "NEAR/5", "title:x", "x:y", "lang:ar", "-x", "–x", "a*", "=a", "a(b)", "(a", "a)", "a~5"]
WORDS += ["a, b", "a&&b", "a|b", "/a/", "[a]", "a?", "https://reliefdesk.example/a", "a b"]
OPEN = ["Idli", "Bab al-Ha", "Идли", "伊德", "AND x", "title:x y", "-abc", "ab c", "อิดลิ"]
HOSTS = ["reliefdesk.example", "https://reliefdesk.example/a?b=c&d", "/a/", "title:x", "-x", "(a)", "AND", "a*"]

words = (
    st.sampled_from(WORDS).map(lambda text: Words(text=text))
    | st.sampled_from(WORDS).map(lambda text: Words(text=text, is_exact=True))
    | st.sampled_from(OPEN).map(lambda text: Words(text=text, is_open=True))
)
single = st.sampled_from([word for word in WORDS if " " not in word])
loose = st.builds(
    lambda texts, distance: Loose(words=tuple(texts), distance=distance),
    st.lists(single, min_size=2, max_size=4, unique=True),
    st.integers(1, 100),
)


def of_two(kind: type[And | Or], part: st.SearchStrategy[Node], *, most: int = 3) -> st.SearchStrategy[Node]:
    return st.lists(part, min_size=2, max_size=most).map(lambda parts: kind(parts=tuple(parts)))


def widened(part: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return part | of_two(Or, part) | st.builds(near, part, part, st.integers(1, 100))


close = widened(widened(words | loose))
origins = st.one_of(
    st.sampled_from(["@north", "@wires", "@إدلب"]).map(lambda value: From(kind="outlet", value=value)),
    st.sampled_from(HOSTS).map(lambda value: From(kind="url", value=value)),
    st.sampled_from(["Doe", "Jane Doe", "O'Neil", "AND", "أحمد"]).map(lambda value: From(kind="author", value=value)),
)
places = st.sampled_from([("title",), ("summary",), ("summary", "text")])


def joined(part: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return part | of_two(And, part) | of_two(Or, part) | part.map(no)


within = joined(joined(close))
codes = st.lists(st.sampled_from(["ar", "fa", "uk", "ckb"]), min_size=2, max_size=4)
languages = codes.map(lambda values: either(*(From(kind="lang", value=value) for value in values)))
in_fields = st.builds(lambda fields, part: In(fields=fields, part=part), places, within)
trees = joined(joined(within | in_fields | origins | languages))


def is_asked(node: Node) -> bool:
    """Say whether a tree wants a word: the rule once more, as a test of the one in the parser."""
    match node:
        case Words() | Loose() | Near():
            return True
        case And():
            return any(map(is_asked, node.parts))
        case Or():
            return all(map(is_asked, node.parts))
        case In():
            return is_asked(node.part)
        case Not() | From():
            return False


# built, not filtered: of trees made at random hardly one has a word in each branch
asked = st.builds(both, close, trees)


@given(asked | st.builds(either, asked, close, asked))
@settings(max_examples=300, deadline=None)
def test_a_tree_is_printed_as_it_is_read(tree: Node) -> None:
    assert parse(printed(tree)) == tree


@given(trees)
@settings(max_examples=200, deadline=None)
def test_a_tree_is_read_if_each_branch_of_it_wants_a_word(tree: Node) -> None:
    if is_asked(tree):
        assert parse(printed(tree)) == tree
    else:
        assert LACKING in refused(printed(tree)).says


# ── what is perhaps meant otherwise ──


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("a or b", ["column 3: “or” is a word here; OR in capitals joins two alternatives"]),
        ("(a) And title:b", ["column 5: “And” is a word here; AND in capitals joins two words, and so does nothing at all"]),
        ('"a" not (b)', ["column 5: “not” is a word here; NOT in capitals says what is not wanted"]),
        ("a near b or -c", ["column 3: “near” is a word here; NEAR/5", "column 10: “or” is a word here; OR"]),
        ('a "Idli*"', ["column 3: * within quotes is no more than a sign; after them it finds all that begins so"]),
        ("or a", []),
        ("a or", []),
        ('a "or" b', []),
        ("a =or b", []),
        ("a AND or", []),
        ("a OR b AND c NOT d", []),
        ('a or "b', []),
    ],
)
def test_what_is_perhaps_meant_otherwise_is_told(query: str, said: list[str]) -> None:
    found = slips(query)
    assert len(found) == len(said)
    assert all(slip.startswith(begin) for slip, begin in zip(found, said, strict=True))


# ── a query and an item ──


def is_found(query: str, *, language: str | None = "en", url: str = "", author: str = "", **texts: str) -> bool:
    fields = tuple(FieldText(field=field, text=text) for field, text in texts.items())  # type: ignore[arg-type]
    matcher = compile_watches((Watch(id=WatchId("w"), query=parse(query)),))
    return bool(matcher.matches(fields, language=language, outlet=OutletId("relief-desk"), url=url, author=author))


BORDER = "Aid trucks one two three reach Idlib"
TITLES = (
    # near: words between the two, in either order
    ("trucks NEAR/4 Idlib", "en", BORDER, True),
    ("trucks NEAR/3 Idlib", "en", BORDER, False),
    ("Idlib NEAR/4 trucks", "en", BORDER, True),
    ("Idlib NEAR/3 trucks", "en", BORDER, False),
    ("truck NEAR/4 (Harim OR Idlib)", "en", BORDER, True),
    ("truck NEAR/3 (Harim OR Idlib)", "en", BORDER, False),
    ("truck NEAR/4 (Harim OR Sarmada)", "en", BORDER, False),
    ('"Aid trucks" NEAR/4 Idlib', "en", BORDER, True),
    ("Aid NEAR/1 trucks NEAR/4 Idlib", "en", BORDER, True),
    ("Aid NEAR/1 trucks NEAR/3 Idlib", "en", BORDER, False),
    ("trucks NEAR/4 #Idlib", "en", "Trucks one two three reach #Idlib", True),
    ("trucks NEAR/3 #Idlib", "en", "Trucks one two three reach #Idlib", False),
    ("trucks NEAR/1 Idlib", "en", "Idlib’s new trucks", True),
    ("trucks NEAR/1 Idlib", "en", "Idlib-based aid trucks", False),
    ("trucks NEAR/2 Idlib", "en", "Idlib-based aid trucks", True),
    ('"Bab al-Hawa" NEAR/1 trucks', "en", "Bab al-Hawa: no trucks", True),
    ("Idlib NEAR/5 Idlib", "en", "Idlib calm", False),
    ("Idlib NEAR/5 Idli*", "en", "Idlib calm", False),
    ("Idlib NEAR/5 Idli*", "en", "Idlib and Idliber", True),
    ('Hawa NEAR/5 (Idlib OR "Bab al-Hawa")', "en", "Bab al-Hawa calm", False),
    # loose phrases
    ('"Idlib trucks"~4', "en", BORDER, True),
    ('"Idlib trucks"~3', "en", BORDER, False),
    ('"Idlib Aid trucks"~4', "en", BORDER, True),
    ('"Idlib Aid trucks"~3', "en", BORDER, False),
    ('"Idlib Harim"~100', "en", BORDER, False),
    ('"aid trucks"', "en", BORDER, True),
    ('"trucks aid"', "en", BORDER, False),
    # in other scripts: forms, and what counts as a word
    ("Идлиб NEAR/1 конвой", "ru", "Конвои из Идлиба вышли", True),
    ("Идлиб NEAR/1 конвой", "ru", "Конвои из города Идлиба", False),
    ("Идлиб NEAR/2 конвой", "ru", "Конвои из города Идлиба", True),
    ('"конвой Идлиб"~1', "ru", "В Идлибе стоят конвои", True),
    ("إدلب NEAR/1 قافلة", "ar", "قافلة تصل وبإدلب", True),
    ("إدلب NEAR/1 قافلة", "ar", "قافلة كبيرة تصل إلى إدلب", False),
    ("إدلب NEAR/3 قافلة", "ar", "قافلة كبيرة تصل إلى إدلب", True),
    ("伊德利卜 NEAR/2 车队", "zh", "车队抵达伊德利卜", True),
    ("伊德利卜 NEAR/1 车队", "zh", "车队抵达伊德利卜", False),
    ("伊德*", "zh", "车队抵达伊德利卜", True),
    # all that begins so; as typed; not
    ("Idli*", "en", "Idlibi bakers", True),
    ("Idlib", "en", "Idlibi bakers", False),
    ("=US", "en", "A US envoy", True),
    ("=Us", "en", "A US envoy", False),
    ('="Bab al-Hawa"', "en", "At Bab al-Hawa", True),
    ('="Bab al-Hawa"', "en", "At Bab al Hawa", False),
    ("Idlib -Idlib*", "en", "Idlib", False),
    ("Idlib NOT sport", "en", "Idlib calm", True),
    ("Idlib NOT sport", "en", "Idlib sports", False),
    ("Idlib -(sport NEAR/1 final)", "en", "Idlib sport final", False),
    ("Idlib -(sport NEAR/1 final)", "en", "Final: Idlib plays no sport", True),
    ("Idlib -(-calm)", "en", "Idlib calm", True),
    ("Idlib -(-calm)", "en", "Idlib", False),
    ("(Idlib OR Harim) (convoy OR trucks)", "en", BORDER, True),
    ("Harim (convoy OR trucks)", "en", BORDER, False),
    ("Harim OR Idlib trucks", "en", BORDER, True),
    ('צה"ל', "he", "כוחות צה״ל", True),
    # filters
    ("Idlib lang:en", "en", "Idlib", True),
    ("Idlib lang:en-GB", "en", "Idlib", True),
    ("Idlib lang:(ar OR fa)", "en", "Idlib", False),
    ("Idlib -lang:en", "en", "Idlib", False),
    ("Idlib lang:ar", None, "Idlib", True),
    ("Idlib outlet:relief-desk", "en", "Idlib", True),
    ("Idlib outlet:orontes-post", "en", "Idlib", False),
    ("Idlib outlet:(orontes-post OR relief-desk)", "en", "Idlib", True),
    ("Idlib -outlet:relief-desk", "en", "Idlib", False),
    ("Idlib url:reliefdesk.example/a", "en", "Idlib", True),
    ("Idlib url:HTTPS://reliefdesk.example/", "en", "Idlib", True),
    ("Idlib url:sport", "en", "Idlib", False),
    ("Idlib author:doe", "en", "Idlib", True),
    ('Idlib author:"Jane Doe"', "en", "Idlib", True),
    ("Idlib author:Jan", "en", "Idlib", False),
)


@pytest.mark.parametrize(("query", "language", "title", "found"), TITLES)
def test_an_item_is_found_by_the_query_that_asks_for_it(query: str, language: str | None, title: str, *, found: bool) -> None:
    url = "https://reliefdesk.example/a"
    assert is_found(query, language=language, url=url, author="Jane Doe, Ann O’Neil", title=title) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Idlib trucks", True),
        ("Idlib NEAR/100 rain", False),
        ('"Idlib rain"~100', False),
        ("calm NEAR/100 rain", False),
        ("trucks NEAR/1 rain", True),
        ("title:Idlib text:trucks", True),
        ("title:(Idlib trucks)", False),
        ("title:trucks", False),
        ("summary:calm", True),
        ("text:calm", True),
        ("summary:trucks", False),
        ("trucks -title:calm", True),
        ("trucks -summary:calm", False),
        ("text:(trucks NEAR/1 rain)", True),
        ("title:(trucks NEAR/1 rain)", False),
    ],
)
def test_a_field_is_a_place_of_its_own(query: str, *, found: bool) -> None:
    assert is_found(query, title="Idlib", summary="All calm", text="Trucks in rain") == found


# ── what the page says ──

PAGE = (Path(__file__).parent.parent / "docs" / "queries.md").read_text(encoding="utf-8")
ASKED, NOT_ASKED = PAGE.split("## What is refused")


def rows(part: str) -> list[tuple[str, str]]:
    return re.findall(r"^\| `(.+?)` \| (.+?) \|$", part, re.MULTILINE)


@pytest.mark.parametrize("query", [*(query for query, _ in rows(ASKED)), *re.findall(r"^query = '(.+)'$", ASKED, re.MULTILINE)])
def test_each_query_of_the_page_is_read(query: str) -> None:
    assert parse(query)


@pytest.mark.parametrize(("query", "says"), rows(NOT_ASKED))
def test_each_query_that_the_page_refuses_is_refused_with_its_words(query: str, says: str) -> None:
    assert says in refused(query).says


def test_the_page_has_examples() -> None:
    assert len(rows(ASKED)) >= 20
    assert len(rows(NOT_ASKED)) >= 10
