"""`monitor show`: one item with all that is known of it: its text, and where that is from; its story; matches, edits, proofs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import click
from rich.text import Text

from monitor import __version__
from monitor.cli.aimed import METAVAR, one_aimed, stripped
from monitor.cli.asking import console_of, count, reading, state_folder, zone
from monitor.cli.drawn import diffed, marked, put
from monitor.cli.finding import config_option
from monitor.cli.trailing import trailed
from monitor.edits import diff
from monitor.model import ItemEdit, LinkedRecord, Match, ProvedItem, SentenceEdit, Trail, Version
from monitor.pipeline.follow import follow
from monitor.pipeline.revised import changes, revised
from monitor.render import evidence
from monitor.render.archive_words import FIELDS
from monitor.render.words import doubt
from monitor.store import Reading

SOFTWARE = f"outlet-monitor/{__version__}"
MOST_LINES = 400
"""Lines of one edit that are shown; a person reads no more."""
STEPS = {
    "page": "read from its page",
    "selector": "read from its page, from where the outlet's `selector` points",
    "json-ld": "read from the data that its page gives to search engines (JSON-LD), since little else is there",
}


@click.command()
@click.argument("target", metavar=METAVAR)
@config_option
@click.option("--json", "as_json", is_flag=True, help="For a program: as `export` gives it.")
def show(*, target: str, config: str | None, as_json: bool) -> None:
    """Show one item: its text and where that is from, its story's way, what was found in it, its edits, what proves it.

    ID is the number of an item, or of a story as in story:7, which shows the first item of it; URL an item's address.
    """
    with reading(state_folder(config)) as known:
        proved = known.proved(one_aimed(target, known, strip=stripped(config)))
        trail = follow(known, proved.story_id)
        if as_json:
            click.echo(evidence.json_line(proved, SOFTWARE, trail=trail))
            return
        _Shown(proved, known, zone(config), trail=trail).print()


class _Shown:
    """An item on the terminal, from its head to its text."""

    def __init__(self, item: ProvedItem, known: Reading, zone: ZoneInfo | None, *, trail: Trail | None) -> None:
        self._item = item
        self._trail = trail
        self._zone = zone
        self._versions = known.versions(item.id)
        self._titles = frozenset(one.title for one in self._versions if one.title)
        self._console = console_of()

    def print(self) -> None:
        parts = (self._head, self._source, self._story, self._found, self._alerted, self._revisions, self._evidence, self._text)
        for part in parts:
            for line in part():
                put(self._console, line)

    def _head(self) -> Iterator[Text]:
        item = self._item
        latest = self._latest("feed")
        yield Text((latest.title if latest else None) or item.title, style="bold")
        label = f" ({item.feed.outlet.label})" if item.feed.outlet.label else ""
        language = f" · {item.language}" if item.language else ""
        yield Text(f"{item.feed.name}{label}{language} · item {item.id}")
        said = f"published {self._clock(item.published)}" if item.published else "without a date that can be trusted"
        yield Text(f"{said} · first seen {self._clock(item.seen_at)}")
        if item.link:
            yield Text(item.link, style="dim")

    def _source(self) -> Iterator[Text]:
        item, article = self._item, self._item.article
        yield Text()
        if article is not None:
            yield Text(f"The text was {STEPS.get(article.source, article.source)} on {self._clock(article.read_at)}.")
            if article.url != item.link:
                yield Text(f"It came from {article.url}", style="dim")
            if article.doubt:
                yield Text(f"But {doubt(article.doubt)}.", style="yellow")
        elif item.article_state == "due":
            why = f" ({item.article_reason}; tried again)" if item.article_reason else ""
            yield Text(f"The full text is still to be read{why}. Below is what the feed says.", style="yellow")
        elif item.article_state == "given_up":
            yield Text(f"The full text could not be had: {item.article_reason}. Below is what the feed says.", style="yellow")
        else:
            yield Text("The text is the feed's own: its page is not wanted, or there is none.")
        latest = self._latest("page")
        if latest and latest.number:
            yield Text(f"Below is how it reads since the edit that was seen on {self._clock(latest.seen_at)}.")
        if item.gone_at:
            yield Text(f"The page was found to be gone on {self._clock(item.gone_at)}.", style="yellow")
        if item.forgotten_at:
            yield Text(f"The texts were deleted on {self._clock(item.forgotten_at)}, as [keep] says.")

    def _story(self) -> Iterator[Text]:
        if self._trail is not None and len(self._trail.steps) > 1:
            yield _title(f"Story {self._item.story_id}")
            yield from trailed(self._trail, self._item.id, self._clock)

    def _found(self) -> Iterator[Text]:
        if not self._item.matches:
            return
        yield _title("Found")
        for one in self._item.matches:
            yield Text.assemble((f"  {one.match.watch_id}", "bold"), f"  in the {FIELDS[one.match.field]}: ").append_text(
                marked((one.match,))
            )
            past = ", of what was stored before; nobody was told" if one.is_history else ""
            yield Text(f"    on {self._clock(one.found_at)}, as config {one.config} asked{past}", style="dim")
            yield from self._fates(one.match)

    def _fates(self, match: Match) -> Iterator[Text]:
        """Follow a sentence through the edits."""
        seen = {version.number: version.seen_at for version in self._versions}
        sentence: str | None = match.sentence
        for number, edit in self._item.sentence_edits:
            if not _is_of(edit, match) or edit.before != sentence:
                continue
            sentence = edit.fate.sentence
            if sentence is None:
                yield Text(f"    gone since {self._clock(seen[number])} (edit {number})", style="red")
            else:
                yield Text(f"    changed {self._clock(seen[number])} (edit {number}): ", style="yellow").append_text(
                    diffed(diff(edit.before, sentence))
                )

    def _alerted(self) -> Iterator[Text]:
        if self._item.alerts:
            yield _title("Alerted")
        for alert in self._item.alerts:
            yield Text(f"  {alert.watch_id} → {alert.channel}, {self._clock(alert.sent_at)} ({alert.occasion})")

    def _revisions(self) -> Iterator[Text]:
        number = 0
        for edit in revised(changes(self._versions), self._titles, most=MOST_LINES):
            if not number:
                yield _title("Edits")
            where = "in the feed" if edit.part == "feed" else "on the page"
            label = f"  {edit.number}" if edit.number != number else "   "
            number = edit.number
            yield Text(f"{label}  {where}, seen {self._clock(edit.seen_at)}", style="bold")
            yield from _changed(edit)

    def _evidence(self) -> Iterator[Text]:
        if self._item.records:
            yield _title("Evidence")
        for linked in self._item.records:
            yield from self._record(linked)

    def _record(self, linked: LinkedRecord) -> Iterator[Text]:
        kept = linked.record
        yield Text(f"  {linked.part}  {kept.status}  fetched {self._clock(kept.fetched_at)}  {kept.file} at {kept.start}")
        yield Text(f"        {kept.digest}", style="dim")
        yield Text(f"        {kept.url}", style="dim")
        for hop in kept.way:
            yield Text(f"        by way of {hop.url} ({hop.status})", style="dim")

    def _text(self) -> Iterator[Text]:
        latest = self._latest("page") or self._latest("feed")
        text = (latest.text if latest else None) or self._item.summary
        if text:
            yield _title("Text")
        for line in filter(None, text.split("\n")):
            yield Text(f"  {line}")

    def _clock(self, moment: datetime) -> str:
        return f"{moment.astimezone(self._zone):%Y-%m-%d %H:%M}"

    def _latest(self, part: str) -> Version | None:
        return next((version for version in reversed(self._versions) if version.part == part), None)


def _title(name: str) -> Text:
    return Text(f"\n{name}", style="bold underline")


def _is_of(edit: SentenceEdit, match: Match) -> bool:
    return edit.watch_id == match.watch_id and edit.field == match.field


def _changed(edit: ItemEdit) -> Iterator[Text]:
    if edit.headline:
        yield Text("     Headline: ").append_text(diffed(edit.headline))
    if not edit.is_kept:
        yield Text("     its texts are not kept any more", style="dim")
    for line in edit.lines:
        yield Text("     ").append_text(diffed(line))
    if edit.more:
        yield Text(f"     and {count(edit.more, 'line')} more (--json has them)", style="dim")
