"""Message → push services, each by its Apprise address. Touches them through a process of its own (``pushing``) alone."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from monitor.channels.opened import Means
from monitor.channels.process import Ended, Program, attended, run
from monitor.channels.voice import Voice
from monitor.errors import DeliveryError
from monitor.model import AppriseChannel, Message, Secret

DEADLINE: Final = timedelta(seconds=25)
"""For every service to answer, once Apprise is loaded."""

_LOADING: Final = 20.0
"""Seconds beside, for a process to start and to load Apprise on a busy machine."""
_TELLING: Final = 1.0
_LATER: Final = frozenset((408, 425, 429))
_NOT_NOW: Final = frozenset((429, 502, 503, 504))
"""Nothing is taken for now, whatever is sent."""
_WRONG_ADDRESS: Final = frozenset((401, 403, 404, 405, 410))
_REDIRECTS: Final = range(300, 400)
_TROUBLE: Final = range(500, 600)
_ROOT: Final = Path(__file__).resolve().parents[2]
_PROGRAM: Final = Program(
    argv=(sys.executable, "-E", "-s", "-m", "monitor.channels.pushing"),
    env={"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"},
    # what Apprise says there may hold what services answered
    errors=subprocess.DEVNULL,
    most=1_000_000,
    cwd=str(_ROOT),
)


class Push:
    """A channel that is one or more push services."""

    def __init__(self, channel: AppriseChannel, means: Means, *, deadline: timedelta = DEADLINE) -> None:
        """Start nothing."""
        self.id = channel.id
        self._channel = channel
        self._names = tuple(_name(channel, url) for url in channel.urls)
        self._voice = Voice(means.say)
        self._seconds = deadline.total_seconds()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="push")

    async def deliver(self, message: Message, had: frozenset[str] = frozenset()) -> None:
        """Push to every service that has not taken this message yet, all at once. Raises DeliveryError.

        Some taken and some refused for good, because of what it says, is a delivery, and ``say`` names the refused.
        """
        wanted = [place for place, name in enumerate(self._names) if name not in had]
        job = {
            "job": "push",
            "private": self._channel.private,
            "urls": [self._channel.urls[place].reveal() for place in wanted],
            "seconds": self._seconds,
            "subject": message.subject,
            "text": message.text,
            "key": message.key,
        }
        reports = _read(await self._asked(job), count=len(wanted))
        taken = frozenset(self._names[place] for place, facts in zip(wanted, reports, strict=True) if facts.get("taken"))
        troubles = [
            _trouble(self._channel, place, facts) for place, facts in zip(wanted, reports, strict=True) if not facts.get("taken")
        ]
        if troubles:
            await self._fail(troubles, taken=taken, had=had)

    async def _asked(self, job: dict[str, Any]) -> Ended:
        try:
            return await run(_PROGRAM, json.dumps(job).encode(), thread=self._thread, seconds=self._seconds + _LOADING)
        except OSError as error:
            raise DeliveryError(f"no process could be started: {error.strerror}", retryable=True, is_whole=True) from error

    async def _fail(self, troubles: list[_Trouble], *, taken: frozenset[str], had: frozenset[str]) -> None:
        """Raise what the troubles come to together; return where it was delivered as far as it ever will be."""
        detail = "; ".join(each.says for each in troubles)
        is_final = not any(each.retryable or each.is_whole for each in troubles)
        if is_final and taken | had:
            with suppress(DeliveryError):
                await self._voice.speak(f"{self.id}: only some of its services took a message: {detail}", seconds=_TELLING)
            return
        raise DeliveryError(
            detail,
            retryable=any(each.retryable for each in troubles),
            retry_after=max((each.retry_after for each in troubles if each.retry_after), default=None),
            is_whole=not (taken | had) and all(each.is_whole for each in troubles),
            taken=taken,
        )


def unreadable(channel: AppriseChannel) -> list[tuple[int, str]]:
    """Ask Apprise for addresses that it can't read: the place of each in the list, and what is wrong. Takes half a second.

    Raises DeliveryError where it could not be asked.
    """
    job = {"job": "check", "private": False, "urls": [url.reveal() for url in channel.urls]}
    try:
        ended = attended(_PROGRAM, json.dumps(job).encode(), seconds=_LOADING)
    except OSError as error:
        raise DeliveryError(f"no process could be started: {error.strerror}", retryable=True, is_whole=True) from error
    reports = _read(ended, count=len(channel.urls))
    return [(place, str(facts["bad"])) for place, facts in enumerate(reports) if facts.get("bad")]


def _name(channel: AppriseChannel, url: Secret) -> str:
    """Name an address by what tells nothing of it, at a price that makes trying passwords slow: the name is stored."""
    told = hashlib.scrypt(url.reveal().encode(), salt=channel.id.encode(), n=2**12, r=8, p=1, dklen=8)
    return f"push-{told.hex()}"


def _read(ended: Ended, *, count: int) -> list[dict[str, Any]]:
    """Read the report. Raises DeliveryError where there is none that can be read."""
    try:
        reports = json.loads(ended.output)
    except ValueError:
        reports = None
    if ended.code == 0 and isinstance(reports, list) and len(reports) == count:
        return reports
    what = "did not end in time" if ended.code is None else f"ended with code {ended.code}"
    raise DeliveryError(f"Apprise's own process {what}", retryable=True)


# ---------------------------------------------------------------------------------------------------------------- judging


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trouble:
    """What came of one address that did not take the message. Of the address itself it says the service alone."""

    says: str
    retryable: bool
    is_whole: bool
    retry_after: timedelta | None = None


def _trouble(channel: AppriseChannel, place: int, facts: dict[str, Any]) -> _Trouble:
    schema = channel.urls[place].reveal().partition("://")[0].lower()[:40]
    where = schema if len(channel.urls) == 1 else f"{schema} (url {place + 1} of {len(channel.urls)})"
    says, retryable, is_whole = _judged(channel, facts)
    return _Trouble(says=f"{where}: {says}", retryable=retryable, is_whole=is_whole, retry_after=_retry_after(facts))


def _judged(channel: AppriseChannel, facts: dict[str, Any]) -> tuple[str, bool, bool]:
    """Say what came back, whether trying again can help, and whether it takes nothing at all for now."""
    under = f"under [channels.{channel.id}]"
    status, error = facts.get("status"), facts.get("error")
    if facts.get("bad"):
        return f"{facts['bad']}; give the right url {under} in config.toml", False, True
    if facts.get("blocked"):
        wanted = f"write private = true {under} if it may be on your own network"
        return f"it is not on the public internet; {wanted}", False, True
    if facts.get("late") or error == "timeout":
        return "no answer in time", True, True
    if error in {"connect", "tls"}:
        return {"connect": "not reached", "tls": "its certificate, or TLS itself, failed"}[error], True, True
    if isinstance(status, int):
        return _of_status(status, under)
    return "Apprise could not deliver it, and says no more", True, False


def _of_status(status: int, under: str) -> tuple[str, bool, bool]:
    said = _status(status)
    if status in _REDIRECTS:
        return f"{said}; redirects are not followed: give the final address as url {under} in config.toml", False, True
    if status in _WRONG_ADDRESS:
        return f"{said}; give the right url {under} in config.toml", False, True
    return said, status in _LATER or status in _TROUBLE or status < HTTPStatus.BAD_REQUEST, status in _NOT_NOW


def _retry_after(facts: dict[str, Any]) -> timedelta | None:
    asked = str(facts.get("retry_after") or "")
    return timedelta(seconds=int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < len("1000000") else None


def _status(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
