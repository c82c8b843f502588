"""A digest in its words → the files of the archive, each whole or not at all. Touches the digest's folder."""

from __future__ import annotations

import asyncio
import logging
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from monitor.model import Digest, DigestPlan, Format
from monitor.pipeline.line import Line
from monitor.render import html, markdown

log = logging.getLogger("monitor.digest")

RENDERERS: dict[Format, Callable[[Digest], str]] = {"html": html.digest, "md": markdown.digest}


def worded(digest: Digest, formats: tuple[Format, ...]) -> dict[Format, str]:
    """Give a digest in the words of each of the forms that there are words for."""
    return {form: RENDERERS[form](digest) for form in formats if form in RENDERERS}


async def mend_files(line: Line) -> None:
    """Write the newest digest's files where they are missing: the folder could not be written, or the monitor was killed."""
    if not line.files_due:
        return
    are_there = [await _mend(line, plan) for plan in line.setup.config.plans]
    if all(are_there):
        line.files_due = False


async def _mend(line: Line, plan: DigestPlan) -> bool:
    """Write what is missing of one plan's; says whether nothing was."""
    folder = Path(plan.directory)
    frozen = await line.store.read(lambda store: store.frozen_digest(plan.id))
    words = dict(frozen.words) if frozen else {}
    missing = {kind for kind in words if frozen and not (folder / file_name(frozen.period, kind)).exists()}
    if frozen is None or not missing & set(plan.formats):
        return True
    return bool(await write(line, plan, period=frozen.period, words=words))


async def write(line: Line, plan: DigestPlan, *, period: str, words: dict[Format, str]) -> tuple[Path, ...]:
    """Write a digest's files; gives their paths, none where the folder cannot be written, which is said."""
    line.files_due = True
    chosen = {kind: words[kind] for kind in plan.formats if kind in words}
    try:
        paths = await asyncio.to_thread(write_files, period, chosen, Path(plan.directory))
    except OSError as error:
        # what is sent to a channel does not need the files; said once, not every time it is tried
        if line.files_fault != (fault := f"{error.filename}: {error.strerror}"):
            log.error("Digest %s cannot be written to %s", period, fault)  # noqa: TRY400
        line.files_fault = fault
        return ()
    line.files_fault = None
    log.info("Digest %s: %s", period, ", ".join(str(path) for path in paths))
    return paths


def file_name(period: str, kind: str) -> str:
    """Name a digest's file; a colon is not for file names everywhere."""
    return f"{period.replace(':', '')}.{kind}"


def write_files(period: str, words: Mapping[Format, str], folder: Path) -> tuple[Path, ...]:
    """Write a digest under its period's name, and as the latest one, each file whole or not at all. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for kind, text in words.items():
        for name in (file_name(period, kind), f"latest.{kind}"):
            _replace(folder / name, text)
    return tuple(folder / file_name(period, kind) for kind in words)


def _replace(path: Path, words: str) -> None:
    fd, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(fd, "w", encoding="utf-8") as file:
        file.write(words)
    Path(name).replace(path)
