"""What every kind of channel keeps, tried on each in the same words: log, webhook, command, e-mail, and push services.

The receivers are real ones on loopback; the push services are spoken to by Apprise itself, in its own process.
"""

from __future__ import annotations

import asyncio
import json
import resource
import traceback
from html import escape
from pathlib import Path

import pytest
from receivers import CANARY, KINDS, PATIENCE, Receiver, children, receiving

from monitor.channels import Opened
from monitor.errors import DeliveryError
from monitor.model import Message

ANSWERED = tuple(kind for kind in KINDS if kind != "log")
"""The log says nothing back, and shows no key."""
HOSTILE = (
    "<script>alert(1)</script> </title> @channel @everyone @here <!channel> <@U1> <#C1> [x](javascript:alert(1))"
    " ![i](http://i.example/i.png) *b* _i_ ~s~ ~~d~~ ||s|| `c` \\ | # > - + 1. :smile: &lt;b&gt; &amp;"
    " =?utf-8?q?=0D=0ABcc:_x=40y.example?= {{ x }} ${HOME} $(id) إدلب 伊"
)


def message(headline: str = "Rain floods camps north of Idlib") -> Message:
    lines = (f"idlib: {headline}", "Relief Desk", "Link:       https://a.example/x?a=1&b=(2)", "Item:       17")
    return Message(
        key="0123456789abcdef0123456789abcdef",
        subject=f"idlib: {headline} – Relief Desk",
        text="\n".join(lines) + "\n",
        html=f"<!doctype html><html><body><p>{escape(headline)}</p></body></html>",
        json=json.dumps({"version": 1, "headline": headline}, ensure_ascii=False),
    )


async def failure_of(channel: Opened) -> DeliveryError:
    """Give the error of a delivery, which must come before long and hold no secret."""
    with pytest.raises(DeliveryError) as caught:
        await asyncio.wait_for(channel.deliver(message()), PATIENCE + 20)
    error: BaseException | None = caught.value
    assert CANARY not in "".join(traceback.format_exception(error))
    while error is not None:
        assert CANARY not in f"{error} {error!r} {error.args!r} {vars(error)!r}"
        error = error.__cause__ or error.__context__
    assert "\n" not in caught.value.detail
    assert CANARY not in repr(channel)
    return caught.value


@pytest.mark.parametrize("kind", KINDS)
async def test_a_message_is_told_once(kind: str, tmp_path: Path) -> None:
    async with receiving(kind, tmp_path) as (receiver, channel):
        await channel.deliver(message())
    (text,) = receiver.texts
    assert "Rain floods camps north of Idlib" in text


@pytest.mark.parametrize("kind", ANSWERED)
async def test_whoever_gets_a_message_twice_can_tell_by_its_key(kind: str, tmp_path: Path) -> None:
    async with receiving(kind, tmp_path) as (receiver, channel):
        await channel.deliver(message())
        await channel.deliver(message())
    assert receiver.keys == [message().key] * 2


@pytest.mark.parametrize("kind", KINDS)
async def test_whoever_fails_for_now_is_told_later_and_once(kind: str, tmp_path: Path) -> None:
    async with receiving(kind, tmp_path) as (receiver, channel):
        receiver.mood = "fails"
        error = await failure_of(channel)
        assert (error.retryable, error.taken, receiver.texts) == (True, frozenset(), [])
        receiver.mood = "takes"
        await channel.deliver(message(), error.taken)
    assert len(receiver.texts) == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_l15_l16_whoever_hangs_is_let_go_in_time_and_tried_again(kind: str, tmp_path: Path) -> None:
    async with receiving(kind, tmp_path, seconds=2) as (receiver, channel):
        receiver.mood = "hangs"
        error = await failure_of(channel)
        assert error.retryable
        assert kind == "log" or receiver.left.wait(PATIENCE)


@pytest.mark.parametrize("kind", ANSWERED)
async def test_l14_whoever_cannot_be_reached_for_want_of_descriptors_is_told_later(kind: str, tmp_path: Path) -> None:
    async with receiving(kind, tmp_path) as (receiver, channel):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
        try:
            error = await failure_of(channel)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert (error.retryable, error.is_whole) == (True, True)
        await channel.deliver(message(), error.taken)
    assert len(receiver.texts) == 1


@pytest.mark.parametrize("kind", ANSWERED)
async def test_l16_an_answer_of_many_megabytes_fills_no_memory_and_stops_nothing(kind: str, tmp_path: Path) -> None:
    async with receiving(kind, tmp_path) as (receiver, channel):
        receiver.mood = "floods"
        flood = await asyncio.gather(asyncio.wait_for(channel.deliver(message()), PATIENCE + 20), return_exceptions=True)
        assert [len(str(error)) < 1000 for error in flood if isinstance(error, DeliveryError)] == [True] * (flood != [None])
        receiver.mood = "takes"
        await channel.deliver(message())
    assert len(receiver.texts) == 2


@pytest.mark.parametrize("kind", KINDS)
async def test_h20_h23_a_hostile_headline_arrives_as_that_text_and_nothing_else_whatever_the_kind_of_channel(
    kind: str, tmp_path: Path
) -> None:
    async with receiving(kind, tmp_path) as (receiver, channel):
        await channel.deliver(message(HOSTILE))
    (text,) = receiver.texts
    assert text.splitlines()[0].removeprefix("idlib: ") == HOSTILE


@pytest.mark.parametrize("kind", ANSWERED)
async def test_what_is_called_off_leaves_nothing_running(kind: str, tmp_path: Path) -> None:
    before = children()
    async with receiving(kind, tmp_path, seconds=600) as (receiver, channel):
        receiver.mood = "hangs"
        task = asyncio.create_task(channel.deliver(message()))
        await _reached(receiver)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, PATIENCE)
        # at once: whoever calls a delivery off may end with it
        assert children() <= before
        assert await asyncio.to_thread(receiver.left.wait, PATIENCE)


async def _reached(receiver: Receiver) -> None:
    assert await asyncio.to_thread(receiver.reached.wait, PATIENCE)
