"""Digests in their words, and what the archive shows beside them → files, each whole or not at all. Touches the digest's folder.

Everything is named by ids and periods alone. What is written again and says the same is left as it is.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import tempfile
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final

from monitor.model import Config, Digest, DigestId, FrozenDigest, KeptDigest, PlanId, StoryId, WholeStory
from monitor.render import atom, html
from monitor.render.index_page import index_page
from monitor.render.shelf import INDEX, LATEST, STORIES, Shelf, stem
from monitor.render.story_page import empty_page, story_page

NOW: Final = "now"
"""The name of the digest that a person looks at: it is of no period, and the next one takes its place."""
_FORMS: Final = ("html", "md", "json", "atom")
_FEEDS, _ENTRIES = 30, 300
"""The newest feed goes on with so many older ones, to so many entries in all."""
_DATED: Final = re.compile(r"\d{4}-\d\d-\d\dT\d{4}")
_STORY: Final = re.compile(r"([1-9]\d*)\.html")
_STORY_LINK: Final = re.compile(rf'"{STORIES}/([1-9]\d*)\.html"')
_UNFINISHED: Final = re.compile(r"\..+\.unfinished-\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelves:
    """The archive: its folder, and what its pages need to know of the desk. ``timezone``: an IANA name."""

    folder: Path
    title: str
    timezone: str

    def plan(self, plan: PlanId) -> Path:
        """Give the folder of a plan's digests."""
        return self.folder / plan if plan else self.folder

    @property
    def stories(self) -> Path:
        """The folder of the stories' pages."""
        return self.folder / STORIES


def shelves_of(config: Config) -> Shelves:
    """Give the archive that config.toml asks for."""
    return Shelves(folder=Path(config.digest.directory), title=config.title, timezone=config.timezone)


def file_name(period: str, form: str) -> str:
    """Name a digest's file."""
    return f"{stem(period)}.{form}"


# --------------------------------------------------------------------------------------------------------------- writing


def ready(shelves: Shelves, plan: PlanId) -> None:
    """Make the folders. Raises OSError where that, or writing there, is not possible."""
    for folder in (shelves.folder, shelves.plan(plan), shelves.stories):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _stay_within(shelves, shelves.plan(plan), shelves.stories)


def put(path: Path, words: str) -> None:
    """Write a file whole or not at all; one that says the same already stays as it is. Raises OSError."""
    if reads(path, words):
        return
    fd, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.unfinished-")
    try:
        with os.fdopen(fd, "w", encoding="utf-8", newline="") as file:
            file.write(words)
        Path(name).replace(path)
    except OSError as error:
        # a disk that is full must not be filled by what is tried again and again, and does not say which file it was
        Path(name).unlink(missing_ok=True)
        error.filename = error.filename or str(path)
        raise


def reads(path: Path, words: str) -> bool:
    """Say whether a file is there and says just this. A link, or a pipe, is no file of ours."""
    try:
        return stat.S_ISREG(path.lstat().st_mode) and path.read_bytes() == words.encode()
    except OSError:
        return False


def put_digest(shelves: Shelves, frozen: FrozenDigest) -> tuple[Path, ...]:
    """Write a digest's files under its period's name; gives them. Raises OSError."""
    folder = shelves.plan(frozen.plan)
    for form, words in frozen.words:
        put(folder / file_name(frozen.period, form), words)
    return tuple(folder / file_name(frozen.period, form) for form, _ in frozen.words)


def put_latest(shelves: Shelves, frozen: FrozenDigest) -> None:
    """Write a digest's files as the latest of its plan; one of a form that it does not have is an older one's, and goes."""
    folder, words = shelves.plan(frozen.plan), dict(frozen.words)
    _stay_within(shelves, folder)
    for form in _FORMS:
        if form in words:
            text = _followed(folder, frozen.period, words[form]) if form == "atom" else words[form]
            put(folder / f"{LATEST}.{form}", text)
        else:
            (folder / f"{LATEST}.{form}").unlink(missing_ok=True)


def _followed(folder: Path, period: str, feed: str) -> str:
    """Give a feed with the entries of those before it: who subscribes and was off for days has missed none of them."""
    older = sorted((path for path in folder.glob("*.atom") if _DATED.fullmatch(path.stem)), reverse=True)
    before = (path for path in older if path.stem < stem(period))
    return atom.joined(feed, (path.read_text(encoding="utf-8") for path in islice(before, _FEEDS)), entries=_ENTRIES)


def put_story(shelves: Shelves, story_id: StoryId, whole: WholeStory | None) -> None:
    """Write a story's page. Where nothing of it is stored any more, a page that is there stays. Raises OSError."""
    path = shelves.stories / f"{story_id}.html"
    _stay_within(shelves, shelves.stories)
    if whole is not None:
        put(path, story_page(whole, title=shelves.title, timezone=shelves.timezone))
    elif not path.exists():
        put(path, empty_page(story_id, title=shelves.title))


def put_index(shelves: Shelves, kept: Iterable[KeptDigest]) -> None:
    """Write the list of digests; it links to what is there. Raises OSError."""
    there = [replace(one, forms=tuple(form for form in one.forms if _file(shelves, one, form).exists())) for one in kept]
    put(shelves.folder / INDEX, index_page(there, title=shelves.title))


def put_now(shelves: Shelves, digest: Digest) -> Path:
    """Write a digest that a person looks at; gives its file. Raises OSError."""
    path = shelves.folder / f"{NOW}.html"
    put(path, html.digest(digest, Shelf(up="", stem=NOW, forms=("html",))))
    return path


# --------------------------------------------------------------------------------------------------------------- looking


def missing(shelves: Shelves, kept: Sequence[KeptDigest]) -> tuple[KeptDigest, ...]:
    """Give the digests whose files are not all there, oldest first. ``kept``: newest first.

    Of each plan those that came after the newest one whose files are: what somebody took away before that is not written again.
    """
    found: list[KeptDigest] = []
    whole: set[PlanId] = set()
    for one in kept:
        if one.plan in whole:
            continue
        if all(_file(shelves, one, form).exists() for form in one.forms):
            whole.add(one.plan)
        else:
            found.append(one)
    return tuple(reversed(found))


def newest(kept: Iterable[KeptDigest]) -> tuple[KeptDigest, ...]:
    """Give the newest digest of each plan. ``kept``: newest first."""
    first: dict[PlanId, KeptDigest] = {}
    for one in kept:
        first.setdefault(one.plan, one)
    return tuple(first.values())


def holds(shelves: Shelves, frozen: FrozenDigest) -> bool:
    """Say whether a digest's files are there, in the words that it has."""
    folder = shelves.plan(frozen.plan)
    return all(reads(folder / file_name(frozen.period, form), words) for form, words in frozen.words)


# -------------------------------------------------------------------------------------------------------------- deleting


def remove_digest(shelves: Shelves, digest: KeptDigest, kept: Collection[KeptDigest]) -> None:
    """Delete a digest's files, but for those that another one has under the same name. Raises OSError."""
    others = {(one.plan, one.period) for one in kept if one.id != digest.id}
    if (digest.plan, digest.period) not in others:
        _stay_within(shelves, shelves.plan(digest.plan))
        for form in _FORMS:
            _file(shelves, digest, form).unlink(missing_ok=True)


def looked_at(shelves: Shelves) -> frozenset[StoryId]:
    """Give the stories that the digest links to which a person looked at. Raises OSError."""
    path = shelves.folder / f"{NOW}.html"
    if not path.is_file():
        return frozenset()
    told = path.read_text(encoding="utf-8", errors="replace")
    return frozenset(StoryId(int(number)) for number in _STORY_LINK.findall(told))


def remove_stories(shelves: Shelves, kept: Collection[StoryId]) -> int:
    """Delete the pages of stories but for these; gives how many. Raises OSError."""
    _stay_within(shelves, shelves.stories)
    pages = [path for path in shelves.stories.glob("*.html") if _STORY.fullmatch(path.name)]
    gone = [path for path in pages if StoryId(int(path.stem)) not in kept]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def remove_old(shelves: Shelves, before: datetime, plans: Iterable[PlanId]) -> None:
    """Delete the digest that a person looked at before then, and what a kill left half written. Raises OSError."""
    folders = {shelves.folder, shelves.stories, *map(shelves.plan, plans)}
    _stay_within(shelves, *folders)
    left = [path for folder in folders for path in folder.glob(".*") if _UNFINISHED.fullmatch(path.name)]
    for path in (shelves.folder / f"{NOW}.html", *left):
        if path.exists() and path.stat().st_mtime < before.timestamp():
            path.unlink(missing_ok=True)


def _stay_within(shelves: Shelves, *folders: Path) -> None:
    """Raise OSError where one of the archive's folders is a link: what lies behind it is not ours to write or to delete."""
    for folder in folders:
        # the archive as a whole may stand elsewhere
        if folder != shelves.folder and folder.is_symlink():
            raise OSError(errno.ELOOP, "is a symbolic link, and leads out of the archive", str(folder))


def _file(shelves: Shelves, digest: KeptDigest, form: str) -> Path:
    return shelves.plan(digest.plan) / file_name(digest.period, form)


def without(kept: Iterable[KeptDigest], gone: Collection[DigestId]) -> tuple[KeptDigest, ...]:
    """Give the digests but for those that go."""
    return tuple(one for one in kept if one.id not in gone)
