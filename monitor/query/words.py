"""A token → the words or the filter that it asks for, or what is wrong with it. Other search engines' signs are named. Pure."""

from __future__ import annotations

import difflib
import re
import unicodedata
from types import MappingProxyType
from typing import Final

from monitor.errors import QueryError
from monitor.fold import fold
from monitor.model import From, Loose, Words
from monitor.query.tokens import DASHES, NAMES, Filter, Token, shown

_LEAST_LETTERS: Final = 3
# a sign says more in these
_LEAST_SIGNS: Final = 2
_SIGN_SCRIPTS: Final = ("CJK ", "HIRAGANA ", "KATAKANA ", "HANGUL ", "THAI ")
_COMMAS: Final = "[,;،؛，；、]"
_LANGUAGE: Final = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]+)*")
_NAME: Final = re.compile(r"([A-Za-z]+)[:：]")
_OTHERS_NAMES: Final = MappingProxyType(
    {
        "headline": "title",
        "intitle": "title",
        "body": "text",
        "intext": "text",
        "source": "outlet",
        "language": "lang",
        "site": "url",
        "inurl": "url",
        "domain": "url",
        "by": "author",
    }
)

_FOREIGN: Final = tuple(
    (re.compile(pattern), says)
    for pattern, says in (
        (r"(?i)^[a-z][a-z0-9+.-]*://", "an address: write url:… to ask where an item is from, or put it in quotes"),
        (r"&&|^&$", "write AND, or nothing at all"),
        (r"\|", "write OR"),
        (r"!", "write -word for what is not wanted, word* for all that begins so; quotes if the ! is meant"),
        (r"^\+", "each word is wanted anyway, unless OR stands between: leave out the +"),
        (r"\^", "no word weighs more than another: leave out the ^ and what follows"),
        (r"^/", "regular expressions are not known here: write the forms with OR between them, or word*"),
        (r"[\[\]{}]", "only round brackets are known here: ( )"),
        (r"\\", "nothing is escaped here: put the word in quotes"),
        (r"\?", "? stands for no letter: write the forms with OR between them; quotes if the ? is meant"),
        (r"~", '~ stands directly after a phrase of two words or more: "two words"~5'),
        (r"(?i)^(?:near|w|n|pre|adj)/[0-9]+$|^(?:near|adj)[0-9]+$", "write NEAR/5, in capitals"),
        (rf"(?<![0-9]){_COMMAS}|{_COMMAS}(?![0-9])", "this parts nothing: write OR between alternatives; quotes if it is meant"),
        (r"[:：]$", "a field's name stands directly before a word or bracket: title:word; else leave out the colon"),
        (r"[*＊]", "* stands at the end of a word only"),
    )
)


def as_words(token: Token, query: str) -> Words | Loose:
    """Give what a word or phrase asks for. Raises QueryError."""
    if token.kind == "word":
        _refuse_foreign(token, query)
    if token.distance:
        return _loose(token, query)
    if not _letters(token.text):
        raise _error(f"{shown(token.text)} has no letter or digit to look for", token, query)
    if token.is_open and token.is_exact:
        raise _error("= and * contradict each other: one wants the word as typed, the other all that begins so", token, query)
    if token.is_open:
        _refuse_short(token, query)
    return Words(text=token.text, is_open=token.is_open, is_exact=token.is_exact)


def as_origin(kind: Filter, token: Token, query: str) -> From:
    """Give what a filter asks for. Raises QueryError."""
    if token.is_open or token.is_exact or token.distance:
        raise _error(f"{kind}: takes neither = nor * nor ~", token, query)
    # an address is full of other engines' signs
    if token.kind == "word" and kind != "url":
        _refuse_foreign(token, query)
    if kind == "lang":
        return From(kind=kind, value=_language(token, query))
    if kind == "outlet" and not _is_id(token.text.removeprefix("@")):
        raise _error("outlet: takes an outlet's id, as in [outlets], or @ and a group's name", token, query)
    if kind == "url" and " " in token.text:
        raise _error("url: takes a part of an address, without spaces", token, query)
    if not _letters(token.text):
        raise _error(f"{shown(token.text)} has no letter or digit to look for", token, query)
    return From(kind=kind, value=token.text)


def _loose(token: Token, query: str) -> Loose:
    words = tuple(token.text.split())
    if token.is_exact:
        raise _error(
            "= and ~ contradict each other: one wants the phrase as typed, the other its words in any order", token, query
        )
    if len(set(words)) == 1:
        raise _error(f"~ says how far apart two words or more may stand; {shown(words[0])} is one", token, query)
    for word in words:
        if not _letters(word):
            raise _error(f"{shown(word)} has no letter or digit to look for", token, query)
    return Loose(words=words, distance=token.distance)


def _language(token: Token, query: str) -> str:
    found = _LANGUAGE.fullmatch(token.text)
    if found is None:
        raise _error("lang: takes a language's code of two or three letters, such as ar, fa, uk", token, query)
    return found[1].lower()


def _refuse_foreign(token: Token, query: str) -> None:
    """Refuse what is no word: it would be looked for to the letter, and never be found."""
    text = token.text
    if text.startswith((*DASHES, "=")):
        raise _error("= stands directly before a word: -=US for the word as typed that is not wanted", token, query)
    if "://" not in text and (name := _NAME.match(text)) and name.end() < len(text):
        raise _error(_no_field(name[1], text[name.end() :]), token, query)
    for pattern, says in _FOREIGN:
        if found := pattern.search(text):
            raise QueryError(f"{shown(found[0])}: {says}", query=query, column=token.column + found.start())


def _no_field(name: str, rest: str) -> str:
    lower = name.lower()
    if lower in NAMES:
        return f"= stands directly before the word: {lower}:={rest}"
    near = _OTHERS_NAMES.get(lower) or next(iter(difflib.get_close_matches(lower, NAMES, n=1)), None)
    meant = f" Did you mean {near}:?" if near else ""
    return f"there is no field {shown(name)}.{meant} Put it in quotes to look for it as a word"


def _refuse_short(token: Token, query: str) -> None:
    letters = _letters(token.text)
    least = _LEAST_SIGNS if unicodedata.name(letters[-1], "").startswith(_SIGN_SCRIPTS) else _LEAST_LETTERS
    if len(letters) < least:
        raise _error(f"* wants at least {least} letters or digits before it, or it would find nearly everything", token, query)


def _letters(text: str) -> str:
    """Give the letters and digits that the matcher sees."""
    return "".join(char for char in fold(text) if unicodedata.category(char)[0] == "L" or char.isdecimal())


def _is_id(text: str) -> bool:
    return bool(text) and all(char in "-_" or unicodedata.category(char)[0] in "LMN" for char in text)


def _error(says: str, token: Token, query: str) -> QueryError:
    return QueryError(says, query=query, column=token.column)
