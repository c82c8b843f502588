"""However a page hides a word in its HTML: it is found, and what is marked for the reader is a form of it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from itertools import product
from typing import Final
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.fold import fold
from monitor.match import compile_watches
from monitor.match.endings import spoken
from monitor.match.tables import ANY
from monitor.match.terms import Term, compile_term, squeeze
from monitor.model import FieldText, Match, OutletId, Watch, WatchId
from monitor.text import to_text

# a word in a language, and forms of it that are printed
WORDS: Final = (
    ("en", "Idlib", "Idlib IDLIB"),
    ("en", "M4", "M4 M-4"),
    ("en", "WHO", "WHO W.H.O."),
    ("en", "Bab al-Hawa", "Bab al-Hawa|BAB AL HAWA"),
    ("en", "drone", "drone drones"),
    ("fr", "Orléans", "Orléans ORLEANS"),
    ("de", "Straße", "Straße Strasse"),
    ("tr", "İdlib", "İdlib İDLİB İdlibde"),
    ("vi", "Hà Nội", "Hà Nội"),
    ("ru", "Идлиб", "Идлиб Идлиба ИДЛИБЕ"),
    ("uk", "Київ", "Київ Києва"),
    ("el", "Αθήνα", "Αθήνα ΑΘΗΝΑ Αθήνας"),
    ("ar", "إدلب", "إدلب وبإدلب ادلب"),
    ("ar", "الحسكة", "الحسكة للحسكة وبالحسكه"),
    ("fa", "پهپاد", "پهپاد پهپادها"),
    ("he", "אידליב", "אידליב ושבאידליב"),
    ("he", 'צה"ל', 'צה"ל בצה״ל'),
    ("zh", "伊德利卜", "伊德利卜"),
    ("ja", "ガザ", "ガザ ｶﾞｻﾞ"),
    ("ko", "이들리브", "이들리브 이들리브에서"),
    ("hi", "मुंबई", "मुंबई मुम्बई"),
    ("hi", "गाज़ा", "गाज़ा गाजा"),
    ("bn", "ঢাকা", "ঢাকা ঢাকায়"),
    ("ml", "ഇറാൻ", "ഇറാൻ ഇറാനിൽ"),
    ("th", "น้ำ", "น้ำ"),
    ("am", "ኢድሊብ", "ኢድሊብ በኢድሊብና"),
)
SHY: Final = ["&shy;", "&#173;", "&amp;shy;", "&ZeroWidthSpace;", "&#x200b;", "\u2060", "\ufeff", "&lrm;", "\u202b"]
HIDDEN: Final = [*SHY, "<b>", "</b>", "<i></i>", "<wbr>", "<!--x-->"]
SPACES: Final = ["&nbsp;", "<p>", "</p>", "<br/>", "<li>", "\n", "\u200f ", "&#x2066; "]
EDGES: Final = ["(", ") ", ", ", ": ", "“", "”", "«", "»", "&#8230;", "/", "&mdash;", "🔴", "&amp;quot;", *SPACES]
OTHERS: Final = [
    *("rain", "дождь", "مطر", "גשם", "雨", "あめ", "비", "बारिश", "বৃষ্টি", "ฝน", "ዝናብ", "𝐫𝐚𝐢𝐧", "ｒａｉｎ"),
    *("&eacute;t&eacute;", "<em>sno</em>w", "Re&shy;gen", "12", "%", "#Rain", "&amp;amp;", "%D8%A5", "100%25"),
]


def _by_number(char: str) -> str:
    return f"&#{ord(char)};"


def _escaped_twice(char: str) -> str:
    return f"&amp;#x{ord(char):x};"


def _decomposed(char: str) -> str:
    return unicodedata.normalize("NFD", char)


def _mathematical(char: str) -> str:
    if not (char.isascii() and char.isalpha()):
        return char
    return chr(0x1D400 + ord(char) - ord("A")) if char.isupper() else chr(0x1D41A + ord(char) - ord("a"))


def _full_width(char: str) -> str:
    return chr(ord(char) + 0xFEE0) if char.isascii() and char.isalnum() else char


def _in_address(char: str) -> str:
    return char if char.isascii() else quote(char)


WAYS: Final[tuple[Callable[[str], str], ...]] = (
    str,
    _by_number,
    _escaped_twice,
    _decomposed,
    _mathematical,
    _full_width,
    _in_address,
)
PLAIN: Final = st.lists(st.sampled_from(OTHERS), max_size=12).map(" ".join)


@st.composite
def pages(draw: st.DrawFn) -> tuple[str, str, str]:
    """Give a language, a word, and HTML that holds a form of it, hidden as pages hide words."""
    language, word, forms = draw(st.sampled_from(WORDS))
    form = draw(st.sampled_from(forms.split("|" if " " in word else " ")))
    letters = [_way(draw, char) for char in form]
    hidden = "".join(part for letter in letters for part in (letter, *draw(st.lists(st.sampled_from(HIDDEN), max_size=1))))
    before, after = draw(st.sampled_from(EDGES)), draw(st.sampled_from(EDGES))
    return language, word, f"<div>{draw(PLAIN)} {before}{hidden}{after} {draw(PLAIN)}</div>"


def _way(draw: st.DrawFn, char: str) -> str:
    if char == " ":
        return draw(st.sampled_from((" ", "&nbsp;", "\n", "\u2009", "<b> </b>")))
    return draw(st.sampled_from(WAYS))(char)


def ask(word: str, text: str, language: str) -> tuple[Match, ...]:
    matcher = compile_watches((Watch(id=WatchId("w"), any=(word,)),))
    return matcher.matches((FieldText(field="text", text=text),), language=language, outlet=OutletId("relief-desk"))


def forms_of(term: Term, language: str) -> Iterator[str]:
    """Give every form that the tables allow."""
    for stem in term.stems:
        heads = stem.heads.get(language, stem.heads.get(ANY, frozenset(("",))))
        tails = stem.tails.get(spoken(term.last_script, language), frozenset())
        ends = tails | {""} if stem.is_whole else tails
        yield from (f"{head}{stem.key}{tail}" for head in heads for tail in (*ends, *([".", ""] if stem.is_dotted else ())))
    if term.words:
        yield from map(" ".join, product(*(tuple(forms_of(word, language)) for word in term.words)))


# the tables of a language are worked out when it is first asked
@settings(deadline=None)
@given(pages())
def test_h27_a_word_hidden_in_html_is_found_and_what_is_marked_is_a_form_of_it(page: tuple[str, str, str]) -> None:
    language, word, html = page
    text = to_text(html)
    matches = ask(word, text, language)
    assert matches
    term = compile_term(word)
    assert term is not None
    for match in matches:
        cut = text[match.start : match.stop]
        assert squeeze(fold(cut)) in set(forms_of(term, language))
        assert match.form == cut.replace("\n", " ")
        assert match.sentence[match.mark_start : match.mark_stop] == match.form


@pytest.mark.parametrize(
    ("language", "word", "html", "form"),
    [
        ("en", "Idlib", "Roads to <b>Id</b>lib are open.", "Idlib"),
        ("en", "Idlib", "Roads to Id&amp;shy;lib are open.", "Id\xadlib"),
        ("en", "Idlib", "<p>Roads to Id<wbr>lib</p><p>are open.</p>", "Idlib"),
        ("en", "Idlib", "They wrote #SaveIdlib2026 on a wall.", "Idlib"),
        ("fr", "Orléans", "Orl&eacute;ans et Orle&#769;ans", "Orléans"),
        ("ar", "إدلب", "https://example.org/%D8%A5%D8%AF%D9%84%D8%A8-news", "%D8%A5%D8%AF%D9%84%D8%A8"),
        ("ar", "إدلب", "https://example.org/%D9%88%D8%A5%D8%AF%D9%84%D8%A8/", "%D9%88%D8%A5%D8%AF%D9%84%D8%A8"),
        ("ar", "إدلب", f"https://example.org/?q={quote('في إدلب اليوم')}", quote("إدلب")),
        ("de", "München", "https://example.org/regen-m%C3%BCnchen", "m%C3%BCnchen"),
        ("en", "Idlib", "https://example.org/?q=in%20idlib%20now", "idlib"),
        ("ar", "الحسكة", "<i>وبال</i>حسكة مطر", "وبالحسكة"),
        ("hi", "मुंबई", "कल मुम्बई में", "मुम्बई"),
        ("hi", "गाज़ा", "कल गाज\u093cा में", "गाज\u093cा"),
        ("ml", "ഇറാൻ", "ഇറാന്\u200d കത്ത്", "ഇറാന്"),
        ("th", "น้ำ", "ระดับน\u0e4d\u0e49าสูง", "น\u0e4d\u0e49า"),
        ("en", "Aleppo", "Rain on 🅐🅛🅔🅟🅟🅞 now", "🅐🅛🅔🅟🅟🅞"),
        ("ru", "Т-72", "Два T-72 и Т72", "T-72"),
    ],
)
def test_the_mark_is_what_stands_in_the_text(language: str, word: str, html: str, form: str) -> None:
    assert ask(word, to_text(html), language)[0].form == form


@pytest.mark.parametrize(
    ("language", "word", "html"),
    [
        ("en", "Idlib", "<td>Id</td><td>lib</td>"),
        ("en", "Idlib", "Id<br>lib"),
        ("ar", "إدلب", "https://example.org/%D8%A5%D8%AF%D9%84"),
        ("en", "Idlib", "<a title='Idlib'>a town</a>"),
    ],
)
def test_what_no_reader_sees_as_the_word_is_not_found(language: str, word: str, html: str) -> None:
    assert not ask(word, to_text(html), language)


HARAKAT: Final = "\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652"
LOOKALIKES: Final = {"I": "\u0406", "i": "\u0456"}


@st.composite
def dressed(draw: st.DrawFn) -> tuple[str, str, str]:
    """Give a language, a watched word, and how somebody may write it: stretched, with vowels, or in letters that look alike."""
    language, word = draw(st.sampled_from((("ar", "إدلب"), ("ar", "الحسكة"), ("en", "Idlib"), ("fr", "Orléans"))))
    if language == "ar":
        signs = st.text(st.sampled_from("\u0640" + HARAKAT), max_size=3)
        written = (
            "".join(char + draw(signs) for char in word[:-1]) + word[-1] + draw(st.text(st.sampled_from(HARAKAT), max_size=1))
        )
    else:
        written = "".join(draw(st.sampled_from((char, LOOKALIKES.get(char, char)))) for char in word)
    return language, word, written


@settings(deadline=None)
@given(dressed(), st.sampled_from(("Rain on {}, again", "مطر على {} اليوم", "Дождь: {}")))
def test_h27_a_word_is_found_stretched_voweled_or_in_lookalike_letters_and_marked_alike_composed_or_not(
    one: tuple[str, str, str], sentence: str
) -> None:
    language, word, written = one
    for form in ("NFC", "NFD"):
        text = unicodedata.normalize(form, sentence.format(written))
        (match,) = ask(word, text, language)
        assert unicodedata.normalize("NFC", match.form) == unicodedata.normalize("NFC", written)
        assert text[match.start : match.stop] == match.form
        assert ask(unicodedata.normalize(form, word), text, language)
