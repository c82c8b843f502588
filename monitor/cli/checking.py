"""`monitor check`: every fault of config.toml; with --online, every feed asked once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click

from monitor.channels import faults
from monitor.cli.asking import count, reading
from monitor.cli.doubting import Doubt, doubts
from monitor.cli.finding import config_option, find, read
from monitor.cli.patience import waiting
from monitor.cli.plainly import give, json_option
from monitor.config import KeyPath, placed
from monitor.errors import ConfigError, MonitorError
from monitor.model import Config, LogChannel
from monitor.store import refuses_files, whose

NO_ANSWER, FAULTY = 3, 2


@click.command()
@config_option
@click.option("--online", is_flag=True, help="Ask every feed once, too, and try each selector on its newest page.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of config.toml, for an editor, and leave.")
@json_option
@click.pass_context
def check(ctx: click.Context, *, config: str | None, online: bool, schema: bool, as_json: bool) -> None:
    """Name every fault of config.toml with its line, what was wanted, and the nearest right word."""
    if schema:
        from monitor.config.schema import schema as json_schema  # noqa: PLC0415

        click.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))
        return
    path = find(config)
    try:
        settings = _faultless(path)
    except ConfigError as error:
        if not as_json:
            raise
        give({"config": str(path.absolute()), "faults": list(error.faults)})
        ctx.exit(FAULTY)
    warnings = (*settings.warnings, *placed(path, _doubts(settings)))
    for warning in () if as_json else warnings:
        click.echo(_as_warning(path, warning), err=True)
    if not as_json:
        click.echo(_summary(path, settings, warnings=len(warnings)))
    answers = _asked(settings, as_json=as_json) if online else None
    if as_json:
        give(_plain(path, settings, warnings) | {"answers": answers})
    if answers is not None and not all(one["answered"] for one in answers):
        ctx.exit(NO_ANSWER)


def _faultless(path: Path) -> Config:
    settings = read(path)
    if wrong := placed(path, _faults(settings)):
        raise ConfigError(*wrong)
    return settings


def _asked(settings: Config, *, as_json: bool) -> list[dict[str, str | bool]]:
    # what asks the web takes longer to load than ten thousand outlets to check
    from monitor.cli.online import Answer, ask_all  # noqa: PLC0415

    answers: list[Answer] = []
    feeds = sum(len(outlet.feeds) for outlet in settings.outlets)

    async def ask() -> None:
        async for answer in ask_all(settings, _named(settings)):
            answers.append(answer)
            if not as_json:
                click.echo(f"  {answer.line}")

    with waiting(f"{feeds} feeds are asked") if as_json else nullcontext():
        asyncio.run(ask())
    if not as_json:
        click.echo(f"{sum(one.is_answered for one in answers)} of {len(answers)} feeds answered.")
    return [
        {"outlet": one.outlet_id, "feed": one.feed, "answered": one.is_answered, "says": one.says}
        for one in sorted(answers, key=lambda one: (one.outlet_id, one.feed))
    ]


def _plain(path: Path, config: Config, warnings: tuple[str, ...]) -> dict[str, Any]:
    return {
        "config": str(path.absolute()),
        "faults": [],
        "warnings": list(warnings),
        "outlets": len(config.outlets),
        "feeds": sum(len(outlet.feeds) for outlet in config.outlets),
        "watches": [watch.id for watch in config.watches],
        "channels": [channel.id for channel in config.channels],
        "state": config.state,
    }


def _faults(config: Config) -> Iterator[tuple[KeyPath, str]]:
    """Ask what the file alone does not tell: whether a service reads its address, whether a program is there."""
    for channel in config.channels:
        for key, says in faults(channel):
            yield ("channels", channel.id, *key), says


def _doubts(settings: Config) -> tuple[Doubt, ...]:
    """Give what is doubtful of the state folder and the watches, also by what is stored, where anything is."""
    state = Path(settings.state)
    folder = ((("state",), f"{state} may not be written: `monitor run` is refused here; {whose(state)}"),)
    found = folder if refuses_files(state) else ()
    try:
        with reading(state) as known:
            return (*found, *doubts(settings, known))
    except MonitorError:
        return (*found, *doubts(settings, None))


def _named(settings: Config) -> dict[str, str]:
    """Give what feeds call themselves, as far as they were ever polled, by their address."""
    try:
        with reading(Path(settings.state)) as known:
            return {state.feed.url: state.feed.name for state in known.states()}
    except MonitorError:
        return {}


def _as_warning(path: Path, line: str) -> str:
    """Give a warning with that word in it: else it looks as a fault does, which keeps the monitor from starting."""
    file = f"{path}:"
    number, _, says = line.removeprefix(file).partition(": ")
    return f"{file}{number}: warning: {says}"


def _summary(path: Path, config: Config, *, warnings: int) -> str:
    feeds = sum(len(outlet.feeds) for outlet in config.outlets)
    told = [channel for channel in config.channels if not isinstance(channel, LogChannel)]
    parts = (
        count(len(config.outlets), "outlet"),
        count(feeds, "feed"),
        count(len(config.watches), "watch", "watches"),
        # the log is there without being written down
        count(len(told), "channel") if told else "alerts in the log",
    )
    warned = f", {count(warnings, 'warning')}" if warnings else ""
    return f"{path}: no faults{warned}. {', '.join(parts)}. State in {config.state}"
