"""Where a digest's file stands in the archive, so that it can link to what stands beside it: relative, for any server or none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from monitor.model import Format, PlanId, StoryId

INDEX: Final = "index.html"
STORIES: Final = "stories"
LATEST: Final = "latest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """``up``: from the file's folder to the archive's: "" or "../". ``stem``: the file's own name without its ending.

    ``forms``: the forms that stand beside it under the same name.
    """

    up: str
    stem: str
    forms: tuple[Format, ...]

    @property
    def index(self) -> str:
        """The list of all digests."""
        return f"{self.up}{INDEX}"

    def story(self, story_id: StoryId) -> str:
        """Give the page of a story."""
        return f"{self.up}{STORIES}/{story_id}.html"

    def form(self, form: Format) -> str:
        """Give the same digest in another form."""
        return f"{self.stem}.{form}"


def stem(period: str) -> str:
    """Name a digest's files but for their endings: a colon is not for file names everywhere."""
    return period.replace(":", "")


def way(plan: PlanId, name: str) -> str:
    """Give the way from the archive's folder to a file of a plan, as a link has it."""
    return f"{quote(plan, safe='')}/{name}" if plan else name


def shelf_of(plan: PlanId, period: str, forms: tuple[Format, ...]) -> Shelf:
    """Give where a digest's files stand."""
    return Shelf(up="../" if plan else "", stem=stem(period), forms=forms)
