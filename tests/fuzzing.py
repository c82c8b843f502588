"""A door, its grammar and its law → what breaks it: examples by hypothesis, and a corpus that keeps whatever reaches new code.

An example is made of tuples, lists, texts, bytes, numbers and None, so that it can be changed anywhere, and kept as a file that
Python's own literals are read from. A law returns where all is well, and raises where it is not.
"""

from __future__ import annotations

import ast
import faulthandler
import re
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from types import CodeType, FrameType
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

KEPT = Path(__file__).parent / "data" / "fuzz"
"""Examples that once broke a door: a folder for each, a Python literal in each file."""
LONGEST = 5
"""Seconds of this process's own: what a worker is given for one feed or page (FAULTS.md §1)."""
_HANGS = 240
"""Seconds after which whoever hangs is shown and ended: a loop in C sees no signal."""
_BIGGEST = 60_000
_OFTEN = 2_000
_MONITOR = str(Path(__file__).parents[1] / "monitor")

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
URL = "https://orontes-post.example/feeds/news.xml"
SECRET = "c4n4ry-k1ll-me"
ODD = re.compile(
    "[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069\\ud800-\\udfff\\ufdd0-\\ufdef\\ufffe\\uffff]"
)
"""What no text that is stored or told may hold: controls but the newline, surrogates, noncharacters, what turns a line round."""

Law = Callable[[Any], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """``grammar`` makes examples, ``law`` is what must hold of each; ``seeds`` are real ones, ``words`` what may stand in any."""

    name: str
    grammar: SearchStrategy[Any]
    law: Law
    seeds: tuple[Any, ...] = ()
    words: tuple[str, ...] = ()


class TooLongError(BaseException):
    """An example took longer than the monitor grants it. No ``except Exception`` may swallow this."""


@contextmanager
def timed(seconds: float = LONGEST) -> Iterator[None]:
    """Raise TooLongError when so much of this process's own time has gone by, whatever else the machine does."""

    def stop(*_: object) -> None:
        raise TooLongError(f"more than {seconds} s")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def tried(door: Door, examples: int) -> None:
    """Hold what a door's grammar makes against its law; with CI in the environment the same examples every time."""
    phases = (Phase.explicit, Phase.reuse, Phase.generate, Phase.target, Phase.shrink)

    @settings(max_examples=examples, deadline=None, phases=phases, suppress_health_check=list(HealthCheck))
    @given(door.grammar)
    def holds(example: Any) -> None:
        with timed():
            door.law(example)

    holds()


def is_line(text: str) -> bool:
    """Whether a text may stand as one line anywhere."""
    return bool(text) and not ODD.search(text) and "\n" not in text


def are_texts(*values: str | None) -> bool:
    """Whether each of these, if it is one, may be stored and told."""
    return all(value is None or not ODD.search(value) for value in values)


def kept(door: str) -> list[Path]:
    """Give the files with what once broke a door."""
    return sorted((KEPT / door).glob("*.txt"))


def read(path: Path) -> Any:
    return ast.literal_eval(path.read_text(encoding="utf-8"))


# ------------------------------------------------------------------------------------------------------ the long hunt


@dataclass(slots=True, kw_only=True)
class Hunt:
    """What a hunt at one door has come to. ``broken``: what was raised and where → the file that has the example."""

    folder: Path
    examples: int = 0
    corpus: list[Any] = field(default_factory=list)
    lines: int = 0
    broken: dict[str, Path] = field(default_factory=dict)

    def __str__(self) -> str:
        """Say it in a line, and what was found below it."""
        found = "".join(f"\n  {what}: {path}" for what, path in self.broken.items())
        return f"{self.examples} examples, {len(self.corpus)} kept, {self.lines} steps of the monitor reached{found}"


def hunted(door: Door, *, seconds: float, folder: Path, random: Random) -> Hunt:
    """Look for what breaks a door for so long: one example of four by its grammar, the others of those that led to new code."""
    hunt = Hunt(folder=folder)
    reached = Reached()
    ends = time.monotonic() + seconds
    folder.mkdir(parents=True, exist_ok=True)
    for seed in door.seeds:
        _try(door, seed, hunt=hunt, reached=reached)
    while time.monotonic() < ends:
        for example in _made(door, random):
            _try(door, example, hunt=hunt, reached=reached)
        for _ in range(150):
            if time.monotonic() > ends:
                break
            _try(door, changed(random, hunt.corpus, door.words), hunt=hunt, reached=reached)
    return hunt


def _made(door: Door, random: Random) -> list[Any]:
    made: list[Any] = []

    @settings(
        max_examples=50,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        derandomize=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(door.grammar)
    def collect(example: Any) -> None:
        made.append(example)

    collect()
    random.shuffle(made)
    return made


def _try(door: Door, example: Any, *, hunt: Hunt, reached: Reached) -> None:
    hunt.examples += 1
    written = repr(example)
    if len(written) > 2 * _BIGGEST:
        return
    # what takes the whole process with it is found here
    (hunt.folder / "last.txt").write_text(written, encoding="utf-8")
    faulthandler.dump_traceback_later(_HANGS, exit=True)
    before = len(reached.steps)
    try:
        _held(door, example, reached)
    except (Exception, TooLongError) as error:  # noqa: BLE001  whatever it is, it is what is looked for
        _note(hunt, error, written)
        return
    finally:
        hunt.lines = len(reached.steps)
    if hunt.lines > before:
        hunt.corpus.append(example)


def _held(door: Door, example: Any, reached: Reached) -> None:
    try:
        with reached, timed():
            door.law(example)
    except TooLongError:
        # being looked at takes ten times as long
        with timed():
            door.law(example)


def _note(hunt: Hunt, error: BaseException, written: str) -> None:
    frames = traceback.extract_tb(error.__traceback__)
    where = next((frame for frame in reversed(frames) if frame.filename.startswith(_MONITOR)), frames[-1])
    places = (f"{Path(frame.filename).name}:{frame.lineno}" for frame in (where, frames[-1]))
    what = f"{type(error).__name__} at {' after '.join(places)}"
    if what not in hunt.broken:
        path = hunt.folder / f"{len(hunt.broken)}.txt"
        hunt.broken[what] = path
    elif len(written) >= hunt.broken[what].stat().st_size:
        return
    # of all that break it so, the shortest
    hunt.broken[what].write_text(written, encoding="utf-8")
    hunt.broken[what].with_suffix(".why").write_text(
        "".join(traceback.format_exception(error)), encoding="utf-8", errors="replace"
    )


class Reached:
    """Which steps from line to line of the monitor were ever taken, while this is entered."""

    def __init__(self) -> None:
        self.steps: set[tuple[CodeType, int, int]] = set()
        self._before: Any = None
        self._calls: dict[CodeType, int] = {}

    def __enter__(self) -> None:
        """Look on."""
        self._before = sys.gettrace()
        sys.settrace(self._called)

    def __exit__(self, *_: object) -> None:
        """Leave whoever looked on before to it."""
        sys.settrace(self._before)

    def _called(self, frame: FrameType, _event: str, _argument: object) -> Any:
        code = frame.f_code
        if not code.co_filename.startswith(_MONITOR):
            return None
        # what runs all the time is looked at now and then: to look costs ten times what it does
        calls = self._calls[code] = self._calls.get(code, 0) + 1
        if calls > _OFTEN and calls % 4:
            return None
        steps, last = self.steps, 0

        def line(frame: FrameType, event: str, _argument: object) -> Any:
            nonlocal last
            if event == "line":
                steps.add((code, last, frame.f_lineno))
                last = frame.f_lineno
            return line

        return line


# --------------------------------------------------------------------------------------------------------- changing


def changed(random: Random, corpus: list[Any], words: tuple[str, ...]) -> Any:
    """Change one of the examples in a few places, the newest ones oftener."""
    newest = corpus[-30:] if random.random() < 0.5 else corpus
    example = random.choice(newest)
    for _ in range(random.choice((1, 1, 2, 4))):
        example = _altered(random, example, other=random.choice(corpus), words=words)
    return example


def _altered(random: Random, value: Any, *, other: Any, words: tuple[str, ...]) -> Any:
    """Change a value in one place; what it is made of stays, and what ``other`` has in the same place may take its own."""
    if isinstance(other, type(value)) and random.random() < 0.1:
        return other
    if isinstance(value, tuple):
        place = random.randrange(len(value)) if value else 0
        beside = other[place] if isinstance(other, tuple) and len(other) > place else None
        return tuple(
            _altered(random, part, other=beside, words=words) if number == place else part for number, part in enumerate(value)
        )
    if isinstance(value, list):
        return _relisted(random, value, other=other if isinstance(other, list) else [], words=words)
    if isinstance(value, bytes | str):
        alike = other if isinstance(other, type(value)) else value[:0]
        of_kind = tuple(word.encode("utf-8", "surrogatepass") for word in words) if isinstance(value, bytes) else words
        return _respelt(random, value, other=alike, words=of_kind)
    numbers = (value + 1, value - 1, random.randrange(1000), -value, value * 1000) if isinstance(value, int) else (other,)
    return random.choice(numbers)


def _relisted(random: Random, value: list[Any], *, other: list[Any], words: tuple[str, ...]) -> list[Any]:
    if not value:
        return list(other[:2])
    place = random.randrange(len(value))
    deed = random.randrange(8)
    if deed == 0:
        return value[:place] + value[place + 1 :]
    if deed == 1:
        return [*value[:place], value[place], *value[place:]][:40]
    if deed == 2:
        return random.sample(value, len(value))
    if deed == 3 and other:
        return [*value[:place], random.choice(other), *value[place:]][:40]
    beside = random.choice(other) if other else value[place]
    return [*value[:place], _altered(random, value[place], other=beside, words=words), *value[place + 1 :]]


def _respelt(random: Random, value: Any, *, other: Any, words: tuple[Any, ...]) -> Any:
    """Change a text or bytes in one place."""
    start = random.randrange(len(value) + 1)
    stop = min(len(value), start + random.choice((0, 1, 2, 8, 40, 300)))
    piece, nothing = value[start:stop], value[:0]
    begin = random.randrange(len(other) + 1)
    deeds: tuple[Callable[[], Any], ...] = (
        lambda: nothing,
        lambda: random.choice(words) if words else nothing,
        lambda: piece + (random.choice(words) if words else nothing),
        lambda: other[begin : begin + random.choice((1, 8, 60, 500))],
        lambda: piece * random.choice((2, 3, 20, 300)),
        lambda: piece[::-1],
        lambda: _odd(random, isinstance(value, bytes)),
        random.choice((piece.upper, piece.lower, piece.strip, piece.title)),
    )
    return (value[:start] + random.choice(deeds)() + value[stop:])[:_BIGGEST]


_ODD = tuple("\x00\x1b\x85\u2028\u202e\u200f\ufeff\ufffe\U000e0041\u0301ﷺİß０伊ا")


def _odd(random: Random, is_bytes: bool) -> Any:  # noqa: FBT001  it tells which of two kinds of text is wanted
    if is_bytes:
        return random.choice((bytes([random.randrange(256)]), random.randbytes(3), random.choice(_ODD).encode()))
    return random.choice((random.choice(_ODD), chr(random.randrange(0xD800)), str(10 ** random.randrange(25))))
