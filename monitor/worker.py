"""The worker processes' main, ``python -m monitor.worker BYTES``: jobs on stdin → answers on stdout; touches nothing else.

A frame is the length of its JSON and of its bytes (two 32-bit numbers, big-endian), the JSON, the bytes. A job is answered
twice: ``{"taken": true}`` when all is loaded and its time starts to run, then the record or the error. On anything unforeseen
the process ends, and who asked sees that.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import resource
import signal
import struct
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from monitor.errors import ExtractError, ParseError
from monitor.model import Entry, Hints
from monitor.walls import close_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.model import Article, Document

HEADER = struct.Struct(">II")
OUT_OF_MEMORY = errno.ENOMEM
_PR_SET_PDEATHSIG = 1


def main() -> int:
    """Answer jobs until stdin ends; ``sys.argv[1]``: the most memory that may be taken, in bytes."""
    _confine(int(sys.argv[1]))
    jobs, answers = _claim_pipes()
    close_in(Path(__file__).resolve().parent)
    try:
        while (head := jobs.read(HEADER.size)) and len(head) == HEADER.size:
            json_length, body_length = HEADER.unpack(head)
            _work(json.loads(jobs.read(json_length)), jobs.read(body_length), answers)
    except MemoryError:
        return OUT_OF_MEMORY
    return 0


def _confine(memory: int) -> None:
    """Give up what a process taken over by a page could use, and what a broken one could harm others with."""
    # Ctrl-C in a terminal reaches every process of it; the parent alone decides when to stop
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = os.getppid()
    with suppress(OSError, AttributeError):
        # a parent killed by -9 can't say goodbye, and a worker busy in C never sees its stdin end
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(0)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    for kind, wanted in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)):
        # where less is allowed already, more cannot be had
        most = resource.getrlimit(kind)[1]
        limit = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(kind, (limit, limit))


def _claim_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Take stdin and stdout for frames alone: what a library prints goes where stderr goes."""
    jobs = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return jobs, answers


def _work(job: dict[str, Any], body: bytes, answers: BinaryIO) -> None:
    run = JOBS[job["job"]]()
    _say({"taken": True}, answers)
    try:
        answer = run(job, body)
    except (ParseError, ExtractError) as error:
        answer = {"error": {"kind": error.kind, "detail": error.detail}}
    _say(answer, answers)


def _say(answer: dict[str, Any], answers: BinaryIO) -> None:
    # letters as they are: escaped, those beyond ASCII cost thrice the bytes and the time on the other side
    said = json.dumps(answer, default=_plain, ensure_ascii=False).encode("utf-8", "replace")
    answers.write(HEADER.pack(len(said), 0) + said)
    answers.flush()


def _told(record: Article | Document | Entry | Hints) -> dict[str, Any]:
    """Give a record's fields; those inside it follow when they are written (dataclasses.asdict would copy every text)."""
    return {name: getattr(record, name) for name in record.__slots__}


def _plain(value: object) -> object:
    """Write what JSON has no form for."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Entry | Hints):
        return _told(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _parsing() -> Callable[[dict[str, Any], bytes], dict[str, Any]]:
    from monitor.parse import parse  # noqa: PLC0415 - a worker that only extracts never loads feedparser

    def run(job: dict[str, Any], body: bytes) -> dict[str, Any]:
        now = datetime.fromisoformat(job["now"])
        about = {name: job[name] for name in ("url", "content_type", "is_whole")}
        document = parse(body, now=now, **about)
        return {"document": _told(document if job["language"] else _spoken(document))}

    return run


def _spoken(document: Document) -> Document:
    """Give each entry the language of its own words: what the feed says of itself is often what its system was set up with.

    Of its own words, and of nothing else: the same entry has the same language whatever is read beside it.
    """
    detect = _detecting()
    entries = []
    for entry in document.entries:
        words = "\n".join(filter(None, (entry.title, entry.summary, entry.text)))
        entries.append(replace(entry, language=detect(words, declared=entry.language)))
    return replace(document, entries=tuple(entries))


def _detecting() -> Callable[..., str | None]:
    from monitor.language import detect  # noqa: PLC0415 - where every outlet's language is given, nothing is ever detected

    return detect


def _extracting() -> Callable[[dict[str, Any], bytes], dict[str, Any]]:
    from monitor.extract import extract  # noqa: PLC0415 - a worker that only parses never loads trafilatura

    def run(job: dict[str, Any], body: bytes) -> dict[str, Any]:
        page = {name: job[name] for name in ("url", "content_type", "title", "language", "selector")}
        article = extract(body, **page)
        if not job["language"]:
            article = replace(article, language=_detecting()(article.text, declared=article.language))
        return {"article": _told(article)}

    return run


JOBS = {"parse": _parsing, "extract": _extracting}

if __name__ == "__main__":
    sys.exit(main())
