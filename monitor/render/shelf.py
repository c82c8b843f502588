"""Where a digest's file stands in the archive, so that it can link to what stands beside it: relative, for any server or none."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.model import Format, StoryId


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
        return f"{self.up}index.html"

    def story(self, story_id: StoryId) -> str:
        """Give the page of a story."""
        return f"{self.up}stories/{story_id}.html"

    def form(self, form: Format) -> str:
        """Give the same digest in another form."""
        return f"{self.stem}.{form}"
