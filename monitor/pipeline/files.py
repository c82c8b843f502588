"""A digest in its words → the archive: the pages of its stories, its own files, the list of all; what is missing is mended.

In that order, so that whatever is there leads to what is there, and a digest whose files are there had its stories' pages before.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

from monitor.model import MAIN, Digest, DigestId, Format, FrozenDigest, KeptDigest, PlanId, StoryId
from monitor.pipeline import shelves as archive
from monitor.pipeline.line import Line
from monitor.pipeline.logged import digest_name
from monitor.pipeline.shelves import Shelves, shelves_of
from monitor.pipeline.story_pages import gather, whole_story
from monitor.render import atom, html, markdown, model_json
from monitor.render.index_page import LISTED
from monitor.render.shelf import Shelf, shelf_of
from monitor.store import Reading

log = logging.getLogger("monitor.digest")

RENDERERS: dict[Format, Callable[[Digest, Shelf | None], str]] = {
    "html": html.digest,
    "md": lambda digest, _: markdown.digest(digest),
    "json": lambda digest, _: model_json.digest(digest),
    "atom": atom.digest,
}
MOST = LISTED + 1
"""Digests that are looked at: those that the list has, and one more, so that it can say that there are older ones."""
AT_ONCE = 20
"""So many old digests are deleted in one go."""


def worded(digest: Digest, formats: tuple[Format, ...]) -> dict[Format, str]:
    """Give a digest in the words of each of the forms that there are words for, with links to what stands beside it."""
    formats = tuple(form for form in formats if form in RENDERERS)
    shelf = shelf_of(digest.plan, digest.period, formats)
    return {form: RENDERERS[form](digest, shelf) for form in formats}


def frozen(digest: Digest, words: dict[Format, str]) -> FrozenDigest:
    """Give a digest in its words, as it is written."""
    stories = tuple(story.id for story in digest.stories)
    return FrozenDigest(plan=digest.plan, period=digest.period, words=tuple(words.items()), stories=stories)


async def write(line: Line, digest: FrozenDigest) -> tuple[Path, ...]:
    """Write a digest into the archive; gives its files, none where the folder cannot be written, which is said.

    Raises StoreError.
    """
    # older ones first: once a newer one is there, one that is missing counts as taken away by somebody
    await mend_files(line, but=digest)
    if line.files_due:
        return ()
    line.files_due = True
    shelves = shelves_of(line.setup.config)
    try:
        async with line.shelving:
            paths = await _shelve(line, shelves, digest)
            await asyncio.to_thread(archive.put_latest, shelves, digest)
            await _list(line, shelves)
    except OSError as error:
        _say(line, digest_name(digest.plan, digest.period), error)
        return ()
    line.files_due, line.files_fault = False, None
    name = digest_name(digest.plan, digest.period)
    log.info("%s: %s", name, ", ".join(str(path) for path in paths), extra={"digest": digest.period})
    return paths


async def mend_files(line: Line, *, but: FrozenDigest | None = None) -> None:
    """Write what is missing in the archive: the folder could not be written, or the monitor was killed. Raises StoreError.

    ``but``: one that is about to be written.
    """
    if not line.files_due:
        return
    shelves = shelves_of(line.setup.config)
    all_kept = await line.store.read(lambda store: store.kept_digests(MOST))
    kept = tuple(one for one in all_kept if but is None or (one.plan, one.period) != (but.plan, but.period))
    try:
        async with line.shelving:
            for one in await asyncio.to_thread(archive.missing, shelves, kept):
                await _mend(line, shelves, one)
            for one in archive.newest(kept):
                await _mend_latest(line, shelves, one)
            if kept:
                await _list(line, shelves)
    except OSError as error:
        _say(line, "The archive of digests", error)
        return
    line.files_due, line.files_fault = False, None


async def clear(line: Line, before: Mapping[PlanId, datetime]) -> int:
    """Delete digests with their words, files and stories' pages; gives how many. Raises StoreError.

    ``before``: up to when those of each plan were made; [digest] itself stands for plans that are not there any more. Those still
    to be sent stay, and of each plan the newest. First goes whatever links to what is deleted, so that a kill leaves
    no dead link.
    """
    shelves, total = shelves_of(line.setup.config), 0
    try:
        while gone := await line.store.read(lambda store: store.aged_digests(before, AT_ONCE)):
            async with line.shelving:
                await _clear(line, shelves, gone)
            total += len(gone)
        async with line.shelving:
            await asyncio.to_thread(archive.remove_old, shelves, before[MAIN], before)
            told = await line.store.read(Reading.told_stories)
            looked_at = await asyncio.to_thread(archive.looked_at, shelves)
            await asyncio.to_thread(archive.remove_stories, shelves, told | looked_at)
    except OSError as error:
        _say(line, "The archive of digests", error)
    if total:
        log.info("Deleted, as digest.keep says: %d digests", total)
    return total


def look(known: Reading, shelves: Shelves, digest: Digest) -> Path:
    """Write a digest that a person looks at, with all that it links to; gives its file. Raises OSError."""
    archive.ready(shelves, digest.plan)
    for story in digest.stories:
        archive.put_story(shelves, story.id, whole_story(gather(known, story.id)))
    archive.put_index(shelves, known.kept_digests(MOST))
    return archive.put_now(shelves, digest)


# ----------------------------------------------------------------------------------------------------------------- steps


async def _shelve(line: Line, shelves: Shelves, digest: FrozenDigest) -> tuple[Path, ...]:
    """Write the pages of a digest's stories, and then its files."""
    await asyncio.to_thread(archive.ready, shelves, digest.plan)
    await _put_stories(line, shelves, digest.stories)
    return await asyncio.to_thread(archive.put_digest, shelves, digest)


async def _put_stories(
    line: Line, shelves: Shelves, stories: Iterable[StoryId], *, without: frozenset[DigestId] = frozenset()
) -> None:
    for story_id in stories:
        gathered = await line.store.read(partial(gather, story_id=story_id, without=without))
        # working it out takes longer than reading it, and others wait for the reader
        whole = await asyncio.to_thread(whole_story, gathered)
        await asyncio.to_thread(archive.put_story, shelves, story_id, whole)


async def _mend(line: Line, shelves: Shelves, kept: KeptDigest) -> None:
    digest = await line.store.read(lambda store: store.digest_in_words(kept.id))
    if digest:
        await _shelve(line, shelves, digest)
        name = digest_name(kept.plan, kept.period)
        log.info("%s: its files were missing, and are written", name, extra={"digest": kept.period})


async def _mend_latest(line: Line, shelves: Shelves, kept: KeptDigest) -> None:
    digest = await line.store.read(lambda store: store.digest_in_words(kept.id))
    if digest is None:
        return
    if not await asyncio.to_thread(archive.holds, shelves, digest):
        # it was made again, under a clock that was set back, and the files are those of the first time
        await _shelve(line, shelves, digest)
    await asyncio.to_thread(archive.put_latest, shelves, digest)


async def _list(line: Line, shelves: Shelves) -> None:
    kept = await line.store.read(lambda store: store.kept_digests(MOST))
    await asyncio.to_thread(archive.put_index, shelves, kept)


async def _clear(line: Line, shelves: Shelves, gone: tuple[KeptDigest, ...]) -> None:
    ids = frozenset(one.id for one in gone)
    kept = await line.store.read(lambda store: store.kept_digests(MOST))
    left = archive.without(kept, ids)
    if await asyncio.to_thread(shelves.folder.exists):
        await asyncio.to_thread(archive.put_index, shelves, left)
        # the pages that stay, as others tell of the story, or a person looks at it, link to what goes no more
        still = await line.store.read(lambda store: store.stories_still_told(ids))
        gone_stories = await line.store.read(lambda store: store.stories_told(ids))
        looked_at = await asyncio.to_thread(archive.looked_at, shelves)
        await _put_stories(line, shelves, {*still, *looked_at.intersection(gone_stories)}, without=ids)
    for one in gone:
        await asyncio.to_thread(archive.remove_digest, shelves, one, left)
        await line.store.write(lambda tx, one=one: tx.forget_digest(one.id))  # type: ignore[misc]
        await line.store.settle()


def _say(line: Line, what: str, error: OSError) -> None:
    # what is sent to a channel does not need the files; said once, not every time it is tried
    if line.files_fault != (fault := f"{error.filename}: {error.strerror}"):
        log.error("%s cannot be written to %s", what, fault)
    line.files_fault = fault
