"""Endings of French, Spanish, Portuguese, Catalan, Galician, Italian and Romanian, by language. Data only."""

from __future__ import annotations

from typing import Final

from monitor.match.tables.shape import Row, on

# Grevisse & Goosse, Le bon usage (16th ed., 2016), §§ 513–539.
_FRENCH: Final = (
    Row(becomes="s"),
    Row(becomes="x", after="au|eu|ou"),
    Row(ends="al", becomes="aux"),
    Row(ends="ail", becomes="aux"),
    Row(ends="ié", becomes="iée iées"),
)
# RAE & ASALE, Nueva gramática de la lengua española (2009), ch. 3.
_SPANISH: Final = (
    Row(becomes="s", after="vowel"),
    Row(becomes="s es", after="consonant"),
    Row(becomes="es", after="[iuy]"),
    Row(ends="z", becomes="ces"),
    Row(ends="iado", becomes="iada iadas"),
)
# Cunha & Cintra, Nova Gramática do Português Contemporâneo (1984), ch. 8.
_PORTUGUESE: Final = (
    Row(becomes="s", after="vowel"),
    Row(becomes="s es", after="consonant"),
    Row(ends="ão", becomes="ões ães ãos"),
    Row(ends="m", becomes="ns"),
    Row(ends="l", becomes="is", after="[aeou]"),
    Row(ends="il", becomes="is eis"),
    Row(ends="iado", becomes="iada iadas"),
)
# Álvarez & Xove, Gramática da lingua galega (2002).
_GALICIAN: Final = (*_SPANISH, Row(ends="l", becomes="is", after="[aeou]"))
# Institut d'Estudis Catalans, Gramàtica de la llengua catalana (2016), ch. 8. à, é, í, ó at the end had an -n once.
_CATALAN: Final = (
    Row(becomes="s"),
    Row(becomes="os", after="consonant"),
    Row(ends="a", becomes="es ans"),
    Row(ends="ca", becomes="ques"),
    Row(ends="ga", becomes="gues"),
    Row(ends="ja", becomes="ges"),
    Row(ends="és", becomes="essos"),
    *(Row(ends=vowel, becomes=f"{vowel}ns") for vowel in "eio"),
)
# Serianni, Grammatica italiana (1988), ch. 3.
_ITALIAN: Final = (
    Row(ends="o", becomes="i"),
    Row(ends="a", becomes="e i"),
    Row(ends="e", becomes="i"),
    Row(ends="ca", becomes="che chi"),
    Row(ends="ga", becomes="ghe ghi"),
    Row(ends="co", becomes="chi"),
    Row(ends="go", becomes="ghi"),
    Row(ends="io", becomes="i"),
    Row(ends="cia", becomes="ce"),
    Row(ends="gia", becomes="ge"),
    Row(ends="mpio", becomes="mpli"),
    Row(ends="uomo", becomes="uomini"),
)

# Pană Dindelegan (ed.), The Grammar of Romanian (2013), ch. 2. The article is written on; ă, â, ș and ț are folded.
_ROMANIAN: Final = (
    Row(becomes="ul ului ule", after="consonant"),
    Row(becomes="ul ului", after="[io]"),
    Row(becomes="l lui", after="u"),
    # names that have the article already: Orientul Mijlociu
    Row(becomes="ui", after="ul"),
    Row(ends="le", becomes="lor"),
    Row(ends="a", becomes="ei"),
    Row(ends="a", becomes="i", after="e"),
    Row(ends="ca", becomes="cai"),
    Row(ends="ga", becomes="gai"),
    Row(ends="ea", becomes="ii"),
    Row(ends="e", becomes="ea ei ii"),
)
_ROMANIAN_NOUNS: Final = (
    Row(becomes="i ii ilor uri urile urilor e ele elor", after="consonant"),
    Row(ends="d", becomes=on("z", "i ii ilor")),
    Row(ends="u", becomes="i ii ilor"),
    Row(becomes="ri rile rilor", after="u"),
    Row(ends="ă", becomes="ei e ele elor i ii ile ilor"),
    Row(ends="e", becomes="a ea ei i ii ile ilor ele elui"),
    # in the plural, with the article: alegeri, alegerile
    Row(becomes="le lor", after="i"),
    Row(ends="u", becomes="ile e ele elor"),
    Row(ends="il", becomes="ii iii iilor"),
    Row(ends="al", becomes="ai aii ailor"),
    Row(ends="dă", becomes=on("z", "i ii ile ilor")),
    # o and oa: avion, avioane; război, războaie; școală, școli; viață, vieți
    *(Row(ends=f"o{last}", becomes=on(f"oa{last}", "e ele elor")) for last in "bcdglnprst"),
    Row(ends="oi", becomes=on("oai", "e ele elor")),
    *(Row(ends=f"oa{last}", becomes=on(f"o{last[0]}", "i ii ile ilor")) for last in ("lă", "re", "mă", "dă", "tă")),
    Row(ends="iață", becomes=on("ieț", "i ii ile ilor e ele elor")),
    Row(ends="om", becomes=on("oamen", "i ii ilor")),
    # dimineață, dimineți; seară, seri; africană, africane
    *(Row(ends=f"ea{last}ă", becomes=on(f"e{last}", "i ii ile ilor e ele elor")) for last in "ntr"),
    Row(ends="eie", becomes="ei eile eii eilor"),
    Row(ends="ean", becomes=on("en", "i ii ilor")),
    Row(ends="masă", becomes=on("mes", "e ele elor")),
    Row(ends="eață", becomes=on("eț", "i ii ile ilor")),
)
# Mării Negre
_ROMANIAN_ATTRIBUTES: Final = (
    Row(ends="ă", becomes="e i"),
    Row(ends="eagră", becomes="egre"),
    Row(ends="eană", becomes="ene eni"),
    Row(becomes="i e ilor elor", after="consonant"),
)

NAMES: Final[dict[str, tuple[Row, ...]]] = {"ro": _ROMANIAN}

NOUNS: Final[dict[str, tuple[Row, ...]]] = {
    "fr": _FRENCH,
    "es": _SPANISH,
    "pt": _PORTUGUESE,
    "gl": _GALICIAN,
    "ca": _CATALAN,
    "it": _ITALIAN,
    "ro": _ROMANIAN_NOUNS,
}

ATTRIBUTES: Final[dict[str, tuple[Row, ...]]] = {"ro": _ROMANIAN_ATTRIBUTES}
