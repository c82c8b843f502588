"""Records in, records out. The only door to the database: schema, units of work, questions, the one-instance lock."""

from monitor.store.backups import back_up, daily, newest, prune
from monitor.store.connect import open_reader
from monitor.store.copying import survey
from monitor.store.forgetting import Place
from monitor.store.listening import LULL
from monitor.store.lock import holder
from monitor.store.reading import Reading
from monitor.store.revising import MOST
from monitor.store.store import DATABASE, Store, open_store
from monitor.store.writing import Writing

__all__ = [
    "DATABASE",
    "LULL",
    "MOST",
    "Place",
    "Reading",
    "Store",
    "Writing",
    "back_up",
    "daily",
    "holder",
    "newest",
    "open_reader",
    "open_store",
    "prune",
    "survey",
]
