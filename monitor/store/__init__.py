"""Records in, records out. The only door to the database: schema, units of work, questions, the one-instance lock."""

from monitor.store.backups import back_up, backups, daily, is_ours, newest, prune
from monitor.store.connect import open_reader
from monitor.store.copying import copy, indexes, links, survey
from monitor.store.examining import Examined, examine, shrink
from monitor.store.forgetting import Place
from monitor.store.listening import LULL
from monitor.store.lock import Lock, holder
from monitor.store.owned import is_there, refuses_files, whose
from monitor.store.reading import ABSENCE, Reading
from monitor.store.restoring import restore
from monitor.store.revising import MOST
from monitor.store.store import DATABASE, Store, open_store
from monitor.store.writing import Writing

__all__ = [
    "ABSENCE",
    "DATABASE",
    "LULL",
    "MOST",
    "Examined",
    "Lock",
    "Place",
    "Reading",
    "Store",
    "Writing",
    "back_up",
    "backups",
    "copy",
    "daily",
    "examine",
    "holder",
    "indexes",
    "is_ours",
    "is_there",
    "links",
    "newest",
    "open_reader",
    "open_store",
    "prune",
    "refuses_files",
    "restore",
    "shrink",
    "survey",
    "whose",
]
