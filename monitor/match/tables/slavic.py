"""Endings of the Slavic languages that are written in Latin letters, by language. Data only.

ę and ą, ó, ě, ů and the like are folded to their base letters, so that a stem which only changes its marks does not change here.
"""

from __future__ import annotations

from typing import Final

from monitor.match.tables.shape import Row, on

_POLISH_PLURAL: Final = "ów om ami ach"
_POLISH_MASCULINE: Final = f"a u owi em ie y i e {_POLISH_PLURAL}"
_POLISH_ADJECTIVE: Final = "ski ska skie skiego skiej skim skich skimi skiemu ską"

# Swan, A Grammar of Contemporary Polish (2002), chs. 3–6. Before -e of the locative k → c, g → dz, r → rz, t → ci, d → dzi.
_POLISH: Final = (
    Row(becomes=f"{_POLISH_MASCULINE} iem", after="consonant"),
    # soft at the end, though it isn't seen: Poznań, Poznania; Wrocław, Wrocławia
    Row(becomes="iu ia iowi iom iami iach", after="[nsczpbwmf]"),
    Row(becomes=_POLISH_ADJECTIVE, after="consonant", is_small=True),
    Row(becomes="i a ie iego iej im ich imi iemu ą", after="[sc]k", is_small=True),
    Row(ends="r", becomes="rze"),
    Row(ends="t", becomes="cie"),
    Row(ends="d", becomes="dzie"),
    # the fleeting vowel: Mielec, Mielca; Gródek, Gródka; Paweł, Pawła
    *(Row(ends=ends, becomes=on("c", _POLISH_MASCULINE), after="consonant") for ends in ("ec", "iec")),
    *(Row(ends=ends, becomes=on("k", f"iem {_POLISH_MASCULINE}"), after="consonant") for ends in ("ek", "iek")),
    *(Row(ends=f"e{last}", becomes=on(last, f"{_POLISH_MASCULINE} iem"), after="consonant") for last in "ln"),
    Row(ends="ień", becomes=on("ni", "a u em e owi")),
    Row(ends="er", becomes=on("r", _POLISH_MASCULINE), after="[dt]"),
    Row(ends="a", becomes="y i ie ii ę ą o e"),
    Row(ends="ka", becomes="ce"),
    Row(ends="ga", becomes="dze"),
    Row(ends="ra", becomes="rze"),
    Row(ends="ta", becomes="cie"),
    Row(ends="da", becomes="dzie"),
    Row(ends="cha", becomes="sze"),
    Row(ends="o", becomes="a u em ie iem y ę ą ów om ami ach"),
    Row(ends="ro", becomes="rze"),
    Row(ends="to", becomes="cie"),
    Row(ends="do", becomes="dzie"),
    # Morze, Morza; Zakopane, Zakopanem; Katowice, Katowic
    Row(ends="e", becomes="a u em ego emu ym ∅ om ami ach"),
    # Tatry, Tatr; Niemcy, Niemiec; Włochy, Włoszech
    Row(ends="y", becomes=f"∅ {_POLISH_PLURAL} ech"),
    Row(ends="mcy", becomes="miec mczech"),
    Row(ends="chy", becomes="szech"),
    Row(ends="ry", becomes="rzech"),
    Row(ends="egry", becomes="egier"),
    Row(ends="owie", becomes="ów om ami ach"),
    # the stem has another vowel before -e: miasto, mieście; ofiara, ofierze
    *(Row(ends=ends, becomes=becomes) for ends, becomes in (("iasto", "ieście"), ("iara", "ierze"), ("iat", "iecie"))),
    *(Row(ends=ends, becomes=becomes) for ends, becomes in (("las", "lesie"), ("iatr", "ietrze"), ("jazd", "jeździe"))),
    Row(ends="ki", becomes="∅ ek k kach kom kami", after="consonant"),
    # names that are adjectives: Kowalski, Kowalska, Mokry
    Row(ends="i", becomes="iego iemu im ich imi", after="[kgnc]"),
    Row(ends="a", becomes="iej", after="[kg]"),
    Row(ends="y", becomes="ego emu ym ych ymi"),
    Row(ends="na", becomes="nej"),
    Row(ends="wa", becomes="wej"),
)
_POLISH_NOUNS: Final = (
    Row(ends="a", becomes=f"∅ {_POLISH_PLURAL}"),
    Row(ends="ia", becomes="∅ i iom iami iach"),
    Row(ends="ka", becomes="ek"),
    Row(ends="na", becomes="en", after="consonant"),
    Row(ends="o", becomes="∅"),
    Row(ends="e", becomes="y ów"),
    Row(ends="k", becomes="cy"),
    Row(ends="nie", becomes="ń"),
    # of people: ministrowie, prezydenci, aktorzy, aktywiści
    Row(becomes="owie", after="consonant"),
    Row(ends="er", becomes="rowie rze", after="[dt]"),
    *(Row(ends=ends, becomes=becomes) for ends, becomes in (("nt", "nci"), ("at", "aci"), ("or", "orzy"), ("g", "dzy"))),
    # but lista is a list, and liści are leaves
    Row(ends="sta", becomes="ści", after="[a-z]{2}[iy]"),
    Row(ends="je", becomes=on("j", "i om ami ach")),
    Row(ends="um", becomes="a ów om ami ach", after="[eirdt]"),
    Row(ends="ę", becomes="ęcia ęciu ęciem ęta ąt ętom ętami ętach"),
    *(Row(ends=ends, becomes=f"e{ends[0]}", after="consonant") for ends in ("wa", "ło", "ra", "ro", "no", "ła")),
    Row(ends="ościół", becomes="ościele"),
    Row(ends="wieś", becomes="wsi wsie wsią wsiom wsiami wsiach"),
    Row(ends="dzień", becomes=on("dni", "a ∅ u em om ami ach")),
    Row(ends="dziecko", becomes=on("dzieci", "∅ om ach")),
    Row(ends="dziecko", becomes="dziećmi"),
)
_POLISH_ATTRIBUTES: Final = (
    Row(ends="a", becomes="ej iej ą e ie"),
    Row(ends="e", becomes="ego emu ym ych ymi"),
    Row(ends="ie", becomes="iego iemu im ich imi"),
    Row(ends="i", becomes="iego iemu im ich imi ia"),
)

_CZECH_MASCULINE: Final = "u a ovi em e y i ů ům ech ích ami ové"
_CZECH_ADJECTIVE: Final = "ský ská ské ského ském skému ským skou ských skými"

# Naughton, Czech: An Essential Grammar (2005), chs. 3–5.
_CZECH: Final = (
    Row(becomes=f"{_CZECH_MASCULINE} ě om um", after="consonant"),
    # whose: Putinův, Putinova
    Row(becomes="ův ova ovo ovy ově ovu ových ovým ovými", after="consonant"),
    Row(becomes=_CZECH_ADJECTIVE, after="consonant", is_small=True),
    Row(becomes="ý á é ého ém ému ým ou ých ými", after="[sc]k", is_small=True),
    Row(ends="k", becomes="cích ci"),
    Row(ends="h", becomes="zích zi"),
    Row(ends="ch", becomes="ších ši"),
    Row(ends="ec", becomes=on("c", "e i í emi em ů ům ích ové"), after="consonant"),
    *(Row(ends=f"e{last}", becomes=on(last, f"{_CZECH_MASCULINE} í"), after="consonant") for last in "klnr"),
    Row(ends="a", becomes="y u e ě o ou i í ii ami ách ám ovi ové ů"),
    Row(ends="ha", becomes="ze"),
    Row(ends="ga", becomes="ze"),
    Row(ends="ka", becomes="ce"),
    Row(ends="cha", becomes="še"),
    Row(ends="o", becomes="a u em ě ech ům y ách"),
    # Sýrie, Sýrii; moře, moři; Budějovice, Budějovicích
    Row(ends="e", becomes="i ím em ích emi ata"),
    Row(ends="ice", becomes="ic"),
    Row(ends="y", becomes="∅ ách ám ami ech ům ů"),
    Row(ends="any", becomes="an anech anům"),
    # names that are adjectives: Novotný, Nováková
    Row(ends="ý", becomes="ého ému ém ým ých ými"),
    Row(ends="yj", becomes="ého ému ém ým"),
    Row(ends="í", becomes="ího ímu ím ích ími", after="[nrcč]"),
    # Záporoží, Helsinki
    Row(becomes="m ch mi", after="i", at_least=6),
    Row(ends="i", becomes="ách ám ami", after="k"),
    Row(ends="é", becomes="ého ému ém ým ých", after="consonant"),
)
_CZECH_NOUNS: Final = (
    Row(ends="a", becomes="∅"),
    Row(ends="o", becomes="∅"),
    # the fleeting vowel: služba, služeb; letadlo, letadel; volby, voleb
    *(Row(ends=f"{last}{end}", becomes=f"e{last}", after="consonant") for last in "bklmnrtv" for end in "aoy"),
    Row(ends="e", becomes="∅ ách ím ata at ete eti"),
    Row(becomes="ěmi ím í", after="consonant"),
    Row(ends="ev", becomes="ve vi ví ví vích vím vemi"),
    *(Row(ends=ends, becomes=on(stem, "u em y ů ech")) for ends, stem in (("sníh", "sněh"), ("vítr", "větr"))),
    # důl, dolu; vůz, vozu
    *(Row(ends=f"ů{last}", becomes=on(f"o{last}", _CZECH_MASCULINE)) for last in "lmnzžrtj"),
    Row(ends="dítě", becomes=f"dítěte dítěti dítětem {on('dět', 'i í em mi ech')}"),
    Row(ends="í", becomes="ích ím ími ího ímu", after="consonant"),
)
_CZECH_ATTRIBUTES: Final = (
    Row(ends="á", becomes="é ou ých ými"),
    Row(ends="é", becomes="ého ému ém ým ých ými"),
    Row(ends="ý", becomes="ého ému ém ým ých ými á é"),
    Row(ends="í", becomes="ího ímu ím ích ími"),
)

_SLOVAK_MASCULINE: Final = "u a ovi om e i y ov och ami ovia iach"
# Mistrík, A Grammar of Contemporary Slovak (2nd ed., 1988).
_SLOVAK: Final = (
    Row(becomes=f"{_SLOVAK_MASCULINE} em ou ova ovo ove ovu ovho ovej ovom ových ovým", after="consonant"),
    Row(becomes=f"{_CZECH_ADJECTIVE} skej skom skú", after="consonant", is_small=True),
    Row(becomes="ý á é ého om ému ým ej ú ou ých ými", after="[sc]k", is_small=True),
    Row(ends="k", becomes="ci"),
    *(Row(ends=f"e{last}", becomes=on(last, f"{_SLOVAK_MASCULINE} och ou iam"), after="consonant") for last in "cklnr"),
    *(Row(ends=f"o{last}", becomes=on(last, _SLOVAK_MASCULINE), after="consonant") for last in "kl"),
    Row(ends="a", becomes="y e u ou i ii iou iu ej ách ám ami ovi om ov"),
    Row(ends="a", becomes="iach iam", after="c|i"),
    Row(ends="o", becomes="a u e om ách ám ami á ovi"),
    # Pellegrini, Pellegriniho
    Row(becomes="ho mu m", after="i", at_least=5),
    # more, mora; Košice, Košíc, Košiciach
    Row(ends="e", becomes="a u i om ia iu iom iach iam ami ∅"),
    Row(ends="y", becomes="∅ ách ám ami och om ov"),
    Row(ends="ry", becomes="ier", after="consonant"),
    Row(ends="ý", becomes="ého ému om ým ých ými"),
    Row(ends="yj", becomes="ého ému om ým"),
    Row(ends="á", becomes="ej ú ou"),
)
_SLOVAK_NOUNS: Final = (
    Row(becomes="mi iam ia í", after="consonant"),
    # in the genitive plural a vowel stands between consonants, or the last grows long: služba, služieb; mesto, miest
    *(Row(ends=f"{last}{end}", becomes=f"e{last} ie{last}", after="consonant") for last in "bdlmnrtv" for end in "aoy"),
    *(Row(ends=f"e{last}{end}", becomes=f"ie{last}") for last in ("b", "d", "l", "m", "n", "r", "st", "t", "v") for end in "ao"),
    Row(ends="dieťa", becomes=f"dieťaťa dieťaťu dieťati {on('det', 'i í om mi och')}"),
    Row(ends="ie", becomes="í ím iach"),
    Row(ends="a", becomes="∅"),
    Row(ends="ka", becomes="iek ok"),
    Row(ends="o", becomes="∅"),
)
_SLOVAK_ATTRIBUTES: Final = (
    Row(ends="á", becomes="ej ú ou é ých"),
    Row(ends="é", becomes="ého ému om ým ých ými"),
    Row(ends="ý", becomes="ého ému om ým ých ými á é"),
    Row(ends="a", becomes="ej u ou"),
)

# Alexander, Bosnian, Croatian, Serbian: A Grammar (2006). Written so that cyrillic can spell the same rows in its letters.
_SOUTH_MASCULINE: Final = "a u om em e i ov ova ove ovi ovima ima ih"
SERBO_CROATIAN: Final = (
    Row(becomes=f"{_SOUTH_MASCULINE} ovo ovu ovog ovoj ovom ovih ovim", after="consonant"),
    Row(becomes="ski ska sko skog skoga skoj skom skome skih skim skima ske sku", after="consonant", is_small=True),
    Row(becomes="i a o og oga oj om ome ih im ima e u", after="[sc]k", is_small=True),
    # the fleeting vowel: Karlovac, Karlovca
    *(Row(ends=f"a{last}", becomes=on(last, _SOUTH_MASCULINE), after="consonant") for last in "ckrn"),
    Row(ends="ak", becomes="ci cima", after="consonant"),
    Row(ends="k", becomes="ci cima če"),
    Row(ends="g", becomes="zi zima"),
    Row(ends="a", becomes="e i u o om ama ina"),
    Row(ends="ka", becomes="ci"),
    # Hrvatska, Njemačka
    Row(ends="ka", becomes="koj kom", after="[sščc]"),
    Row(ends="ga", becomes="zi"),
    Row(ends="ha", becomes="si"),
    Row(ends="o", becomes="a u om ima"),
    Row(ends="e", becomes="a u em ima ama"),
    Row(ends="ci", becomes="aca cima ce"),
    Row(ends="ao", becomes="la lu lom lovi lova lovima"),
    # names that are adjectives
    Row(ends="ski", becomes="skog skoga skom skome skim ska ske"),
)
SERBO_CROATIAN_NOUNS: Final = (
    # žrtva, žrtava; pismo, pisama
    *(
        Row(ends=f"{last}{end}", becomes=f"a{last}a", after="consonant")
        for last in ("k", "v", "m", "n", "r", "l", "lj")
        for end in "ao"
    ),
    Row(ends="ac", becomes="aca", after="consonant"),
    # talac, taoca; sudac, suca
    Row(ends="lac", becomes=on("oc", "a u em e i ima")),
    Row(ends="dac", becomes=on("c", "a u em e i ima")),
    Row(ends="i", becomes="a ima e"),
    Row(ends="st", becomes="šću"),
    Row(ends="dijete", becomes=f"{on('djet', 'eta etu etom')} {on('djec', 'a e i u om ama')}"),
    Row(ends="dete", becomes=f"{on('det', 'eta etu etom')} {on('dec', 'a e i u om ama')}"),
)
SERBO_CROATIAN_ATTRIBUTES: Final = (
    Row(ends="i", becomes="og oga om ome em im ima ih e a o eg ega"),
    Row(ends="o", becomes="og oga om ome im a ih"),
    Row(ends="e", becomes="eg ega em im ih og oga om a ima"),
    Row(ends="a", becomes="e oj u om ih im ima"),
)
# Herrity, Slovene: A Comprehensive Grammar (2000), chs. 3–5.
_SLOVENE_MASCULINE: Final = "a u om em i e ov ev ih ema oma ova ovo ove ovi ovega ovem ovih"
_SLOVENE: Final = (
    Row(becomes=_SLOVENE_MASCULINE, after="consonant"),
    Row(becomes="ja ju jem ji jih jev jema je", after="r"),
    Row(ends="elj", becomes=on("lj", "a u em i ih ev e"), after="consonant"),
    Row(becomes="ski ska sko skega skemu skem skim skih skimi ske", after="consonant", is_small=True),
    *(Row(ends=f"e{last}", becomes=on(last, _SLOVENE_MASCULINE), after="consonant") for last in "cklnr"),
    Row(ends="a", becomes="e i o ah am ami"),
    Row(ends="o", becomes="a u om ih i"),
    Row(ends="e", becomes="a u em ih i ∅ ah am ami"),
    Row(ends="i", becomes="ov ih em e ega emu im", after="[cnk]"),
)
_SLOVENE_NOUNS: Final = (
    *(Row(ends=ends, becomes="∅") for ends in "ao"),
    Row(ends="k", becomes="ci cih"),
    # kmetje, študentje
    Row(becomes="je", after="[dlmnstv]"),
    # the fleeting vowel: tekma, tekem; okno, oken; ladja, ladij; volitve, volitev; žrtev, žrtve
    *(Row(ends=f"{last}{end}", becomes=f"e{last}", after="consonant") for last in "bklmnrtv" for end in "aoe"),
    Row(ends="ja", becomes="ij", after="consonant"),
    Row(ends="ev", becomes=on("v", "e i ijo am ah ami")),
    Row(ends="e", becomes="eta etu etom eti etov"),
)
_SLOVENE_ATTRIBUTES: Final = (
    *(Row(ends=ends, becomes="ega emu em im ih imi a e o i") for ends in ("o", "e", "i", "a")),
    Row(becomes="ega emu em im ih imi i a e o", after="consonant"),
)

NAMES: Final[dict[str, tuple[Row, ...]]] = {
    "pl": _POLISH,
    "cs": _CZECH,
    "sk": _SLOVAK,
    "sl": _SLOVENE,
    **dict.fromkeys(("hr", "bs", "sr"), SERBO_CROATIAN),
}

NOUNS: Final[dict[str, tuple[Row, ...]]] = {
    "pl": _POLISH_NOUNS,
    "cs": _CZECH_NOUNS,
    "sk": _SLOVAK_NOUNS,
    "sl": _SLOVENE_NOUNS,
    **dict.fromkeys(("hr", "bs", "sr"), SERBO_CROATIAN_NOUNS),
}

ATTRIBUTES: Final[dict[str, tuple[Row, ...]]] = {
    "pl": _POLISH_ATTRIBUTES,
    "cs": _CZECH_ATTRIBUTES,
    "sk": _SLOVAK_ATTRIBUTES,
    "sl": _SLOVENE_ATTRIBUTES,
    **dict.fromkeys(("hr", "bs", "sr"), SERBO_CROATIAN_ATTRIBUTES),
}
