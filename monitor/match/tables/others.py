"""Endings in Greek, Georgian and Armenian letters. Data only."""

from __future__ import annotations

from typing import Final

from monitor.match.tables.shape import ANY, Row, on

# Holton, Mackridge & Philippaki-Warburton, Greek: A Comprehensive Grammar (2nd ed., 2012), part 2. Accents are folded.
_GREEK: Final = (
    Row(ends="ος", becomes="ου ο ον οι ους ων ε"),
    Row(ends="ας", becomes="α"),
    Row(ends="ης", becomes="η ες ων"),
    Row(ends="ους", becomes="ου"),
    Row(ends="ευς", becomes="εα εας εις εων"),
    Row(ends="α", becomes="ας ες ων αν"),
    Row(ends="η", becomes="ης ην ες ων εις εων"),
    Row(ends="ο", becomes="ου α ων"),
    Row(ends="ι", becomes="ιου ια ιων"),
    # names in the plural: Σέρρες, Σερρών; Δελφοί, Δελφών
    Row(ends="ες", becomes="ων"),
    Row(ends="οι", becomes="ων ους"),
    Row(becomes="ς ν", after="vowel"),
)
_GREEK_NOUNS: Final = (
    Row(ends="ας", becomes="ες ων"),
    Row(ends="μα", becomes="ματα ματος ματων"),
    Row(ends="ος", becomes="η ους ων"),
    Row(ends="ης", becomes="ηδες ηδων"),
    Row(ends="ση", becomes="σεως"),
    Row(ends="ας", becomes="αδες αδων"),
    Row(ends="ες", becomes="ε εδες εδων"),
)
_GREEK_ATTRIBUTES: Final = (
    Row(ends="ος", becomes="η ης α ας ες"),
    Row(ends="η", becomes="ος ο ου"),
    Row(ends="α", becomes="ος ο ου"),
    Row(ends="ο", becomes="η ης ος"),
)

# Aronson, Georgian: A Reading Grammar (1990), chs. 2–5. The nominative in -ი leaves its vowel to each ending.
_GEORGIAN_CASES: Final = "ის ს მა ით ად ში ზე თან იდან ისთვის ისკენ ამდე მდე მა სთან სა ისა ისგან ივით ისას თა"
_GEORGIAN: Final = (
    Row(becomes=f"ი {_GEORGIAN_CASES} {on('ებ', f'ი {_GEORGIAN_CASES}')}", after="consonant"),
    Row(ends="ი", becomes=f"∅ {_GEORGIAN_CASES} {on('ებ', f'ი {_GEORGIAN_CASES}')}"),
    Row(ends="ა", becomes="ის ამ ას აში აზე იდან ათი ასთან ისთვის ისკენ ამდე ისგან ად ისას ით"),
    # the last vowel falls out: წყალი, წყლის; მძევალი, მძევლები
    *(
        Row(ends=f"{vowel}{last}ი", becomes=on(last, f"ის ით ად ისას იდან {on('ებ', f'ი {_GEORGIAN_CASES}')}"), at_least=5)
        for vowel in "აეო"
        for last in "ლრნმ"
    ),
    Row(ends="ე", becomes="ის იდან ისთვის ისკენ ისგან"),
    Row(becomes="ს მ ში ზე სთან თი დან სთვის სკენ მდე სგან დ", after="vowel"),
    Row(ends="ა", becomes=on("ებ", f"ი {_GEORGIAN_CASES}")),
    Row(becomes=on("ებ", f"ი {_GEORGIAN_CASES}"), after="[ეოუ]"),
)
# Dum-Tragut, Armenian: Modern Eastern Armenian (2009), ch. 2.
_ARMENIAN_CASES: Final = "ի ում ից ով ը ն ին իս"
_ARMENIAN: Final = (
    Row(becomes=f"{_ARMENIAN_CASES} {on('ներ', f'∅ {_ARMENIAN_CASES}')} {on('եր', f'∅ {_ARMENIAN_CASES}')}"),
    Row(ends="ի", becomes="ու ուց ուն ով"),
    Row(ends="ա", becomes="այի այում այից այով"),
    Row(becomes="յի յում յից յով", after="[աո]"),
    Row(ends="ություն", becomes="ության ությանը"),
    Row(ends="ու", becomes="վի վում վից վով վին"),
    Row(ends="ում", becomes="ման մանը մանն մամբ"),
    Row(ends="մարդ", becomes=f"մարդիկ {on('մարդկան', '∅ ց ցից ցով')}"),
    Row(ends="ուրդ", becomes=on("րդ", _ARMENIAN_CASES)),
)

ENDINGS: Final[dict[str, dict[str, tuple[Row, ...]]]] = {
    "GREEK": {ANY: _GREEK},
    "GEORGIAN": {ANY: _GEORGIAN},
    "ARMENIAN": {ANY: _ARMENIAN},
}

COMMON_NOUNS: Final[dict[str, dict[str, tuple[Row, ...]]]] = {"GREEK": {ANY: _GREEK_NOUNS}}
ATTRIBUTES: Final[dict[str, dict[str, tuple[Row, ...]]]] = {"GREEK": {ANY: _GREEK_ATTRIBUTES}}
