"""Endings of Hungarian, Finnish and Estonian, by language. Data only. Each has many, in layers: one is written on to another."""

from __future__ import annotations

from typing import Final

from monitor.match.tables.shape import Row, each_on, on

# Rounds, Hungarian: An Essential Grammar (2001), chs. 4–8. The long á, é of Moszkvában, Belgában are folded.
# y is no vowel but half a letter: járvány, járványok
_HUNGARIAN_CONSONANT: Final = "C|[glnt]y"
_HUNGARIAN_CASES: Final = "ban ben ba be ból ből ról ről tól től nak nek hoz hez höz ra re nál nél ig ért ként"
_HUNGARIAN: Final = (
    Row(becomes=f"{_HUNGARIAN_CASES} n t ék éket éknak éknek ul ül stul stül"),
    Row(becomes="i beli iak iek", is_small=True),
    Row(becomes="on en ön ot et öt at +al +el +á +é", after=_HUNGARIAN_CONSONANT),
    # Győrött, Pécsett
    Row(becomes="ott ett ött", after="[rcs]"),
    Row(becomes="val vel vá vé", after="vowel"),
    # a double letter is doubled by its first half: Párizs, Párizzsal
    *(Row(ends=letter, becomes=on(f"{letter[0]}{letter}", "al el á é")) for letter in ("sz", "zs", "cs", "gy", "ly", "ny", "ty")),
)
_HUNGARIAN_AFTER_CONSONANT: Final = f"{_HUNGARIAN_CASES} on en ön at et ot öt ul ül"
_HUNGARIAN_NOUNS: Final = (
    # drónok, drónokkal; városaink, városainkban
    Row(becomes=each_on("ok ek ök ak", f"∅ kal kel ká ké {_HUNGARIAN_AFTER_CONSONANT}"), after=_HUNGARIAN_CONSONANT),
    Row(becomes=on("k", f"∅ kal kel ká ké {_HUNGARIAN_AFTER_CONSONANT}"), after="vowel"),
    Row(becomes=each_on("a e ja je", f"∅ t n val vel {_HUNGARIAN_CASES} k k{' k'.join(_HUNGARIAN_AFTER_CONSONANT.split())}")),
    Row(becomes=each_on("i ai ei jai jei", f"∅ t n val vel k {_HUNGARIAN_CASES}")),
    Row(
        becomes=each_on("unk ünk aink eink jaink jeink uk ük aik eik juk jük", f"∅ kal kel {_HUNGARIAN_AFTER_CONSONANT}"),
        after=_HUNGARIAN_CONSONANT,
    ),
    # the last vowel falls out: étterem, éttermek; dolog, dolgok
    *(
        Row(
            ends=f"{vowel}{last}",
            becomes=each_on(
                f"{last}a {last}e {last}o", f"∅ t k kat ket i {_HUNGARIAN_CASES} k{' k'.join(_HUNGARIAN_CASES.split())}"
            ),
            after="consonant",
        )
        for vowel, last in ("em", "om", "og", "or", "er", "ol", ("o", "ly"))
    ),
    # falu, falvak; tó, tavak
    *(
        Row(ends=ends, becomes=each_on(f"{stem}ak {stem}a", f"∅ t at {_HUNGARIAN_AFTER_CONSONANT}"))
        for ends, stem in (("falu", "falv"), ("tó", "tav"), ("szó", "szav"), ("hó", "hav"))
    ),
    Row(becomes=each_on("nk ink juk jük ik", f"∅ kal kel {_HUNGARIAN_AFTER_CONSONANT}"), after="vowel"),
)

# Karlsson, Finnish: An Essential Grammar (1999), chs. 4–12. ä, ö are folded, and with them the harmony of vowels.
_FINNISH_WEAK: Final = "n ssa sta lla lle lta ksi tta t"
_FINNISH_STRONG: Final = "a ta na seen"
_FINNISH_CASES: Final = f"{_FINNISH_WEAK} {_FINNISH_STRONG}"
_ALSO: Final = "∅ kin kaan ko han"
_FINNISH_PEOPLE: Final = each_on(
    "lai", "nen set sen sten sia sille silla silta sissa sista siin sesta sessa selle selta sena seksi"
)
_FINNISH_GRADES: Final = (
    *(("nk", "ng"), ("nt", "nn"), ("mp", "mm"), ("lt", "ll"), ("rt", "rr"), ("kk", "k"), ("pp", "p"), ("tt", "t"), ("ht", "hd")),
    *(("rk", "r"), ("lk", "l")),
)
_FINNISH: Final = (
    Row(becomes=each_on("i", f"{_FINNISH_WEAK} a na in inkin nkin"), after="consonant"),
    Row(becomes=each_on(_FINNISH_CASES, _ALSO), after="vowel"),
    # into a place the last vowel is doubled: Kiovaan
    Row(becomes=each_on("+n", _ALSO), after="vowel"),
    Row(becomes="hun hyn hon hön han hän hin", after="V[uoaiy]"),
    Row(becomes=_FINNISH_PEOPLE, after="vowel", is_small=True),
    Row(becomes=each_on("i", _FINNISH_PEOPLE), after="consonant", is_small=True),
    # the grades of consonants: Helsinki, Helsingin; Turku, Turun
    *(
        Row(ends=f"{strong}{vowel}", becomes=on(f"{weak}{vowel}", _FINNISH_WEAK))
        for strong, weak in _FINNISH_GRADES
        for vowel in "aeiouy"
    ),
    *(Row(ends=f"t{vowel}", becomes=on(f"d{vowel}", _FINNISH_WEAK), after="vowel") for vowel in "aeiouy"),
    *(Row(ends=f"p{vowel}", becomes=on(f"v{vowel}", _FINNISH_WEAK), after="V|[lr]") for vowel in "aeiouy"),
    *(Row(ends=f"k{vowel}", becomes=on(vowel, _FINNISH_WEAK), after="vowel") for vowel in "aou"),
    # Yhdysvallat, Yhdysvalloissa; Alpit, Alpeilla
    Row(ends="llat", becomes=f"ltain ltojen ltoja ltoihin {on('lloi', 'ssa sta lla lle lta ksi')}"),
    Row(ends="nnat", becomes=f"ntien ntia ntiin {on('nni', 'ssa sta lla lle lta ksi')}"),
    Row(ends="it", becomes=on("e", "ja jen ihin issa ista illa ille ilta")),
    Row(becomes="ta", after="[auyieo]s"),
    # Lahti, Lahden; Suomi, Suomen
    Row(ends="hti", becomes=on("hde", _FINNISH_WEAK)),
    Row(ends="si", becomes=on("de", _FINNISH_WEAK)),
    Row(ends="ki", becomes=on("e", _FINNISH_WEAK), after="vowel"),
    Row(ends="i", becomes=on("e", f"{_FINNISH_CASES} en nkin ssakin"), after="[mnrtkv]"),
    Row(ends="i", becomes="ta", after="[nr]"),
    Row(ends="mpi", becomes=on("mme", _FINNISH_WEAK)),
    # Tampere, Tampereen
    Row(becomes=on("e", f"{_FINNISH_CASES} seen"), after="e"),
    # Virtanen, Virtasen
    Row(
        ends="nen",
        becomes=on("s", f"ta ten {' '.join('e' + case for case in _FINNISH_CASES.split())} een ia ille illa ilta issa ista iin"),
    ),
    *(Row(ends=f"{vowel}s", becomes=on(f"{vowel}kse", f"{_FINNISH_CASES} en")) for vowel in "auyieo"),
    *(Row(ends=f"{vowel}s", becomes=on(f"{vowel}{vowel}", _FINNISH_CASES)) for vowel in "ai"),
)
_FINNISH_PLURALS: Final = "issa ista illa ille ilta ina iksi itta in ihin"
_FINNISH_NOUNS: Final = (
    Row(becomes=f"ja jen {_FINNISH_PLURALS}", after="vowel"),
    Row(ends="i", becomes=f"eja ejen eita eiden ien {on('e', _FINNISH_PLURALS)}"),
    Row(ends="a", becomes=f"oja ojen oita oiden ia ien {_FINNISH_PLURALS} {on('o', _FINNISH_PLURALS)}"),
    Row(becomes="ita iden itten", after="[aeo]"),
    Row(ends="s", becomes="ita iden issa ista illa ille", after="[ai]"),
    Row(ends="ki", becomes=f"keja kien {on('ge', 'issa ista illa ille ilta')}"),
    *(Row(ends=f"{strong}i", becomes=on(f"{weak}e", "issa ista illa ille ilta")) for strong, weak in _FINNISH_GRADES),
    *(Row(ends=f"{vowel}s", becomes=on(f"{vowel}ksi", "a en in ssa sta lla lle lta ksi na")) for vowel in "aeiouy"),
    Row(becomes="ten", after="[eiouy]s"),
    *(Row(ends=f"{vowel}{vowel}s", becomes=on(f"{vowel}{vowel}", "den tta dessa desta delle teen det")) for vowel in "uy"),
    *(Row(ends=f"{vowel}{vowel}s", becomes=on(f"{vowel}{vowel}ksi", "a en in ssa sta")) for vowel in "uy"),
    Row(ends="si", becomes=f"tta teen tena sta {on('se', f'{_FINNISH_CASES} en')}"),
    # tuli, tulen, tulta
    Row(ends="li", becomes=f"lta {on('le', f'{_FINNISH_CASES} en')}"),
    # rokote, rokotteen; sade, sateen; liikenne, liikenteen
    *(
        Row(ends=f"{weak}e", becomes=on(f"{strong}e", f"en et {_FINNISH_CASES} ita iden itten issa ista illa ille ilta isiin"))
        for weak, strong in (
            ("t", "tt"),
            ("k", "kk"),
            ("p", "pp"),
            ("d", "t"),
            ("nn", "nt"),
            ("rr", "rt"),
            ("ll", "lt"),
            ("v", "p"),
        )
    ),
    Row(ends="lapsi", becomes=f"lasten {on('lapse', _FINNISH_CASES)} {on('laps', 'ia ien')} {on('laps', _FINNISH_PLURALS)}"),
    Row(
        ends="mies", becomes=f"miesten miesta {on('miehe', _FINNISH_CASES)} {on('mieh', 'ia ien')} {on('mieh', _FINNISH_PLURALS)}"
    ),
    # in the plural: vaalit, neuvottelut, joukot, kisat, pakolaiset, levottomuudet
    Row(ends="it", becomes="ien"),
    Row(ends="t", becomes=f"ja jen ita iden {_FINNISH_PLURALS}", after="[uyo]"),
    *(
        Row(ends=f"{weak}{vowel}t", becomes=on(f"{strong}{vowel}", "ja jen ihin"))
        for strong, weak in _FINNISH_GRADES
        for vowel in "uyo"
    ),
    Row(ends="at", becomes=f"ia ien oja ojen {_FINNISH_PLURALS} {on('o', _FINNISH_PLURALS)}"),
    Row(ends="set", becomes=on("s", f"ten ia ien {_FINNISH_PLURALS}")),
    Row(ends="det", becomes=on("ks", f"ia ien {_FINNISH_PLURALS}")),
    # whose it is, as in hyökkäyksensä
    Row(becomes="nsa mme nsä", after="vowel"),
)
_FINNISH_ATTRIBUTES: Final = (Row(ends="i", becomes=on("e", f"{_FINNISH_CASES} en")),)

# Erelt (ed.), Estonian Language (2003), part 2. All cases but two are written on to the genitive, which ends in some vowel.
_ESTONIAN_CASES: Final = "s st l lt le sse ga ks ni na ta d t"
_ESTONIAN: Final = (
    Row(becomes=each_on("a e i u", f"∅ {_ESTONIAN_CASES}"), after="consonant"),
    Row(becomes=_ESTONIAN_CASES, after="vowel"),
    *(Row(ends=f"{last}{last}", becomes=each_on(f"{last}i {last}u {last}a", f"∅ {_ESTONIAN_CASES}")) for last in "ptk"),
    Row(becomes="t", after="[aeiou]s"),
    # the grades: Liit, Liidu
    *(
        Row(ends=strong, becomes=each_on(f"{weak}i {weak}u {weak}a", f"∅ {_ESTONIAN_CASES}"), after="VV|[lnr]")
        for strong, weak in (("t", "d"), ("k", "g"), ("p", "b"))
    ),
    Row(ends="i", becomes=on("e", f"∅ {_ESTONIAN_CASES}"), after="[mnlrk]"),
)
_ESTONIAN_NOUNS: Final = (
    Row(becomes=each_on("ide ite te", f"∅ {_ESTONIAN_CASES}")),
    Row(becomes=each_on("ade ude ede ate ute ete", f"∅ {_ESTONIAN_CASES}"), after="consonant"),
    Row(becomes="e id aid eid uid", after="consonant"),
    Row(becomes=f"id sid de {on('de', _ESTONIAN_CASES)}", after="vowel"),
    Row(ends="ne", becomes="st"),
    Row(ends="ne", becomes=each_on("se ste", f"∅ {_ESTONIAN_CASES}")),
    Row(ends="sed", becomes=f"si {on('ste', f'∅ {_ESTONIAN_CASES}')}"),
    Row(ends="ik", becomes="ikku ikke"),
    # minister, ministri; piirkond, piirkonna; koht, koha; nälg, nälja; rahvas, rahva; sõda, sõja; mees, mehe
    *(
        Row(ends=ends, becomes=each_on(stems, f"∅ {_ESTONIAN_CASES} te {on('te', _ESTONIAN_CASES)}"))
        for ends, stems in (
            *(("er", "ri"), ("nd", "nni nnu"), ("and", "anna"), ("ond", "onna"), ("end", "enna"), ("hind", "hinna")),
            # but koht is not kohe, "at once"
            *(("oht", "oha ohu"), ("eht", "ehe"), ("aht", "ahe ahi"), ("uht", "uhi uha")),
            *(("lg", "lja lje"), ("as", "a"), ("sõda", "sõja")),
            *(("mees", "mehe"), ("kohus", "kohtu")),
        )
    ),
    Row(ends="laps", becomes=f"lapsi {on('laste', f'∅ {_ESTONIAN_CASES}')}"),
    Row(ends="mees", becomes=f"meest mehi {on('meeste', f'∅ {_ESTONIAN_CASES}')}"),
    Row(ends="us", becomes=each_on("use uste", f"∅ {_ESTONIAN_CASES}")),
)

NAMES: Final[dict[str, tuple[Row, ...]]] = {"hu": _HUNGARIAN, "fi": _FINNISH, "et": _ESTONIAN}
NOUNS: Final[dict[str, tuple[Row, ...]]] = {"hu": _HUNGARIAN_NOUNS, "fi": _FINNISH_NOUNS, "et": _ESTONIAN_NOUNS}
ATTRIBUTES: Final[dict[str, tuple[Row, ...]]] = {"fi": _FINNISH_ATTRIBUTES}
