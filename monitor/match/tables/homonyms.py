"""Names that are everyday words when printed without a capital, or with another letter that is folded into theirs. Data only.

From each language's standard dictionary: a turkey is a bird, paris are bets, leiden is "to lead". Not the short ones: no name of
four letters is found without its capital (``finder.is_cased``).
"""

from __future__ import annotations

from typing import Final

from monitor.match.tables.shape import words

LOWER_CASE: Final[dict[str, frozenset[str]]] = {
    "en": words(
        "turkey guinea reading mobile orange polish buffalo phoenix sandwich jersey trump brown green white young banks woods "
        "apple target shell delta oracle signal labour grant baker march april"
    ),
    "de": words("essen bergen weiden baden siegen giessen singen grune linke"),
    "nl": words("delft bergen assen hoorn leiden weert essen"),
    "sv": words("bergen"),
    "fi": words("lahti kotka rauma"),
    "fr": words("tours paris orange cannes rennes grasse valence vannes macon"),
    "es": words("granada victoria cuenca palma rosario concepcion esperanza trinidad salvador santos lagos"),
    "pt": words("natal vitoria porto guarda santos fortaleza recife lagos"),
    "it": words("fermo potenza prato massa vasto latina"),
    "ro": words("roman"),
    "cs": words("pisek tabor"),
    "hr": words("rijeka"),
    "tr": words("aydin"),
    "ru": words("надежда любовь роман победа правда искра спутник известия яблоко звезда мирный грозный восток запад свобода"),
    "uk": words("рівне надія любов роман правда перемога свобода"),
    **dict.fromkeys(("id", "ms"), words("malang medan")),
}
"""By language, folded."""

TITLE_CASE: Final[dict[str, frozenset[str]]] = {
    "it": words("onu usa oms ue fmi bce"),
    "fr": words("onu oms"),
    "de": words("uno"),
}
"""Acronyms that are read as words, and printed as names: l'Onu, die Uno. By language, folded."""

FOLDED_TOGETHER: Final[dict[str, frozenset[str]]] = {
    "علي": words("على"),
    "سلمى": words("سلمي"),
    "بشرى": words("بشري"),
    "بشري": words("بشرى"),
    "ليلى": words("ليلي"),
    "منى": words("مني"),
    "إب": words("أب آب"),
    "آب": words("أب إب"),
    "آثار": words("أثار"),
    "أمن": words("آمن"),
    "إعلام": words("أعلام"),
}
"""As printed: of an Arabic word, the others that fold into it. H. Wehr, A Dictionary of Modern Written Arabic (1979)."""
