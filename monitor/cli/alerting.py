"""`monitor alert`: what concerns alerts by themselves. `test` sends one message to the config's channels, from this process.

`mute` and `ack` ask the running monitor; where none runs they take its lock and write to the database themselves.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

import click

from monitor.channels import open_channel
from monitor.cli.aimed import METAVAR, one_aimed, stripped
from monitor.cli.asking import check_known, reading, span, state_folder
from monitor.cli.drawn import columns, padded
from monitor.cli.finding import config_option, find, read
from monitor.cli.logs import say
from monitor.cli.plainly import give, json_option
from monitor.cli.wishing import wished
from monitor.config import did_you_mean
from monitor.errors import DeliveryError
from monitor.fetch import Door, user_agent
from monitor.model import Channel, Config, Fetched, LogChannel, Request, Unchanged
from monitor.render.trial import trial
from monitor.wishes import LONGEST

AT_ONCE = 8


@click.group()
def alert() -> None:
    """Try the channels that alerts go to, mute a watch, acknowledge a story."""


@alert.command("test")
@click.argument("channel", required=False)
@config_option
@json_option
@click.pass_context
def test(ctx: click.Context, *, channel: str | None, config: str | None, as_json: bool) -> None:
    """Send a test message to CHANNEL, or to every channel.

    What came back is shown. It needs no running monitor, and no database.
    """
    settings = read(find(config))
    chosen = _chosen(settings, channel)
    # the test that the log takes is no part of the JSON
    aloud = partial(click.echo, err=True) if as_json else say
    answers = asyncio.run(_ask_all(settings, chosen, say=aloud))
    if as_json:
        give([{"channel": one.channel, "taken": one.is_taken, "says": one.says} for one in answers])
    else:
        width = columns(one.channel for one in answers)
        for one in answers:
            click.echo(f"{padded(one.channel, width)}  {one.says}")
    ctx.exit(0 if all(one.is_taken for one in answers) else 1)


@alert.command("mute")
@click.argument("watch")
@click.option("--for", "length", metavar="TIME", help='For how long: "90m", "6h", "3d".')
@click.option("--off", is_flag=True, help="Let it alert again.")
@config_option
def mute(*, watch: str, length: str | None, off: bool, config: str | None) -> None:
    """Send no alerts of WATCH for a while.

    Search and the digests still have what it finds. `monitor status` shows its end.
    """
    if off is (length is not None):
        raise click.UsageError("say for how long: --for 6h, or --off to end it")
    with reading(state_folder(config)) as known:
        check_known(watch, known.watched_since(), "WATCH", where="the watches that are asked")
    if length is None:
        wished(config, "unmute", watch=watch)
        return
    seconds = int(span(length, "--for").total_seconds())
    if not seconds:
        raise click.BadParameter("that is no time at all; --off ends it", param_hint="--for")
    if seconds > LONGEST.total_seconds():
        says = "a year at most; who wants nothing of a watch for longer writes alert = [] under it in config.toml"
        raise click.BadParameter(says, param_hint="--for")
    wished(config, "mute", watch=watch, seconds=seconds)


@alert.command("ack")
@click.argument("target", metavar=METAVAR)
@click.option("--off", is_flag=True, help="Send what follows again.")
@config_option
def ack(*, target: str, off: bool, config: str | None) -> None:
    """Send nothing more about a story. ID is the number that the alert shows of its item, or of its story as in story:7."""
    with reading(state_folder(config)) as known:
        item = one_aimed(target, known, strip=stripped(config))
    wished(config, "unack" if off else "ack", item=item)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What came back from a channel, in words."""

    channel: str
    is_taken: bool
    says: str


def _chosen(config: Config, name: str | None) -> tuple[Channel, ...]:
    """Give the channel of that name, or all. Raises UsageError, which names the nearest."""
    if name is None:
        return config.channels
    known = [one.id for one in config.channels]
    if name not in known:
        raise click.UsageError(f'no channel "{name}".{did_you_mean(name, known)} There are: {", ".join(known)}')
    return tuple(one for one in config.channels if one.id == name)


async def _ask_all(config: Config, channels: tuple[Channel, ...], *, say: Callable[[str], None]) -> list[_Answer]:
    async with Door(user_agent=user_agent(config.contact), at_once=AT_ONCE, now=_now) as door:

        async def fetch(request: Request) -> Fetched | Unchanged:
            # as the daemon does: what stands on the desk's own network is not reached by way of a proxy outside
            return await door.fetch(replace(request, proxy=None if request.private else config.fetch.proxy))

        async def ask(channel: Channel) -> _Answer:
            # what a mail server refuses for good beside what it takes is said, and fails nothing
            refused: list[str] = []
            opened = open_channel(channel, fetch=fetch, say=say if isinstance(channel, LogChannel) else refused.append)
            key = f"test-{secrets.token_hex(16)}"
            message = trial(channel.id, key=key, title=config.title, timezone=config.timezone, now=_now())
            try:
                await opened.deliver(message)
            except DeliveryError as error:
                return _Answer(channel=channel.id, is_taken=False, says=_refusal(error))
            if refused:
                says = "; ".join(words.removeprefix(f"{channel.id}: ") for words in refused)
                return _Answer(channel=channel.id, is_taken=False, says=f"taken by some of its addresses only: {says}")
            return _Answer(channel=channel.id, is_taken=True, says=f"taken (key {key})")

        return list(await asyncio.gather(*(ask(channel) for channel in channels)))


def _refusal(error: DeliveryError) -> str:
    some = f" {len(error.taken)} of its addresses took it." if error.taken else ""
    later = " An alert would be tried again." if error.retryable else " Trying again does not help."
    return f"NOT taken: {error.detail}.{some}{later}"


def _now() -> datetime:
    return datetime.now(UTC)
