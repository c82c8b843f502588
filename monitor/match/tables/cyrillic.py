"""Endings of the Slavic languages that are written in Cyrillic letters, by language. Data only. ё is folded to е."""

from __future__ import annotations

from typing import Final

from monitor.match.tables import turkic
from monitor.match.tables.shape import ANY, Row, on
from monitor.match.tables.slavic import SERBO_CROATIAN, SERBO_CROATIAN_ATTRIBUTES, SERBO_CROATIAN_NOUNS

# Wade, A Comprehensive Russian Grammar (3rd ed., 2011), chs. 2–6; fleeting vowels after Zaliznyak, Grammatičeskij slovar'
# russkogo jazyka (1977). Surnames in -ов and -ин take -ым and -ой; those in -ский are adjectives.
_RUSSIAN_HARD: Final = "а у ом е ы и ов ам ами ах"
_RUSSIAN_SOFT: Final = "я ю ем е и ей ям ями ях"
_RUSSIAN: Final = (
    Row(becomes=_RUSSIAN_HARD, after="consonant"),
    Row(becomes="ем ев ей", after="[жчшщц]"),
    # surnames; but домой is "homewards"
    Row(becomes="ой ою ым ых", after="[ое]в|[иы]н"),
    Row(becomes="ск ский ская ское ского ской скому ским скую ские ских скими ском", after="consonant", is_small=True),
    Row(becomes="ий ая ое ого ой ому им ом ую ие их ими", after="ск", is_small=True),
    # the fleeting vowel: Орёл, Орла; Череповец, Череповца; Елец, Ельца; боец, бойца
    Row(ends="ец", becomes=on("ц", f"{_RUSSIAN_HARD} ем ев"), after="C"),
    Row(ends="ец", becomes=on("йц", f"{_RUSSIAN_HARD} ем ев"), after="V"),
    Row(ends="лец", becomes=on("льц", f"{_RUSSIAN_HARD} ем ев")),
    Row(ends="ок", becomes=on("к", _RUSSIAN_HARD), after="C"),
    Row(ends="ек", becomes=on("к", _RUSSIAN_HARD), after="C"),
    Row(ends="ек", becomes=on("ьк", _RUSSIAN_HARD), after="[лнр]"),
    Row(ends="ел", becomes=on("л", _RUSSIAN_HARD), after="C"),
    Row(ends="ол", becomes=on("л", _RUSSIAN_HARD), after="C"),
    Row(ends="ень", becomes=on("н", _RUSSIAN_SOFT), after="C"),
    Row(ends="оть", becomes=on("т", _RUSSIAN_SOFT), after="C"),
    Row(ends="онь", becomes=on("н", _RUSSIAN_SOFT), after="C"),
    Row(ends="овь", becomes=on("в", "и ью ей ям ями ях"), after="C"),
    *(Row(ends=f"ле{last}", becomes=on(f"ль{last}", _RUSSIAN_HARD)) for last in "вд"),
    Row(ends="а", becomes="ы и у е ой ою ей ею"),
    Row(ends="я", becomes="и ю е ей ею"),
    Row(ends="ь", becomes=f"{_RUSSIAN_SOFT} ью"),
    Row(ends="й", becomes="я ю ем е и ев ям ями ях"),
    Row(ends="о", becomes="а у ом е"),
    # Море, моря; Поволжье, Поволжьем
    Row(ends="е", becomes="я ю ем и"),
    Row(ends="ще", becomes="ща щу щем"),
    Row(ends="це", becomes="ца цу цем"),
    # names in the plural: Карпаты, Карпат; Великие Луки, Лук; Химки, Химок
    Row(ends="ы", becomes="∅ ов ам ами ах"),
    Row(ends="и", becomes="∅ ов ам ами ах ей", after="[кгхжшчщ]"),
    Row(ends="ки", becomes="ок ек", after="C"),
    Row(ends="ьки", becomes="ек"),
    # names that are adjectives: Грозный, Набережная, Толстой, Великие
    Row(ends="ый", becomes="ого ому ым ом ая ой ую ое ые ых ыми"),
    Row(ends="ой", becomes="ого ому ым ом ая ую ое ые ых ыми", after="consonant"),
    Row(ends="ий", becomes="ого ому им ом его ему ем ая ой ую ое ие их ими"),
    Row(ends="ая", becomes="ой ую ою ые ых"),
    Row(ends="яя", becomes="ей юю"),
    Row(ends="ое", becomes="ого ому ым ом им"),
    Row(ends="ее", becomes="его ему им ем"),
    Row(ends="ые", becomes="ых ым ыми"),
    Row(ends="ие", becomes="их им ими ия ию ием ии"),
    # Иванова, Ивановой
    Row(ends="а", becomes="ых", after="[ое]в|ин"),
)
_RUSSIAN_NOUNS: Final = (
    Row(ends="а", becomes="∅ ам ами ах"),
    Row(ends="ка", becomes="ок ек", after="C"),
    Row(ends="ьба", becomes="еб"),
    Row(ends="я", becomes="ь ям ями ях й ей"),
    Row(ends="ня", becomes="ен ень онь", after="C"),
    Row(ends="ра", becomes="ер", after="C"),
    Row(ends="ьма", becomes="ем"),
    Row(ends="йка", becomes="ек"),
    Row(ends="ьги", becomes="ег"),
    *(Row(ends=ends, becomes="ей") for ends in ("ья", "ье")),
    Row(ends="ер", becomes=on("р", _RUSSIAN_HARD), after="[тп]"),
    Row(ends="ля", becomes="ель", after="C"),
    Row(ends="о", becomes="∅ ам ами ах"),
    Row(ends="ло", becomes="ел", after="C"),
    Row(ends="но", becomes="он ен", after="C"),
    Row(ends="ьмо", becomes="ем"),
    Row(ends="е", becomes="ей й ям ями ях"),
    Row(ends="ще", becomes="щ щам щами щах"),
    Row(ends="и", becomes="ей ям ями ях ов ам ами ах й"),
    Row(becomes="ья ьев ьям ьями ьях", after="[тв]"),
    Row(ends="нин", becomes="не н нам нами нах"),
    Row(ends="судно", becomes="суда судов судам судами судах"),
    Row(ends="ребенок", becomes="дети детей детям детьми детях"),
    Row(ends="мя", becomes="мени менем мена мен менам"),
)

_UKRAINIAN_HARD: Final = "а у ові ом і и ів ам ами ах"
_UKRAINIAN_SOFT: Final = "я ю еві ем і ів їв ей ям ями ях"
# Pugh & Press, Ukrainian: A Comprehensive Grammar (1999), chs. 2–4.
_UKRAINIAN: Final = (
    Row(becomes=_UKRAINIAN_HARD, after="consonant"),
    Row(becomes="ем еві ей", after="[жчшщц]"),
    Row(becomes="ою ої ій им их", after="[оеєї]в|[иії]н"),
    Row(becomes="ський ська ське ського ській ську ською ським ському ські ських ськими", after="consonant", is_small=True),
    Row(becomes="ий а е ого ої ій у ою им ому і их ими", after="[сц]ьк", is_small=True),
    # the vowel of a closed syllable: Київ, Києва; Харків, Харкова; Ріг, Рогу, Розі
    Row(ends="їв", becomes="єва єву євом єві"),
    *(
        Row(ends=f"і{last}", becomes=f"{on(f'о{last}', _UKRAINIAN_HARD)} {on(f'е{last}', _UKRAINIAN_HARD)}")
        for last in "бвгджзклмнпрстх"
    ),
    Row(ends="іч", becomes=f"{on('оч', 'і ей ам ами ах')} {on('еч', 'і ей ам ами ах')}"),
    Row(ends="ість", becomes="ості остей остям остями остях"),
    *(Row(ends=f"і{last}ь", becomes=f"{on(f'о{last}', _UKRAINIAN_SOFT)} {on(f'е{last}', _UKRAINIAN_SOFT)}") for last in "лнст"),
    Row(ends="іст", becomes=on("ост", _UKRAINIAN_HARD)),
    Row(ends="іг", becomes="озі"),
    Row(ends="к", becomes="ці"),
    Row(ends="г", becomes="зі"),
    Row(ends="х", becomes="сі"),
    # the fleeting vowel: Чернець, Черця; боєць, бійця
    Row(ends="ець", becomes=on("ц", _UKRAINIAN_SOFT), after="C"),
    Row(ends="лець", becomes=on("льц", _UKRAINIAN_SOFT)),
    Row(ends="єць", becomes=on("йц", _UKRAINIAN_SOFT)),
    Row(ends="оєць", becomes=on("ійц", _UKRAINIAN_SOFT)),
    Row(ends="ок", becomes=on("к", _UKRAINIAN_HARD), after="C"),
    Row(ends="ень", becomes=on("н", _UKRAINIAN_SOFT), after="C"),
    Row(ends="онь", becomes=on("н", _UKRAINIAN_SOFT), after="C"),
    Row(ends="ель", becomes=on("л", _UKRAINIAN_SOFT), after="C"),
    Row(ends="ел", becomes=on("л", _UKRAINIAN_HARD), after="C"),
    Row(ends="ія", becomes="ії ію ією"),
    Row(ends="а", becomes="и і у ою ей ею о"),
    Row(ends="ка", becomes="ці"),
    Row(ends="га", becomes="зі"),
    Row(ends="ха", becomes="сі"),
    Row(ends="я", becomes="і ю ею єю ї є ям"),
    # a doubled consonant before -ю: Прип'яттю
    Row(ends="ь", becomes=f"{_UKRAINIAN_SOFT} єм"),
    *(Row(ends=f"{last}ь", becomes=f"{last}{last}ю") for last in "тснлзцд"),
    Row(becomes="+ю", after="[жчш]"),
    Row(becomes="ю", after="[бпвмфщ]|[рс]т|C[жчш]"),
    Row(ends="й", becomes="я ю єм ї єві ї їв ям ями ях"),
    Row(ends="о", becomes="а у ом і ові"),
    Row(ends="е", becomes="я ю ем і ого ому им ім"),
    # names in the plural: Суми, Сум; Чернівці, Чернівців
    Row(ends="и", becomes="∅ ів ам ами ах", after="consonant"),
    Row(ends="і", becomes="ів ей ям ями ях ам ами ах", after="[цнрхгкчш]"),
    # names that are adjectives
    Row(ends="ий", becomes="ого ому им ім а у ої ій ою і их ими е"),
    Row(ends="ій", becomes="ього ьому ім я ю ьої ьою і іх"),
    Row(ends="а", becomes="ої ій их", after="[ннвкзчрл]"),
)
_UKRAINIAN_NOUNS: Final = (
    Row(ends="а", becomes="∅ ам ами ах"),
    Row(ends="ка", becomes="ок", after="C"),
    Row(ends="я", becomes="ь ями ях й"),
    Row(ends="о", becomes="∅ ам ами ах"),
    Row(ends="ло", becomes="ел", after="C"),
    Row(ends="но", becomes="он ен", after="C"),
    Row(ends="е", becomes="ь ям ями ях ів"),
    Row(ends="ще", becomes="щ ща щу щем щі щам щами щах"),
    Row(ends="нин", becomes="ни н нам нами нах"),
    Row(ends="ня", becomes="ень", after="C"),
    Row(ends="ля", becomes="ель", after="C"),
    Row(ends="ійна", becomes="оєн"),
    # о and е of an open syllable: школа, шкіл; село, сіл
    *(Row(ends=f"о{last}а", becomes=f"і{last}") for last in "бгзлнр"),
    # but of вода and мова it is not від
    Row(ends="ова", becomes="ів", after="VC"),
    *(Row(ends=f"е{last}о", becomes=f"і{last}") for last in "лрс"),
    *(Row(ends=f"{last}а", becomes=becomes, after="C") for last, becomes in (("р", "ер"), ("м", "ем"), ("в", "ов"))),
    Row(ends="ії", becomes="ій іями іям іях"),
    Row(ends="о", becomes="и ів"),
    Row(ends="я", becomes="ів їв"),
    Row(ends="лід", becomes=on("льод", "у ом і и ів")),
    Row(ends="дитина", becomes="діти дітей дітям дітьми дітях"),
    Row(ends="ття", becomes="ть"),
    Row(ends="ння", becomes="нь"),
    Row(ends="і", becomes="ів їв ей ь ям ями ях"),
)
_UKRAINIAN_ATTRIBUTES: Final = (
    Row(ends="а", becomes="ої ій у ою і их ими"),
    Row(ends="е", becomes="ого ому им ім і их"),
    Row(ends="і", becomes="их им ими"),
    Row(ends="я", becomes="ьої ій ю ьою"),
)

_BELARUSIAN_HARD: Final = "а у ам ом е ы і аў оў ам амі ах"
_BELARUSIAN_SOFT: Final = "я ю ем і яў ёў ям ямі ях"
# Mayo, A Grammar of Byelorussian (1976).
_BELARUSIAN: Final = (
    Row(becomes=f"{_BELARUSIAN_HARD} ым ай ых", after="consonant"),
    Row(becomes="скі ская скае скага скай скаму скім скую скія скіх скімі", after="consonant", is_small=True),
    Row(becomes="і ая ае ага ай аму ім ую ія іх імі", after="[сц]к", is_small=True),
    Row(ends="ец", becomes=on("ц", "а у ам ы аў амі ах"), after="C"),
    Row(ends="ок", becomes=on("к", "а у ам і аў амі ах"), after="C"),
    Row(ends="ень", becomes=on("н", _BELARUSIAN_SOFT), after="C"),
    Row(ends="онь", becomes=on("н", _BELARUSIAN_SOFT), after="C"),
    Row(ends="т", becomes="це"),
    Row(ends="д", becomes="дзе"),
    Row(ends="р", becomes="ры"),
    # stressed о is unstressed а: Магілёў, Магілёва
    Row(ends="ў", becomes=on("в", _BELARUSIAN_HARD)),
    Row(ends="а", becomes="ы і у е ай аю ой ою"),
    Row(ends="ка", becomes="цы кам"),
    Row(ends="га", becomes="зе"),
    Row(ends="ха", becomes="се"),
    Row(ends="та", becomes="це"),
    Row(ends="да", becomes="дзе"),
    Row(ends="я", becomes="і ю яй ею ёй і"),
    Row(ends="ь", becomes=_BELARUSIAN_SOFT),
    *(Row(ends=f"{last}ь", becomes=f"{last}{last}ю") for last in "цснлз"),
    Row(ends="дзь", becomes="ддзю"),
    Row(ends="й", becomes="я ю ем і яў ям ямі ях"),
    Row(ends="о", becomes="а у ом е"),
    Row(ends="е", becomes="я ю ем і"),
    Row(ends="ы", becomes="∅ аў ам амі ах ага аму ым ай ую ых ымі", after="consonant"),
    Row(ends="і", becomes="ага аму ім ай ую іх імі", after="к"),
    Row(ends="ая", becomes="ай ую аю"),
    Row(ends="ае", becomes="ага аму ым ім"),
    Row(ends="ыя", becomes="ых ым ымі"),
)
_BELARUSIAN_NOUNS: Final = (
    Row(ends="а", becomes="∅ аў ам амі ах"),
    Row(ends="ка", becomes="ак", after="C"),
    Row(ends="я", becomes="ь яў ям ямі ях й"),
    Row(ends="е", becomes="яў ям ямі ях"),
    Row(ends="ва", becomes="ў"),
    # загінулы, загінулыя
    Row(ends="ы", becomes="ыя"),
    Row(ends="дзіця", becomes="дзеці дзяцей дзецям дзецьмі дзецях"),
    Row(ends="горад", becomes=on("гарад", "ы оў ам амі ах")),
    Row(ends="дзень", becomes="дня дню днём дні дзён днямі днях"),
)
_BELARUSIAN_ATTRIBUTES: Final = (
    Row(ends="а", becomes="ам ы"),
    Row(ends="ра", becomes="ры"),
    Row(ends="ія", becomes="іх ім імі"),
)

# Alexander (see slavic.py): the same rows in the other letters.
_TO_CYRILLIC: Final = str.maketrans(dict(zip("abcčćdđefghijklmnoprsštuvzž∅ ", "абцчћдђефгхијклмнопрсштувзж∅ ", strict=True)))
_LIGATURES: Final = (("nj", "њ"), ("lj", "љ"), ("dž", "џ"))


def _spelled(text: str) -> str:
    for latin, cyrillic in _LIGATURES:
        text = text.replace(latin, cyrillic)
    return text.translate(_TO_CYRILLIC)


_NAMED: Final = ("any", "consonant", "vowel")


def _in_cyrillic(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    return tuple(
        Row(
            ends=_spelled(row.ends),
            becomes=_spelled(row.becomes),
            after=row.after if row.after in _NAMED else _spelled(row.after),
            is_small=row.is_small,
        )
        for row in rows
    )


_SERBIAN: Final = _in_cyrillic(SERBO_CROATIAN)

# Bulgarian and Macedonian have no cases but an article, and a plural. Leafgren, A Concise Bulgarian Grammar (2011); Lunt, A
# Grammar of the Macedonian Literary Language (1952).
_BULGARIAN: Final = (
    Row(becomes="а ът ов ове овете от та то те и ите ия ият ят я", after="consonant"),
    Row(becomes="та то те", after="vowel"),
    Row(becomes="ски ска ско ските ската ското ския ският", after="consonant", is_small=True),
)
_BULGARIAN_NOUNS: Final = (
    Row(ends="а", becomes="и ите о"),
    Row(ends="я", becomes="и ите"),
    Row(ends="о", becomes="а ата"),
    Row(ends="е", becomes="та тата я ята"),
    Row(becomes="та тата", after="е"),
    Row(ends="к", becomes="ци ците"),
    Row(ends="г", becomes="зи зите"),
    Row(ends="х", becomes="си сите"),
    Row(ends="ец", becomes=on("ц", "и ите"), after="any"),
    Row(ends="ец", becomes=on("йц", "и ите"), after="V"),
    Row(ends="й", becomes="я ят и ите еве евете"),
    Row(ends="ин", becomes="и ите"),
    Row(becomes="ия ията ове овете ", after="consonant"),
    Row(becomes="е ете", after="ъж"),
    # училище, училища; дърво, дървета
    Row(ends="е", becomes="а ата", after="ищ"),
    Row(ends="о", becomes="ета етата"),
    Row(ends="ър", becomes=on("р", "и ите ове овете")),
    Row(ends="ен", becomes=on("н", "и ите")),
    Row(ends="дете", becomes="деца децата"),
    Row(ends="път", becomes="пътища пътищата"),
    Row(ends="съд", becomes="съдилища съдилищата"),
)
_BULGARIAN_ATTRIBUTES: Final = (
    Row(becomes="о а и ия ият иот ото ата ите", after="consonant"),
    Row(ends="о", becomes="ото ∅ а и"),
    Row(ends="и", becomes="ия ият иот ите"),
)
_MACEDONIAN: Final = (
    Row(becomes="а от ов он та то те и ите ови овите ова ово овата ово овото овиот", after="consonant"),
    Row(becomes="та ва на то во но те ве не", after="vowel"),
    Row(becomes="ски ска ско ските ската ското скиот", after="consonant", is_small=True),
)
_MACEDONIAN_NOUNS: Final = (
    Row(ends="ја", becomes="и ите"),
    Row(ends="а", becomes="и ите"),
    Row(ends="о", becomes="а ата"),
    Row(ends="е", becomes="иња ињата а ата"),
    Row(ends="к", becomes="ци ците"),
    Row(ends="г", becomes="зи зите"),
    Row(ends="ец", becomes=on("ц", "и ите"), after="any"),
    Row(ends="ин", becomes="и ите"),
    Row(becomes="еви евите", after="consonant"),
    *(Row(ends=ends, becomes=on("р", "и ите")) for ends in ("ер", "ар")),
    Row(ends="ј", becomes="и ите"),
    Row(ends="дете", becomes="деца децата"),
)

ENDINGS: Final[dict[str, tuple[Row, ...]]] = {
    ANY: (*_RUSSIAN, *_UKRAINIAN, *_SERBIAN),
    "ru": _RUSSIAN,
    "uk": (*_UKRAINIAN, *_RUSSIAN),
    "be": _BELARUSIAN,
    "sr": _SERBIAN,
    "bg": _BULGARIAN,
    "mk": _MACEDONIAN,
    **turkic.CYRILLIC,
}
COMMON_NOUNS: Final[dict[str, tuple[Row, ...]]] = {
    ANY: (*_RUSSIAN_NOUNS, *_UKRAINIAN_NOUNS),
    "ru": _RUSSIAN_NOUNS,
    "uk": _UKRAINIAN_NOUNS,
    "be": _BELARUSIAN_NOUNS,
    "sr": _in_cyrillic(SERBO_CROATIAN_NOUNS),
    "bg": _BULGARIAN_NOUNS,
    "mk": _MACEDONIAN_NOUNS,
    **turkic.CYRILLIC_NOUNS,
}
ATTRIBUTES: Final[dict[str, tuple[Row, ...]]] = {
    "uk": _UKRAINIAN_ATTRIBUTES,
    "be": _BELARUSIAN_ATTRIBUTES,
    "sr": _in_cyrillic(SERBO_CROATIAN_ATTRIBUTES),
    **dict.fromkeys(("bg", "mk"), _BULGARIAN_ATTRIBUTES),
}
