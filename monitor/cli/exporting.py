"""`monitor export`: evidence of what was found, and whether it still is as it was written. Writes only where -o says."""

from __future__ import annotations

import csv
import io
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeVar

import click

from monitor import __version__, archive
from monitor.cli.asking import NUMBER, check_known, count, instant, iso, reading, state_folder, zone
from monitor.cli.finding import config_option
from monitor.errors import ArchiveError, NoPermissionError
from monitor.model import Fault, ItemId, OutletId, StoryId, Verified, Wanted, WatchId
from monitor.render import evidence
from monitor.store import Reading

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

SOFTWARE = f"outlet-monitor/{__version__}"
T = TypeVar("T")


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
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="A new file to write it to.")
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
    if kind == "warc" and output is None:
        raise click.UsageError("A WARC file is not for a terminal: name it, as in -o evidence.warc.gz")
    state = state_folder(config)
    with reading(state) as known:
        if verify:
            return _verify(known, state / archive.FOLDER, wanted)
        ids = _items(known, wanted)
        if kind == "warc" and output is not None:
            return _export_answers(known, ids, state / archive.FOLDER, output)
        _export_items(known, ids, wanted, as_csv=kind == "csv", output=output)
    return 0


def _export_opml(config: str | None, output: Path | None) -> int:
    from monitor.cli.subscribing import export_opml  # noqa: PLC0415  it brings tomlkit, which evidence has no use for

    text = export_opml(config)
    with _written(output) as file:
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
        click.echo("Nothing was found that this asks for.", err=True)
    return ids


# --------------------------------------------------------------------------------------------------------- items as text


def _export_items(known: Reading, ids: tuple[ItemId, ...], wanted: Wanted, *, as_csv: bool, output: Path | None) -> None:
    rows = 0
    with _written(output) as file:
        if as_csv:
            # without a byte order mark Excel takes UTF-8 for the desk's old code page
            file.write("\ufeff".encode() + _csv([evidence.COLUMNS]))
        for item_id in _shown(ids, "Items", hidden=output is None):
            item = known.proved(item_id, wanted.watch_id)
            rows += len(item.matches)
            file.write(_csv(evidence.csv_rows(item)) if as_csv else evidence.json_line(item, SOFTWARE).encode() + b"\n")
    if output is not None:
        click.echo(f"Wrote {count(rows, 'match', 'matches')} in {count(len(ids), 'item')} to {output}", err=True)


def _csv(rows: Iterable[tuple[str, ...]]) -> bytes:
    """Write rows as RFC 4180 has them: CRLF at their ends, quotes where they are needed."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


# ------------------------------------------------------------------------------------------------------ answers as a WARC


def _export_answers(known: Reading, ids: tuple[ItemId, ...], folder: Path, output: Path) -> int:
    found = {(one.record.file, one.record.start): one.record for item_id in ids for one in known.proved(item_id).records}
    records = [found[place] for place in sorted(found)]
    if not records:
        raise ArchiveError(f"no answers are kept of {count(len(ids), 'item')}: nothing to write to {output}")
    begun, lost, faults = "", 0, 0
    with _written(output) as file:
        for record in _shown(records, "Answers"):
            packed = _or_why(partial(archive.packed, folder, record))
            lost += packed is None
            if packed is not None and record.file != begun:
                begun = record.file
                opening = _or_why(partial(archive.opening, folder, begun))
                faults += opening is None
                file.write(opening or b"")
            file.write(packed or b"")
        if lost == len(records):
            raise ArchiveError(f"nothing was written to {output}: no answer is there as it was kept")
    click.echo(f"Wrote {count(len(records) - lost, 'answer')} to {output}", err=True)
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
    for name in _shown(sorted(files), "Files"):
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


# ------------------------------------------------------------------------------------------------------------- the output


def _shown(things: Sequence[T], label: str, *, hidden: bool = False) -> Iterator[T]:
    """Go through things; where somebody watches, with a progress bar as soon as that takes over a second."""
    began = time.monotonic()
    with ExitStack() as closing:
        bar = None
        for done, thing in enumerate(things):
            yield thing
            if bar is not None:
                bar.update(1)
            elif not hidden and sys.stderr.isatty() and time.monotonic() - began > 1:
                drawn: ProgressBar[int] = click.progressbar(length=len(things), label=label, file=sys.stderr)
                bar = closing.enter_context(drawn)
                bar.update(done + 1)


@contextmanager
def _written(output: Path | None) -> Iterator[BinaryIO]:
    """Give a file to write to, which has its name only once it is whole; what has that name already stays. None: stdout."""
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    _check_free(output)
    unfinished = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        with _begun(unfinished) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _name(unfinished, output)
    finally:
        unfinished.unlink(missing_ok=True)


def _begun(unfinished: Path) -> BinaryIO:
    try:
        return unfinished.open("xb")
    except PermissionError as error:
        raise NoPermissionError(f"{unfinished.parent}: may not be written to by this user") from error


def _check_free(output: Path) -> None:
    if os.path.lexists(output):
        raise click.BadParameter(f"{output} is there already, and stays as it is; name another file", param_hint="-o")
    if not output.parent.is_dir():
        raise click.BadParameter(f"{output.parent}: there is no such folder", param_hint="-o")


def _name(unfinished: Path, output: Path) -> None:
    try:
        # unlike a renaming it never takes the place of another file
        output.hardlink_to(unfinished)
    except FileExistsError:
        _check_free(output)
        raise
    except OSError:
        # a USB stick has no hard links
        _check_free(output)
        unfinished.rename(output)
