"""Watch → what is stored of its question, and back. Touches nothing."""

from __future__ import annotations

import json
from datetime import timedelta

from monitor.model import OutletId, Watch, WatchId
from monitor.query import parse, printed


def question_of(watch: Watch) -> str:
    """Write down what a watch asks; whom it tells is no part of that."""
    return json.dumps(
        {
            "any": watch.any,
            "all": watch.all,
            "none": watch.none,
            "query": None if watch.query is None else printed(watch.query),
            "in": watch.fields,
            "outlets": None if watch.outlets is None else sorted(watch.outlets),
            "languages": None if watch.languages is None else sorted(watch.languages),
            "look_back": None if watch.look_back is None else watch.look_back.total_seconds(),
        },
        ensure_ascii=False,
    )


def watch_of(id: WatchId, question: str) -> Watch:
    """Read what a watch asked when this was written. Raises QueryError where its query is of another version."""
    asked = json.loads(question)
    outlets, languages = asked["outlets"], asked["languages"]
    return Watch(
        id=id,
        any=tuple(asked["any"]),
        all=tuple(asked["all"]),
        none=tuple(asked["none"]),
        query=None if asked["query"] is None else parse(asked["query"]),
        fields=tuple(asked["in"]),
        outlets=None if outlets is None else frozenset(map(OutletId, outlets)),
        languages=None if languages is None else frozenset(languages),
        look_back=None if asked["look_back"] is None else timedelta(seconds=asked["look_back"]),
    )
