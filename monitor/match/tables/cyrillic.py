"""Endings in Cyrillic letters, by language. Data only."""

from __future__ import annotations

from typing import Final

from monitor.match.tables.shape import ANY, Row

_RUSSIAN: Final = (
    Row(becomes="а у ом е ы и ов ев ам ами ах ой ою ым ых ым", after="consonant"),
    Row(becomes="ск ский ская ское ского ской скому ским скую ские ских скими ском", after="consonant"),
    Row(ends="а", becomes="ы и у е ой ою ей"),
    Row(ends="я", becomes="и ю е ей ею"),
    Row(ends="ь", becomes="я ю ем ём е и ью ей ям ями ях"),
    Row(ends="й", becomes="я ю ем е и ев ям ями ях"),
    Row(ends="о", becomes="а у ом е"),
    Row(ends="ы", becomes="ам ами ах"),
    Row(ends="ый", becomes="ого ому ым ом ая ой ую ые ых ыми"),
    Row(ends="ий", becomes="ого ому им ом его ему ем ая ой ую ие их ими"),
    Row(ends="ая", becomes="ой ую"),
)
_UKRAINIAN: Final = (
    Row(becomes="а у ові ом ем і и ів ам ами ах ою", after="consonant"),
    Row(becomes="ський ська ське ського ській ську ською ським ському ські ських", after="consonant"),
    # the vowel of a closed syllable: Київ, Києва; Харків, Харкова
    Row(ends="їв", becomes="єва єву євом єві"),
    Row(ends="ів", becomes="ова ову овом ові ева еву евом еві"),
    Row(ends="іль", becomes="оля олю олем олі еля елю елем елі"),
    Row(ends="ія", becomes="ії ію ією"),
    Row(ends="а", becomes="и і у ою ей о"),
    Row(ends="ка", becomes="ці"),
    Row(ends="га", becomes="зі"),
    Row(ends="я", becomes="і ю ею ї є"),
    Row(ends="ь", becomes="я ю ем і ей ям ями ях"),
    Row(ends="й", becomes="я ю єм ї єві"),
    Row(ends="о", becomes="а у ом і"),
    Row(ends="ий", becomes="ого ому им ій"),
)
_SERBIAN: Final = (
    Row(becomes="а у ом ем е и ови ова има", after="consonant"),
    Row(becomes="ски ска ско ског ској ском ских ским", after="consonant"),
    Row(ends="а", becomes="е и у о ом ама"),
    Row(ends="ка", becomes="ци"),
    Row(ends="га", becomes="зи"),
    Row(ends="о", becomes="а у ом"),
)
# Bulgarian and Macedonian have no cases but an article
_ARTICLE: Final = (
    Row(becomes="а ът ов ове овете ци от та то те и ите", after="consonant"),
    Row(becomes="та то те", after="vowel"),
    Row(becomes="ски ска ско ските ската ското", after="consonant"),
)

ENDINGS: Final[dict[str, tuple[Row, ...]]] = {
    ANY: (*_RUSSIAN, *_UKRAINIAN, *_SERBIAN),
    "ru": _RUSSIAN,
    **dict.fromkeys(("uk", "be"), (*_UKRAINIAN, *_RUSSIAN)),
    "sr": _SERBIAN,
    **dict.fromkeys(("bg", "mk"), _ARTICLE),
}
