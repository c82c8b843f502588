"""The line: names every stage once, in order, and judges nothing itself.

poll: fetch → parse → identify → match → alert → store.  read: fetch → extract → match, story → alert → store.
reread: fetch → extract → edits, match → alert → store.  tell: store → alert → render → channels → store.
recall: store → match, story → alert → store.  index: store → search → store.  group: store → story → store.
brief: store → health, digest → render.  warn: store → health → render → store.  tell_unstored: render → channels.
"""

from monitor.pipeline.brief import ask_for, brief, brief_due, brief_when_polled, due_windows, last, plan_times
from monitor.pipeline.composed import compose
from monitor.pipeline.evidence import Evidence
from monitor.pipeline.files import RENDERERS, clear, look, mend_files
from monitor.pipeline.group import group
from monitor.pipeline.index import Indexing
from monitor.pipeline.line import Line, Setup, found_by, judged
from monitor.pipeline.network import Network
from monitor.pipeline.page import page_request
from monitor.pipeline.poll import feed_request, poll
from monitor.pipeline.post import LEASE
from monitor.pipeline.read import read
from monitor.pipeline.recall import Recalling
from monitor.pipeline.reread import reread
from monitor.pipeline.shelves import shelves_of
from monitor.pipeline.tell import give_up_orphans, name_orphans, release_held, tell
from monitor.pipeline.unstored import tell_unstored
from monitor.pipeline.warn import Unanswered

__all__ = [
    "LEASE",
    "RENDERERS",
    "Evidence",
    "Indexing",
    "Line",
    "Network",
    "Recalling",
    "Setup",
    "Unanswered",
    "ask_for",
    "brief",
    "brief_due",
    "brief_when_polled",
    "clear",
    "compose",
    "due_windows",
    "feed_request",
    "found_by",
    "give_up_orphans",
    "group",
    "judged",
    "last",
    "look",
    "mend_files",
    "name_orphans",
    "page_request",
    "plan_times",
    "poll",
    "read",
    "release_held",
    "reread",
    "shelves_of",
    "tell",
    "tell_unstored",
]
