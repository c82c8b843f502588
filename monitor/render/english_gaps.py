"""Every word of English with which the digest says what was not seen, and what mends it; a part of `english`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from monitor.model import GapKind, Sureness

THE_MONITOR: Final = "The monitor"
SINCE_UNKNOWN: Final = "the beginning"
NOW: Final = "now"
REASON_UNKNOWN: Final = "no reason known"
GAPS: Final = {
    "down": " did not run from {since} to {until}{times}. What scrolled out of a feed in that time is missing here.",
    "began": " began to watch only at {until}. Of what was published before, only what the feeds still listed then is here.",
    "never_ran": " has not run yet: nothing was polled.",
    "network": " could not reach {feeds} since {since} ({reason}). Anything published after that is missing here.",
    "not_polled": " did not poll {feeds} that were due, since {since}. Anything published after that is missing here.",
    "failing": " has not answered since {since} ({reason}, {tries}). Anything it published after that is missing here.",
    "set_aside": " could not be read since {since} ({reason}). Anything it published after that is missing here.",
    "silent": " answers, but has brought nothing new since {since}, where about {items} would be usual.{compared}",
    "never_answered": " has never answered ({reason}, {tries} since {since}). Nothing that it published could be seen.",
    "was_unreached": " got no answer from {feeds} at some time between {since} and {until} ({reason})."
    " What scrolled out of them meanwhile is missing here.",
    "was_failing": " did not answer from {since} to {until} ({reason}). What scrolled out of it in that time is missing here.",
    "overflow": ": items published between {since} and {until} probably scrolled out of the feed between two polls{often}.",
    "config": " keeps the last good config.toml: the one written since has faults and is not in use ({reason}).",
    "undelivered": " gave up {alerts}, the first of {since}, that a channel did not take ({reason}). What they told of is stored;"
    " `monitor status` says what to do.",
    "unsent_digest": " could not send {digests}, the first of {since}, to a channel ({reason}). The digests’ folder has them.",
    "waiting": " has {alerts} for a channel that has taken none since {since} ({reason}).",
    "unread": " has yet to read the full text of {items}; so far only the feeds’ own words were looked at.",
    "no_text": ": the full text of {items} could not be had ({reason}); only the feed’s own words were looked at.",
    "doubtful_text": ": the full text of {items} may not be the article ({reason}).",
    "first_poll": " did not alert on {items} that matched and {stand} below: {they} too old, or without a date,"
    " when {their_feeds} polled for the first time ({reason}).",
}

LONGEST: Final = " In the {past} known before, its longest pause was {longest}."
LONGER: Final = " In the {past} known before, it paused for longer only when it usually does."
SURE: Final[Mapping[Sureness, str]] = {
    "probable": " It may be a pause of its own, or a holiday.",
    "certain": " That is hardly chance.",
}

FASTEST: Final = " It is polled as often as may be."
FASTER: Final = ' To see more: every = "{minutes}m" in '
SURELY: Final[Mapping[GapKind, str]] = {
    "silent": " See whether its site has news. If so, `monitor add` with the site’s address finds the feed that it has now;"
    " if it has none, paused = true ends this: in ",
    "set_aside": " It is tried again each day; paused = true ends that: in ",
}
IN_CONFIG: Final = " In config.toml: "
FIND: Final = " `monitor add` with its site’s address finds the feed that it has now; the old one is in "
FAILING: Final[Mapping[str, str]] = {
    "moved": FIND,
    "404": FIND,
    "410": FIND,
    "not_a_feed": FIND,
    "html": FIND,
    "garbage": FIND,
    "401": ' Where it wants a login: headers = { Authorization = { env = "NAME" } } in ',
    "403": " It keeps the monitor out. Where it wants a login: headers = ... in ",
    "429": " It wants to be asked less often: a longer every = ... in ",
    "dns": " Is its address still right? It is in ",
    "tls": " Where its certificate is from your own network: ca_file = ... in ",
    "blocked": " Where it is on your own network: private = true in ",
    "timeout": " Where it only needs longer: timeout = ... in [fetch]. Its address is in ",
    "too_big": " Where it only is long: max_size = ... in [fetch]. Its address is in ",
}
NO_TEXT_WANTED: Final = " Where that is so for all its pages, full_text = false has only the feed’s words read: in "
SELECTOR: Final = ' Where its pages are laid out oddly, selector = "..." says where the article is: in '
LOGIN: Final = " With a subscription: headers = { Cookie = { env = ... } }; without: full_text = false, in "
TEXTS: Final[Mapping[str, str]] = {
    "401": LOGIN,
    "403": NO_TEXT_WANTED,
    "robots": NO_TEXT_WANTED,
    "not_html": NO_TEXT_WANTED,
    "javascript": NO_TEXT_WANTED,
    "wall": NO_TEXT_WANTED,
    "consent": NO_TEXT_WANTED,
    "empty": SELECTOR,
    "short": SELECTOR,
    "cut": SELECTOR,
    "paywall": LOGIN,
}
