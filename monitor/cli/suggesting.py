"""`monitor suggest`: spellings and scripts of a name, as a watch to paste, or words for one that is there. It only reads."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator

import click
from rich.text import Text

from monitor.cli.asking import Quiet
from monitor.cli.drawn import columns, padded
from monitor.cli.pasting import Place, place
from monitor.cli.plainly import give, json_option
from monitor.cli.volume import remark
from monitor.fold import fold
from monitor.match import compile_watches
from monitor.model import FieldText, OutletId, Watch, WatchId
from monitor.suggest import LANGUAGES, SCRIPTS, Suggested, Suggestion, is_in
from monitor.suggest import suggest as suggested
from monitor.suggest.keys import same

RIGHT_TO_LEFT = frozenset({"ARABIC", "HEBREW"})
SHOWN_LANGUAGES = 3
WIDE = 100
GROUPS = ((True, "Sure", "bold green"), (False, "To be checked by somebody who reads it", "bold yellow"))


@click.command()
@click.argument("name", nargs=-1, required=True)
@click.option("--lang", help='Only for these languages: "ar,ru". Spellings whose language nobody knows count by their script.')
@json_option
def suggest(*, name: tuple[str, ...], lang: str | None, as_json: bool) -> None:
    """Suggest spellings and scripts of NAME (a place, a group, an organisation, a person), and print them as a watch to paste.

    Those under "sure" come from tables: news, maps and standards have them. Those to be checked are less certain, or are
    transliterated by rule. Nothing is looked up on the network, and no watch takes a spelling by itself: it finds what you list.
    """
    typed = " ".join(name)
    if not any(map(str.isalpha, typed)):
        raise click.BadParameter(f'"{typed}" has no letter in it', param_hint="NAME")
    found = suggested(typed)
    languages = _languages(lang) if lang else ()
    here = tuple(one for one in found.suggestions if not languages or _is_wanted(one, languages))
    wanted = needed(here)
    if as_json:
        give(_plain(found, wanted))
    else:
        _print(wanted)
        where = place(watch_id(found))
        click.echo(block(where, wanted))
        if where.says:
            remark(where.says)
    _remark(typed, found, here)


def needed(suggestions: tuple[Suggestion, ...]) -> tuple[Suggestion, ...]:
    """Leave out what a watch for the others finds anyway: "Gaza City" with Gaza, 伊德利卜省 with 伊德利卜.

    What also means something else stands for no other: a desk that takes Wagner out still wants Wagner Group.
    """
    kept: list[Suggestion] = []
    for one in sorted(suggestions, key=lambda one: (not one.is_sure, len(one.text))):
        others = tuple(other.text for other in kept if other.script == one.script and not other.also_means)
        if not (others and _is_found(one, others)):
            kept.append(one)
    return tuple(one for one in suggestions if one in kept)


def _is_found(one: Suggestion, others: tuple[str, ...]) -> bool:
    matcher = compile_watches((Watch(id=WatchId("w"), any=others),))
    texts = (FieldText(field="title", text=one.text),)
    return all(matcher.matches(texts, language=language, outlet=OutletId("o")) for language in one.languages or (None,))


def watch_id(found: Suggested) -> str:
    """Give the id of the watch to paste: hayat-tahrir-al-sham."""
    latin = next((one.text for one in found.suggestions if one.script == "LATIN"), found.name)
    return re.sub(r"[^a-z0-9]+", "-", fold(latin).replace("'", "")).strip("-") or "name"


def block(place: Place, suggestions: tuple[Suggestion, ...]) -> str:
    """Give a watch in TOML, or its words. What is to be checked is commented out; what a watch lists already stays."""
    lines = list(place.opening)
    for is_sure, title in ((True, ""), (False, "  # to be checked; take the # away from what is right:")):
        here = [one for one in suggestions if one.is_sure == is_sure]
        if here and title:
            lines.append(title)
        lines += (f"  {'' if is_sure else '# '}{line}" for line in _rows(here))
        lines += (f"  {line}" for line in _kept(place, here) if is_sure)
    return "\n".join((*lines, "]"))


def _kept(place: Place, sure: list[Suggestion]) -> Iterator[str]:
    """Give the words that only the watch that is there has: what is pasted in its place must not lose them."""
    there = {same(one.text) for one in sure}
    for word in place.words:
        if same(word) not in there:
            yield f"{json.dumps(word, ensure_ascii=False)},  # listed already"


def _rows(suggestions: list[Suggestion]) -> Iterator[str]:
    """Give the rows of an array, a script's words together.

    Of two words written from right to left the second would be shown before the first, and signs that prevent it would be pasted
    with them: those stand alone, as does what also means something else.
    """
    row, script = "", ""
    for one in suggestions:
        term = f"{json.dumps(one.text, ensure_ascii=False)},"
        is_alone = one.also_means is not None or one.script in RIGHT_TO_LEFT
        if row and (is_alone or one.script != script or len(row) + len(term) > WIDE):
            yield row
            row = ""
        if is_alone:
            yield f"{term}  # also: {one.also_means}" if one.also_means else term
        else:
            row, script = f"{row} {term}".strip(), one.script
    if row:
        yield row


def _print(suggestions: tuple[Suggestion, ...]) -> None:
    """Print the table. The word comes last: in a line from left to right it can be from right to left without moving the rest."""
    console = Quiet(highlight=False, soft_wrap=True)
    for is_sure, title, style in GROUPS:
        here = [one for one in suggestions if one.is_sure == is_sure]
        if not here:
            continue
        console.print(Text(title, style=style))
        cells = [(SCRIPTS.get(one.script, "–"), _named(one.languages), one.why) for one in here]
        widths = [columns(row[column] for row in cells) for column in range(3)]
        for row, one in zip(cells, here, strict=True):
            left = "  ".join(padded(cell, width) for cell, width in zip(row, widths, strict=True))
            console.print(Text.assemble((f"  {left}  ", "dim"), one.text))
            if one.also_means:
                console.print(Text(f"    also means: {one.also_means}", style="yellow"))
        console.print()


def _named(languages: tuple[str, ...]) -> str:
    named = [LANGUAGES.get(one, one) for one in languages]
    return ", ".join(named[:SHOWN_LANGUAGES]) + (" …" if len(named) > SHOWN_LANGUAGES else "")


def _remark(typed: str, found: Suggested, here: tuple[Suggestion, ...]) -> None:
    """Say beside the data how the name was understood. ``here``: what is in the languages that are asked for."""
    for one in found.known:
        remark(one)
    if found.meant:
        more = f"; or {', '.join(found.or_meant)}" if found.or_meant else ""
        remark(f'No table has "{typed}". Did you mean "{found.meant}"{more}?')
    elif not found.known:
        remark(f'No table has "{typed}": all but itself is transliterated by rule, and to be checked')
    if len(found.known) > 1:
        remark("They share their spellings: a watch finds all of them")
    if found.related:
        remark(f"See also: {', '.join(found.related)}")
    itself = [one for one in found.suggestions if same(one.text) == same(found.name)]
    if here and itself and not any(one in here for one in itself):
        remark(f'"{found.name}" itself is of none of these languages, and so not listed')
    if not here:
        remark("Nothing for these languages")


def _languages(typed: str) -> tuple[str, ...]:
    known = {one.lower(): one for one in LANGUAGES}
    languages = [one.strip().lower() for one in typed.split(",")]
    for one in languages:
        if one not in known:
            named = [tag for tag, name in LANGUAGES.items() if name.lower().startswith(one)] if one else []
            near = named or difflib.get_close_matches(one, known, 1)
            hint = f'. Did you mean "{near[0]}"?' if near else f"; known are {', '.join(LANGUAGES)}"
            raise click.BadParameter(f'no language "{one}"{hint}', param_hint="--lang")
    return tuple(known[one] for one in languages)


def _is_wanted(one: Suggestion, languages: tuple[str, ...]) -> bool:
    return any(is_in(language, text=one.text, told=one.languages) for language in languages)


def _plain(found: Suggested, suggestions: tuple[Suggestion, ...]) -> dict[str, object]:
    return {
        "name": found.name,
        "known": list(found.known),
        "meant": found.meant,
        "or_meant": list(found.or_meant),
        "related": list(found.related),
        "suggestions": [
            {
                "spelling": one.text,
                "script": SCRIPTS.get(one.script),
                "languages": list(one.languages),
                "sure": one.is_sure,
                "why": one.why,
                "also_means": one.also_means,
            }
            for one in suggestions
        ],
    }
