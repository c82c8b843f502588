"""`monitor export`: evidence of what was found, and whether it still is as it was written. Writes only where -o says."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click

from monitor import __version__, archive
from monitor.cli.asking import NUMBER, check_known, count, instant, iso, reading, state_folder, zone
from monitor.cli.finding import config_option
from monitor.cli.patience import shown
from monitor.cli.volume import remark
from monitor.cli.written import OUTPUT, STDOUT, named, written
from monitor.errors import ArchiveError
from monitor.model import Fault, ItemId, OutletId, StoryId, Verified, Wanted, WatchId
from monitor.render import evidence
from monitor.store import Reading

SOFTWARE = f"outlet-monitor/{__version__}"


@click.command()
@config_option
@click.option("--since", help='Found since: "90m", "24h", "7d" ago, or 2026-11-25, or 2026-11-25T06:00 (the desk\'s time).')
@click.option("--until", help="And before; written alike.")
@click.option("--watch", metavar="ID", help="What one watch found.")
@click.option("--outlet", metavar="ID", help="What was found in one outlet.")
@click.option("--item", type=NUMBER, metavar="ID", help="One item.")
@click.option("--story", type=NUMBER, metavar="ID", help="The items of one story.")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["jsonl", "csv", "warc"]),
    help="jsonl: a line an item, with all that is known of it (default). csv: a row a match. warc: the answers as they came.",
)
@click.option("-o", "--output", type=OUTPUT, help="A new file to write it to. -: standard output.")
@click.option("--verify", is_flag=True, help="Check that every answer kept is as it was written; with --since, in files since.")
@click.option("--opml", is_flag=True, help="In place of evidence: the outlets of config.toml as OPML, for any feed reader.")
def export(  # noqa: PLR0913  one argument an option
    *,
    config: str | None,
    since: str | None,
    until: str | None,
    watch: WatchId | None,
    outlet: OutletId | None,
    item: ItemId | None,
    story: StoryId | None,
    kind: str | None,
    output: Path | None,
    verify: bool,
    opml: bool,
) -> int:
    """Give evidence of what was found: for each item its matches, texts, hashes and fetch times, or the answers as they came."""
    if opml:
        if since or until or watch or outlet or item or story or kind or verify:
            raise click.UsageError("--opml goes with -o only: it gives the outlets, and nothing of what was found")
        return _export_opml(config, output)
    desk, now = zone(config), datetime.now(UTC)
    first, last = (
        instant(text, now, option, desk) if text else None for text, option in ((since, "--since"), (until, "--until"))
    )
    wanted = Wanted(since=first, until=last, watch_id=watch, outlet_id=outlet, item_id=item, story_id=story)
    if verify and (kind or output or wanted != Wanted(since=first, until=last)):
        raise click.UsageError("--verify goes with --since and --until only: it checks whole files")
    if not verify and since is None and item is None and story is None:
        raise click.UsageError("Say what to export: --since 7d, --item ID or --story ID")
    if kind == "warc" and (output is None or (output == STDOUT and sys.stdout.isatty())):
        raise click.UsageError("A WARC file is not for a terminal: name it, as in -o evidence.warc.gz")
    state = state_folder(config)
    with reading(state) as known:
        if verify:
            return _verify(known, state / archive.FOLDER, wanted)
        ids = _items(known, wanted)
        if kind == "warc":
            return _export_answers(known, ids, state / archive.FOLDER, named(output))
        _export_items(known, ids, wanted, as_csv=kind == "csv", output=named(output))
    return 0


def _export_opml(config: str | None, output: Path | None) -> int:
    from monitor.cli.subscribing import export_opml  # noqa: PLC0415  it brings tomlkit, which evidence has no use for

    text = export_opml(config)
    with written(named(output)) as file:
        file.write(text.encode())
    if output is not None:
        click.echo(f"Wrote the outlets to {output}", err=True)
    return 0


def _items(known: Reading, wanted: Wanted) -> tuple[ItemId, ...]:
    watches, outlets = known.known_names()
    check_known(wanted.watch_id, watches, "--watch")
    check_known(wanted.outlet_id, outlets, "--outlet")
    ids = known.proved_ids(wanted)
    if not ids:
        remark("Nothing was found that this asks for. `monitor status` says what each watch found, and when last")
    return ids


# --------------------------------------------------------------------------------------------------------- items as text


def _export_items(known: Reading, ids: tuple[ItemId, ...], wanted: Wanted, *, as_csv: bool, output: Path | None) -> None:
    rows = 0
    with written(output) as file:
        if as_csv:
            # without a byte order mark Excel takes UTF-8 for the desk's old code page
            file.write("\ufeff".encode() + _csv([evidence.COLUMNS]))
        # between rows on the terminal a bar would be torn to pieces
        for item_id in ids if output is None else shown(ids, len(ids), "Items"):
            item = known.proved(item_id, wanted.watch_id)
            rows += len(item.matches)
            file.write(_csv(evidence.csv_rows(item)) if as_csv else evidence.json_line(item, SOFTWARE).encode() + b"\n")
    if output is not None:
        remark(f"Wrote {count(rows, 'match', 'matches')} in {count(len(ids), 'item')} to {output}")


def _csv(rows: Iterable[tuple[str, ...]]) -> bytes:
    """Write rows as RFC 4180 has them: CRLF at their ends, quotes where they are needed."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


# ------------------------------------------------------------------------------------------------------ answers as a WARC


def _export_answers(known: Reading, ids: tuple[ItemId, ...], folder: Path, output: Path | None) -> int:
    found = {(one.record.file, one.record.start): one.record for item_id in ids for one in known.proved(item_id).records}
    records = [found[place] for place in sorted(found)]
    if not records:
        raise ArchiveError(f"no answers are kept of {count(len(ids), 'item')}: nothing to write")
    begun, lost, faults = "", 0, 0
    with written(output) as file:
        for record in shown(records, len(records), "Answers"):
            packed = _or_why(partial(archive.packed, folder, record))
            lost += packed is None
            if packed is not None and record.file != begun:
                begun = record.file
                opening = _or_why(partial(archive.opening, folder, begun))
                faults += opening is None
                file.write(opening or b"")
            file.write(packed or b"")
        if lost == len(records):
            raise ArchiveError("nothing was written: no answer is there as it was kept")
    remark(f"Wrote {count(len(records) - lost, 'answer')} to {output or 'standard output'}")
    return 1 if lost or faults else 0


def _or_why(read: Callable[[], bytes]) -> bytes | None:
    """Read from an evidence file; where that can't be done, say why."""
    try:
        return read()
    except ArchiveError as error:
        click.echo(str(error), err=True)
        return None


# ------------------------------------------------------------------------------------------------- is it as it was written


def _verify(known: Reading, folder: Path, wanted: Wanted) -> int:
    files = set(known.record_files(wanted.since, wanted.until))
    if wanted.since is None and wanted.until is None:
        files.update(archive.names(folder))
    found = []
    for name in shown(sorted(files), len(files), "Files"):
        found.append(archive.verify(folder, name, known.records(name)))
        for fault in found[-1].faults:
            click.echo(_told(fault))
    texts = known.misfit_texts()
    for text in texts:
        click.echo(text)
    click.echo(_summary(found, is_narrowed=wanted != Wanted()))
    return 1 if texts or any(one.faults for one in found) else 0


def _told(fault: Fault) -> str:
    whose = f" ({fault.record.url}, fetched {iso(fault.record.fetched_at)})" if fault.record else ""
    return f"{fault.file}, byte {fault.start:,}: {fault.reason}{whose}"


def _summary(found: list[Verified], *, is_narrowed: bool) -> str:
    if not found:
        return f"No evidence was kept {'in that time' if is_narrowed else 'yet'}."
    records, faults = sum(one.records for one in found), sum(len(one.faults) for one in found)
    said = [f"{count(records, 'record')} in {count(len(found), 'file')}: "]
    said.append(f"not all as they were written, {count(faults, 'fault')}" if faults else "all as they were written")
    if strays := sum(one.strays for one in found):
        said.append(f". {strays:,} more that the database does not know, as a crash leaves them")
    if unfinished := sum(one.is_unfinished for one in found):
        said.append(f". {count(unfinished, 'file')} with an unfinished end that nothing refers to, as a crash leaves it")
    return "".join(said)
