"""A digest that a person asks for → words; or the store, and the channels of its plan, with what each of them answered.

A running daemon answers so on its control socket; where none runs, `alone` takes the lock and sends it from this process.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.channels import open_channel
from monitor.config import did_you_mean
from monitor.control import Asked, Reply
from monitor.fetch import Door, user_agent
from monitor.match import compile_watches
from monitor.model import (
    MAIN,
    ChannelId,
    Config,
    Digest,
    DigestDelivery,
    DigestPlan,
    Fetched,
    PlanId,
    Request,
    Trouble,
    Unchanged,
)
from monitor.pipeline import Line, Network, Setup, ask_for, compose, last, mend_files, tell
from monitor.render import plain
from monitor.render.subject import digest_subject
from monitor.store import open_store
from monitor.text import one_line
from monitor.workers import Workers

LONGEST = timedelta(days=3660)
PATIENCE = 20.0
"""Seconds that a person waits for what the channels answer; whoever asked on the socket waits for 30."""
LOOK = 0.2
AT_ONCE = 8
_LONGEST_REASON = 300

Deliver = Callable[[Line, tuple[ChannelId, ...]], Awaitable[None]]


class Sending:
    """What may be asked of a line about digests. ``deliver`` tells channels what is open for them; None: somebody does so."""

    def __init__(self, line: Callable[[], Line], deliver: Deliver | None = None) -> None:
        """Do nothing yet."""
        self._line = line
        self._deliver = deliver

    def answers(self) -> dict[str, Asked]:
        """Give what can be asked on the control socket, by its name."""
        takes: dict[str, type[str | int]] = {"plan": str, "seconds": int}
        return {
            "digest": Asked(answer=self.show, takes=takes),
            "send_digest": Asked(answer=self.send, takes=takes),
        }

    async def show(self, *, plan: str, seconds: int) -> Reply:
        """Give the digest of the last so many seconds as plain text, by the config in force."""
        line, now = self._line(), self._line().now()
        config = line.setup.config
        chosen = _chosen(config, plan)
        if chosen is None:
            return Reply(ok=False, says=no_plan(config, plan))
        window = last(_span(seconds), now, config.timezone, plan=chosen.id)
        made = await line.store.study(lambda store: compose(store, config, window, now))
        return Reply(ok=True, says=plain.digest(made))

    async def send(self, *, plan: str, seconds: int) -> Reply:
        """Make the digest of the last so many seconds, send it, and say to whom, and what came back."""
        line = self._line()
        config = line.setup.config
        chosen = _chosen(config, plan)
        if chosen is None:
            return Reply(ok=False, says=no_plan(config, plan))
        if not chosen.send:
            return Reply(ok=False, says=f"{_section(chosen)} sends to nobody. {_advice(config)}")
        window = last(_span(seconds), line.now(), config.timezone, plan=chosen.id)
        asked = await ask_for(line, window)
        if asked is None:
            return Reply(ok=False, says=no_plan(line.setup.config, plan))
        made, at = asked
        if self._deliver is not None:
            await self._deliver(line, chosen.send)
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await _answered(line, chosen.id, at)
        return await _reply(line, made, at)


async def alone(config: Config, *, plan: str, seconds: int, say: Callable[[str], None]) -> Reply:
    """Do as ``send``, where no daemon runs: what else is due for these channels goes before it, in order, as it would there.

    Raises AlreadyRunningError, StoreError, NoPermissionError, RefusedError.
    """
    store = open_store(config)
    try:
        async with Door(user_agent=user_agent(config.contact), at_once=AT_ONCE, now=_now) as door:

            async def fetch(request: Request) -> Fetched | Unchanged:
                # as the daemon does: what stands on the desk's own network is not reached by way of a proxy outside
                return await door.fetch(replace(request, proxy=None if request.private else config.fetch.proxy))

            channels = {one.id: open_channel(one, fetch=fetch, say=say) for one in config.channels}
            line = Line(
                store=store,
                fetch=fetch,
                workers=Workers(),
                now=_now,
                jitter=random.random,
                network=Network.of(config.outlets),
                # nothing is polled here, so no watch is asked
                setup=Setup(config=config, feeds={}, matcher=compile_watches(()), channels=channels),
            )
            reply = await Sending(lambda: line, _told).send(plan=plan, seconds=seconds)
            await mend_files(line)
            return reply
    finally:
        store.close()


def no_plan(config: Config, name: str) -> str:
    """Say that there is no such digest, and which is nearest."""
    known = [plan.id for plan in config.digests]
    there = f" There are: {', '.join(known)}" if known else " config.toml has none beside [digest]"
    return f'no digest "{name}".{did_you_mean(name, known)}{there}'


async def _told(line: Line, channels: tuple[ChannelId, ...]) -> None:
    await asyncio.gather(*(tell(line, line.setup.channels[one]) for one in channels))


async def _answered(line: Line, plan: PlanId, asked_at: datetime) -> None:
    """Wait until every channel took it or did not; those that rest are not waited for."""
    while any(_is_open(*each, line.now()) for each in await _outcomes(line, plan, asked_at)):  # noqa: ASYNC110  the database knows
        await asyncio.sleep(LOOK)


async def _outcomes(line: Line, plan: PlanId, asked_at: datetime) -> list[tuple[DigestDelivery, Trouble | None]]:
    deliveries, troubles = await line.store.read(lambda store: (store.digest_deliveries(plan, asked_at), store.troubles()))
    return [(one, troubles.get(one.channel)) for one in deliveries]


def _is_open(delivery: DigestDelivery, trouble: Trouble | None, now: datetime) -> bool:
    return delivery.state == "held" and not delivery.tries and not (trouble and now < trouble.rests_until)


async def _reply(line: Line, made: Digest, asked_at: datetime) -> Reply:
    outcomes = await _outcomes(line, made.plan, asked_at)
    zone = ZoneInfo(line.setup.config.timezone)
    head = f"“{digest_subject(made)}” is promised to {', '.join(one.channel for one, _ in outcomes)}."
    said = "\n".join((head, *(_outcome(*each, zone) for each in outcomes)))
    return Reply(ok=not any(one.reason for one, _ in outcomes), says=said)


def _outcome(delivery: DigestDelivery, trouble: Trouble | None, zone: ZoneInfo) -> str:
    if delivery.state == "sent":
        return f"{delivery.channel}: sent"
    if delivery.reason is not None:
        again = "" if delivery.state == "dead" else f". It is tried again from {_clock(delivery.next_try_at, zone)} on"
        return f"{delivery.channel}: NOT taken: {one_line(delivery.reason, _LONGEST_REASON)}{again}"
    if trouble:
        why = one_line(trouble.reason, _LONGEST_REASON)
        return f"{delivery.channel}: rests until {_clock(trouble.rests_until, zone)}, as it took nothing ({why}); sent after that"
    return f"{delivery.channel}: on its way; `monitor status` says if it is not taken"


def _clock(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def _chosen(config: Config, name: str) -> DigestPlan | None:
    """Give the plan of that name, "" being [digest] itself; None where there is none."""
    return next((plan for plan in config.plans if plan.id == name), None)


def _section(plan: DigestPlan) -> str:
    return "[digest]" if plan.id == MAIN else f"[digest.{plan.id}]"


def _advice(config: Config) -> str:
    return f'Write send = ["{config.channels[0].id}"] under it in config.toml'


def _span(seconds: int) -> timedelta:
    return timedelta(seconds=max(1, min(seconds, int(LONGEST.total_seconds()))))


def _now() -> datetime:
    return datetime.now(UTC)
