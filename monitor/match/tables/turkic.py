"""Endings of the Turkic languages, in Latin and in Cyrillic letters, and of Tajik, by language. Data only.

The endings are written in the order plural, whose, case; what a vowel is in them follows the vowels of the word. ı is folded to
i, ö to o, ü to u: of the four harmonies of Turkish two are left.
"""

from __future__ import annotations

from typing import Final

from monitor.match.tables.shape import Row, each_on, on

# In Latin letters y is one: köyün, Göyçayın.
_CONSONANT: Final = "C|y"

# Göksel & Kerslake, Turkish: A Comprehensive Grammar (2005), ch. 8. Names take an apostrophe, which is an edge by itself;
# headlines drop it, and so do other newsrooms. Not from names of four letters: Maliye is a ministry, and Karşı is "against".
_TURKISH_CASES: Final = "da de ta te dan den tan ten daki deki taki teki la le ca ce ça çe"
_TURKISH_OF_CONSONANT: Final = f"{_TURKISH_CASES} in un i u a e"
_TURKISH_OF_VOWEL: Final = f"{_TURKISH_CASES} nin nun yi yu ya ye yla yle nda nde ndan nden na ne ni nu ndaki ndeki"
_TURKISH_PEOPLE: Final = f"li lu {each_on('liler lilar luler lular', f'∅ {_TURKISH_OF_CONSONANT}')}"
_TURKISH: Final = (
    Row(becomes=f"{_TURKISH_PEOPLE} lik luk"),
    Row(becomes=f"{_TURKISH_CASES} dir dur tir tur ki ler lar", at_least=5),
    # of a people, without an apostrophe: Ruslar, Kürtlerin
    Row(becomes=each_on("lar ler", f"∅ {_TURKISH_OF_CONSONANT}"), after=_CONSONANT, at_least=3),
    Row(becomes=each_on("lar ler", f"{_TURKISH_OF_CONSONANT}"), at_least=5),
    Row(becomes=_TURKISH_OF_CONSONANT, after=_CONSONANT, at_least=5),
    Row(becomes=_TURKISH_OF_VOWEL, after="vowel", at_least=5),
)
_TURKISH_NOUNS: Final = (
    Row(becomes=f"{each_on('lar ler', f'∅ {_TURKISH_OF_CONSONANT}')} im um", after="any"),
    Row(becomes=each_on("larimiz lerimiz", f"∅ {_TURKISH_OF_CONSONANT}")),
    # the last vowel falls out: şehir, şehri
    *(
        Row(
            ends=f"{vowel}{last}",
            becomes=on(last, f"i u a e in un {on('i', _TURKISH_OF_VOWEL)} {on('u', _TURKISH_OF_VOWEL)}"),
            after="VC",
        )
        for vowel in "iu"
        for last in "lmnrz"
    ),
    # whose: füzesi, füzesinin, saldırıları, saldırılarında
    Row(becomes=each_on("i u lari leri", f"∅ {_TURKISH_OF_VOWEL}"), after=_CONSONANT),
    Row(becomes=each_on("si su lari leri", f"∅ {_TURKISH_OF_VOWEL}"), after="vowel"),
    *(
        Row(ends=hard, becomes=each_on(f"{soft}i {soft}u", f"∅ {_TURKISH_OF_VOWEL} n nin") + on(f" {soft}", "a e in un"))
        for hard, soft in (("k", "g"), ("ç", "c"), ("t", "d"), ("p", "b"))
    ),
)

# Householder & Lotfi, Basic Course in Azerbaijani (1965). Names take no apostrophe.
_AZERI_CASES: Final = "da də dan dən dakı dəki la lə dir dur ca cə"
_AZERI_OF_CONSONANT: Final = f"{_AZERI_CASES} in un i u a ə"
_AZERI_OF_VOWEL: Final = f"{_AZERI_CASES} nin nun ni nu ya yə na nə nda ndə ndan ndən ndakı ndəki"
_AZERI: Final = (
    Row(becomes=f"li lu lik luq liq {each_on('lar lər lilar lilər lular lulər', f'∅ {_AZERI_OF_CONSONANT}')}"),
    Row(becomes=_AZERI_OF_CONSONANT, after=_CONSONANT),
    Row(becomes=_AZERI_OF_VOWEL, after="vowel"),
)
_AZERI_NOUNS: Final = (
    Row(becomes=each_on("i u lari ləri", f"∅ {_AZERI_OF_VOWEL}"), after=_CONSONANT),
    Row(becomes=each_on("si su lari ləri", f"∅ {_AZERI_OF_VOWEL}"), after="vowel"),
    *(
        Row(ends=hard, becomes=each_on(f"{soft}i {soft}u", f"∅ {_AZERI_OF_VOWEL} n") + on(f" {soft}", "a ə in un"))
        for hard, soft in (("k", "y"), ("q", "ğ"), ("t", "d"))
    ),
)

# Muhamedowa, Kazakh: A Comprehensive Grammar (2015), ch. 2.
_KAZAKH_CASES: Final = (
    "ның нің дың дің тың тің ға ге қа ке на не ны ні ды ді ты ті да де та те дан ден тан тен нан нен мен бен пен "
    "дағы дегі тағы тегі нда нде ндағы ндегі"
)
_KAZAKH: Final = (
    Row(becomes=f"{_KAZAKH_CASES} лық лік дық дік тық тік"),
    Row(becomes=each_on("лар лер дар дер тар тер лықтар ліктер дықтар діктер тықтар тіктер", f"∅ {_KAZAKH_CASES}")),
)
_KAZAKH_NOUNS: Final = (
    Row(becomes=each_on("ы і лары лері дары дері тары тері", f"∅ {_KAZAKH_CASES} н на не нан нен"), after="consonant"),
    Row(becomes=each_on("сы сі лары лері", f"∅ {_KAZAKH_CASES} н на не нан нен"), after="vowel"),
    *(
        Row(ends=hard, becomes=each_on(f"{soft}ы {soft}і", f"∅ {_KAZAKH_CASES} н на не"))
        for hard, soft in (("қ", "ғ"), ("к", "г"), ("п", "б"))
    ),
)
# The Latin spellings of today: ы is y or ı (folded to i); ң, ғ and қ have marks or none.
_KAZAKH_LATIN: Final = tuple(
    Row(becomes=row.becomes.translate(str.maketrans("аеднтғгқкмбплрңіы", f"aedntggqkmbplrni{high}")))
    for row in _KAZAKH
    for high in "yi"
)

# Johanson & Csató (eds.), The Turkic Languages (1998): Kirghiz, Tatar.
_KYRGYZ_CASES: Final = (
    "нын нин нун нүн дын дин дун дүн тын тин тун түн га ге го гө ка ке ко кө на не но нө ны ни ну нү ды ди ду дү ты ти ту тү "
    "да де до дө та те то тө дан ден дон дөн тан тен тон төн нан нен нон нөн дагы деги догу дөгү тагы теги тогу төгү нда нде"
)
_KYRGYZ: Final = (
    Row(becomes=f"{_KYRGYZ_CASES} лык лик лук лүк дык дик дук дүк тык тик тук түк"),
    Row(becomes=each_on("лар лер лор лөр дар дер дор дөр тар тер тор төр", f"∅ {_KYRGYZ_CASES}")),
)
_KYRGYZ_NOUNS: Final = (
    Row(becomes=each_on("ы и у ү лары лери дары дери тары тери", f"∅ {_KYRGYZ_CASES} н на не"), after="consonant"),
    Row(becomes=each_on("сы си су сү лары лери", f"∅ {_KYRGYZ_CASES} н на не"), after="vowel"),
)
_TATAR_CASES: Final = (
    "ның нең га гә ка кә на нә ны не да дә та тә дан дән тан тән нан нән дагы дәге тагы тәге нда ндә ндагы ндәге"
)
_TATAR: Final = (
    Row(becomes=f"{_TATAR_CASES} лык лек"),
    Row(becomes=each_on("лар ләр нар нәр", f"∅ {_TATAR_CASES}")),
)
_TATAR_NOUNS: Final = (
    Row(becomes=each_on("ы е лары ләре нары нәре", f"∅ {_TATAR_CASES} н"), after="consonant"),
    Row(becomes=each_on("сы се лары ләре", f"∅ {_TATAR_CASES} н"), after="vowel"),
)

# Bodrogligeti, A Grammar of Modern Literary Uzbek (2003). No harmony: one ending each.
_UZBEK_CASES: Final = "ning ni ga da dan dagi cha gacha dek mi"
_UZBEK: Final = (
    Row(becomes=f"{_UZBEK_CASES} lik liklar"),
    Row(becomes="ka", after="[kg]"),
    Row(becomes="qa", after="q|g'"),
    Row(becomes=each_on("lar", f"∅ {_UZBEK_CASES} i ida idan iga ini ining")),
)
_UZBEK_NOUNS: Final = (
    Row(becomes=each_on("i lari", f"∅ {_UZBEK_CASES}"), after=_CONSONANT),
    Row(becomes=each_on("si", f"∅ {_UZBEK_CASES}"), after="vowel"),
    Row(ends="k", becomes=on("gi", f"∅ {_UZBEK_CASES}")),
    Row(ends="q", becomes=on("g'i", f"∅ {_UZBEK_CASES}")),
)
_UZBEK_CYRILLIC: Final = (
    Row(becomes="ка", after="[кг]"),
    Row(becomes="қа", after="[қғ]"),
    Row(becomes="нинг ни га да дан даги ча гача дек лик лар ларнинг ларни ларга ларда лардан лари ларида ларининг"),
)
_UZBEK_CYRILLIC_NOUNS: Final = (
    Row(becomes=on("и", "∅ нинг ни га да дан"), after="consonant"),
    Row(becomes=on("си", "∅ нинг ни га да дан"), after="vowel"),
)

# Perry, A Tajik Persian Reference Grammar (2005), ch. 2.
_TAJIK: Final = (Row(becomes="ро и ҳо ҳои ҳоро ҳоят ҳояш ҳоямон аш ам ат амон атон ашон ен"), Row(becomes="ву ю", after="any"))

LATIN: Final[dict[str, tuple[Row, ...]]] = {
    "tr": _TURKISH,
    "az": _AZERI,
    "uz": _UZBEK,
    "kk": _KAZAKH_LATIN,
}
LATIN_NOUNS: Final[dict[str, tuple[Row, ...]]] = {"tr": _TURKISH_NOUNS, "az": _AZERI_NOUNS, "uz": _UZBEK_NOUNS}
CYRILLIC: Final[dict[str, tuple[Row, ...]]] = {
    "kk": _KAZAKH,
    "ky": _KYRGYZ,
    "tt": _TATAR,
    "uz": _UZBEK_CYRILLIC,
    "tg": _TAJIK,
}
CYRILLIC_NOUNS: Final[dict[str, tuple[Row, ...]]] = {
    "kk": _KAZAKH_NOUNS,
    "ky": _KYRGYZ_NOUNS,
    "tt": _TATAR_NOUNS,
    "uz": _UZBEK_CYRILLIC_NOUNS,
}
