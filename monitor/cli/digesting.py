"""`monitor digest`: what was found and what was not seen, up to now; shown, written to a file, or sent to its channels.

Showing reads the database and changes nothing. Sending asks the running monitor; where none runs it takes the lock itself.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

import click

from monitor import control
from monitor.cli import outbox
from monitor.cli.ailing import ailing
from monitor.cli.asking import instant, reading, state_folder, zone
from monitor.cli.finding import config_option, find, read
from monitor.cli.logs import say
from monitor.cli.opening import open_page
from monitor.cli.patience import waiting
from monitor.cli.volume import remark
from monitor.cli.written import OUTPUT, named, written
from monitor.control import Reply
from monitor.errors import ConfigError, StoreError
from monitor.model import MAIN, Config, Digest, DigestPlan
from monitor.pipeline import RENDERERS, compose, last, look, shelves_of
from monitor.render import plain
from monitor.store import Reading

FORMS = ("text", *RENDERERS)
_ENDINGS = {".txt": "text", **{f".{form}": form for form in FORMS}}
_WIDEST = 110


@click.command()
@config_option
@click.option(
    "--since", default="24h", show_default=True, help='How far back: "90m", "24h", "7d", or 2026-11-25 (the desk\'s time).'
)
@click.option("--plan", "name", metavar="NAME", help="That of [digest.NAME]; else that of [digest].")
@click.option("--format", "kind", type=click.Choice(FORMS), help="In which form.  [default: that of -o's ending, else text]")
@click.option("--json", "as_json", is_flag=True, help="For a program: the same as --format json.")
@click.option("-o", "--output", type=OUTPUT, help="A new file to write it to. -: standard output.")
@click.option("--open", "opened", is_flag=True, help="Open it in the browser.")
@click.option("--send", "sent", is_flag=True, help="Send it to its channels now, and show what came back.")
def digest(  # noqa: PLR0913 - one argument an option
    *,
    config: str | None,
    since: str,
    name: str | None,
    kind: str | None,
    as_json: bool,
    output: Path | None,
    opened: bool,
    sent: bool,
) -> None:
    """Show what was found and what was not seen, up to now; the digests that are made at their hours are as if it were not."""
    now = datetime.now(UTC)
    here = zone(config)
    window = now - instant(since, now, "--since", here)
    if window <= timedelta():
        raise click.BadParameter("that is no time at all", param_hint="--since")
    output = named(output)
    kind = "json" if as_json else kind or _form_of(output)
    if sent and (kind or output or opened):
        raise click.UsageError("--send sends it in the forms that its channels take; leave --format, -o and --open away")
    if sent:
        _send(config, name or MAIN, window)
        return
    _lacking(state_folder(config), now, here)
    try:
        settings = read(find(config))
    except ConfigError as fault:
        if kind not in (None, "text") or output or opened:
            raise
        _show_last_good(config, name or MAIN, window, fault=fault)
        return
    plan = _plan(settings, name)
    with waiting("Writing the digest"), reading(Path(settings.state)) as known:
        made = _made(known, settings, plan, window=window, now=now)
        if opened and output is None:
            _open(look(known, shelves_of(settings), made))
            return
    _show(_worded(made, kind, width=_width(output)), output, opened=opened)


def _lacking(state: Path, now: datetime, here: ZoneInfo | None) -> None:
    """Say that news is missing where the running monitor can store none: a digest knows only of what is stored."""
    said = ailing(state)
    if said and said.unstored_since:
        since = outbox.clock(said.unstored_since, now=now, zone=here)
        remark(f"The monitor has stored nothing since {since} ({said.unstored}): this digest lacks what came since.")


def _made(known: Reading, settings: Config, plan: DigestPlan, *, window: timedelta, now: datetime) -> Digest:
    return compose(known, settings, last(window, now, settings.timezone, plan=plan.id), now)


def _open(page: Path) -> None:
    remark(f"Wrote {page}")
    open_page(page)


def _worded(made: Digest, kind: str | None, *, width: int) -> str:
    worded = next((worded(made, None) for form, worded in RENDERERS.items() if form == kind), None)
    return worded or plain.digest(made, width=width)


def _form_of(output: Path | None) -> str | None:
    """Give the form that a file's name asks for; None: it has no ending. Raises BadParameter for an ending that is no form's."""
    if output is None or not output.suffix:
        return None
    ending = output.suffix.lower()
    if ending not in _ENDINGS:
        says = f'no digest is written as "{output.suffix}": there are {", ".join(_ENDINGS)}; --format goes with any name'
        raise click.BadParameter(says, param_hint="-o")
    return _ENDINGS[ending]


def _width(output: Path | None) -> int:
    """Give the terminal's width, as far as lines can be read; for a file or a pipe that of a mail."""
    if output or not sys.stdout.isatty():
        return plain.WIDTH
    return min(shutil.get_terminal_size((plain.WIDTH, 0)).columns, _WIDEST)


def _show(words: str, output: Path | None, *, opened: bool) -> None:
    if output is None:
        click.echo(words)
        return
    # wherever it stands, it stands alone: it links to nothing beside it
    with written(output) as file:
        file.write(words.encode())
    if opened:
        _open(output)
    else:
        remark(f"Wrote {output}")


def _show_last_good(config: str | None, name: str, window: timedelta, *, fault: ConfigError) -> None:
    """Show it by the config that the running monitor goes on with; where none runs, the fault is all there is to say."""
    reply = control.ask(state_folder(config), "digest", plan=name, seconds=int(window.total_seconds()))
    if reply is None:
        raise fault
    _said(reply)
    click.echo(
        f"This is by the last good config.toml, with which the running monitor goes on. The one there has faults:\n{fault}",
        err=True,
    )


def _send(config: str | None, name: str, window: timedelta) -> None:
    seconds = int(window.total_seconds())
    reply = control.ask(state_folder(config), "send_digest", plan=name, seconds=seconds)
    if reply is None:
        settings = read(find(config))
        # where nothing was ever stored there is nothing to send
        with reading(Path(settings.state)):
            _plan(settings, name)
        from monitor.sending import alone  # noqa: PLC0415  it opens all that sends

        reply = asyncio.run(alone(settings, plan=name, seconds=seconds, say=say))
    _said(reply)


def _said(reply: Reply) -> None:
    """Print what came back. Raises StoreError where that is that it failed."""
    if not reply.ok:
        raise StoreError(reply.says)
    click.echo(reply.says)


def _plan(settings: Config, name: str | None) -> DigestPlan:
    found = next((plan for plan in settings.plans if plan.id == (name or MAIN)), None)
    return found or _refuse(settings, name or MAIN)


def _refuse(settings: Config, name: str) -> NoReturn:
    from monitor.sending import no_plan  # noqa: PLC0415  for a slip alone

    raise click.BadParameter(no_plan(settings, name), param_hint="--plan")
