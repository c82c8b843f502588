"""Message → the standard input of a program, as JSON. Touches processes through ``process`` alone."""

from __future__ import annotations

import errno
import os
import shutil
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Final

from monitor.channels.opened import Means
from monitor.channels.process import Ended, Program, run
from monitor.errors import DeliveryError
from monitor.model import CommandChannel, Message
from monitor.text import one_line

DEADLINE: Final = timedelta(seconds=10)
"""For the program to end: one that has long work to do goes on without us, in the background."""

_LATER: Final = os.EX_TEMPFAIL
"""sysexits.h: the same may be taken later."""
_OURS: Final = frozenset((errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE))
"""What keeps a program from starting though nothing is wrong with it."""
_LONGEST_ANSWER: Final = 200


class Command:
    """A channel that is a program."""

    def __init__(self, channel: CommandChannel, means: Means, *, deadline: timedelta = DEADLINE) -> None:
        """Start nothing."""
        del means
        self.id = channel.id
        self._channel = channel
        self._seconds = deadline.total_seconds()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="command")

    async def deliver(self, message: Message, had: frozenset[str] = frozenset()) -> None:
        """Run it with the JSON on its standard input and the key in MONITOR_KEY; exit 0 is a receipt. Raises DeliveryError."""
        del had
        program = Program(argv=self._channel.run, env={"MONITOR_KEY": message.key, "MONITOR_CHANNEL": self.id})
        # a lone surrogate can't be encoded: a poison message would be tried for ever
        given = message.json.encode("utf-8", "replace")
        try:
            ended = await run(program, given, thread=self._thread, seconds=self._seconds)
        except (OSError, ValueError) as error:
            raise self._unstarted(error) from error
        if ended.code != 0:
            raise self._failure(ended)

    def _unstarted(self, error: OSError | ValueError) -> DeliveryError:
        name = one_line(self._channel.run[0], 100)
        if isinstance(error, OSError) and error.errno in _OURS:
            return DeliveryError(f"{name} could not be started: {error.strerror}", retryable=True, is_whole=True)
        says = missing(self._channel) or f"{name} can't be run: {getattr(error, 'strerror', None) or type(error).__name__}"
        return DeliveryError(f"{says}; {_mend(self._channel)}", retryable=False, is_whole=True)

    def _failure(self, ended: Ended) -> DeliveryError:
        name = one_line(os.path.basename(self._channel.run[0]), 100)  # noqa: PTH119  a word of a command, not a path to look at
        said = one_line(ended.output.decode("utf-8", "replace"), _LONGEST_ANSWER)
        said = f": {said}" if said else ""
        if ended.code is None:
            return DeliveryError(f"{name} did not end within {self._seconds:g} s and was killed{said}", retryable=True)
        if ended.code < 0:
            return DeliveryError(f"{name} died of {_signal(-ended.code)}{said}", retryable=True)
        return DeliveryError(f"{name} ended with exit code {ended.code}{said}", retryable=ended.code == _LATER)


def missing(channel: CommandChannel) -> str | None:
    """Say what keeps a channel's program from being run at all; None: nothing that can be seen from here."""
    name = channel.run[0]
    if shutil.which(name) is not None:
        return None
    shown = one_line(name, 100)
    if "/" not in name:
        return f"there is no program {shown} in $PATH"
    return f"{shown} may not be executed" if os.path.exists(name) else f"there is no program {shown}"  # noqa: PTH110  as which


def _mend(channel: CommandChannel) -> str:
    return f"give the right program as run under [channels.{channel.id}] in config.toml, with its whole path"


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
