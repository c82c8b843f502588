"""Every word of English that the digest says by itself: names, and sentences with places for figures. The templates hold none.

One thing has one name throughout: an outlet's text is its "own text" or a "copy", what a feed itself says are "the feed’s own
words", and whoever was first "had it first".
"""

from __future__ import annotations

from typing import Final

from monitor.model import EditKind, Format

DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
# Not strftime's names: those follow the locale of whoever runs the monitor.

LANGUAGES: Final = {
    "ar": "Arabic", "az": "Azerbaijani", "bg": "Bulgarian", "bn": "Bengali", "ckb": "Central Kurdish", "cs": "Czech",
    "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "fa": "Persian", "fi": "Finnish",
    "fr": "French", "ha": "Hausa", "he": "Hebrew", "hi": "Hindi", "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian",
    "it": "Italian", "ja": "Japanese", "ka": "Georgian", "kk": "Kazakh", "ko": "Korean", "ku": "Kurdish", "ms": "Malay",
    "my": "Burmese", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "ps": "Pashto", "pt": "Portuguese", "ro": "Romanian",
    "ru": "Russian", "so": "Somali", "sr": "Serbian", "sv": "Swedish", "sw": "Swahili", "ta": "Tamil", "th": "Thai",
    "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "uz": "Uzbek", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip

DOUBTS: Final = {
    "paywall": "the article may go on behind a paywall",
    "consent": "the page asked for consent first, its text may not be the article",
    "javascript": "the page is built by scripts, its text may not be the article",
    "wall": "the page kept readers out, its text may not be the article",
    "soft_404": "the page may say that the article is gone",
    "cut": "the text breaks off",
    "short": "the text is short for an article",
    "other_page": "the link may lead to another page",
}
DOUBT_UNKNOWN: Final = "the page may not be the article"

EDITS: Final[dict[EditKind, str]] = {
    "brought": "an edit brought the watched word into it",
    "changed": "a sentence with the watched word was changed since, or taken out",
    "gone": "what was found was taken out since",
    "page_gone": "its page is gone since",
}

STATES: Final = {
    "ok": "ok",
    "new": "not polled yet",
    "quiet": "quiet",
    "failing": "failing",
    "set_aside": "set aside",
    "paused": "paused",
}
NOT_REACHED: Final = "not reached"
NEVER: Final = "never"
JUST_NOW: Final = "just now"
AGO: Final = "{span} ago"

# ------------------------------------------------------------------------------------------------ the frame of the page

SKIP: Final = "Skip to what was found"
WATCHES: Final = "Watches"
FIRST_SEEN: Final = "First seen"
OUTLETS: Final = "Outlets"
COLUMNS: Final = {"outlet": "Outlet", "state": "State", "answered": "Answered", "items": "New"}
ABOUT: Final = "About this digest"
EDITED_LIST: Final = "Edited after publication"
FOLDED: Final = "{number} more"
NOTES: Final = "Also to be known"
NOT_BY_A_MODEL: Final = (
    "Words are matched as they stand, each in its own language; nothing here is translated or summarised by a model."
)
FORMS: Final[dict[Format, str]] = {"html": "Web page", "md": "Markdown", "atom": "Atom", "json": "JSON"}
ALL_DIGESTS: Final = "All digests"
THIS_DIGEST_AS: Final = "This digest in other forms"

# ------------------------------------------------------------------------------------------------ what was found, or not

NO_OUTLETS: Final = "No outlet is listed, so nothing was read."
NO_WATCHES: Final = "No watch is listed, so nothing was looked for."
NOTHING: Final = "Nothing matched any watch in this window."
NOTHING_OF_ITS: Final = "Nothing matched a watch of this digest in this window."
PLAN: Final = "The digest "
OF_WATCHES: Final = "of {watches} it tells of {told}"
OF_OUTLETS: Final = "of {outlets} of {told}"
OF_OUTLETS_ALONE: Final = "of {outlets} it tells of {told}"
SILENCE_COUNTS: Final = "Coverage was complete: every feed answered, and the words were in nothing that it listed."
SILENCE_DOUBTED: Final = "Coverage was not complete, so this is not proof that nothing was published."
LATE: Final = "Late: due at the hour above, made {when}, as the monitor could not write it before."
LATE_SINCE: Final = "Late: due at the hour above, when the monitor could not write it."
AT: Final = "at {hour}"
ON: Final = "on {day} at {hour}"
CAUGHT_UP: Final = "{digests} that {were} missed as well {were} made along with it."
NOTHING_HERE: Final = "Nothing in this window"
NO_MATCH_KNOWN: Final = "No earlier match is known."
LAST_MATCH: Final = "Last match: {when}"
PAST: Final = "New or changed, it was also asked about what was stored: {items} more, told to nobody."
WITHHELD: Final = "Alerts withheld: {reasons}."
MUTED: Final = "{count}, as the watch was muted"
MUTED_UNTIL: Final = "{count}, as the watch was muted until {until}"
ACKED: Final = "{count}, as the story was acknowledged"
FROM_OUTLETS: Final = "{items} from {outlets}"
WATCHED: Final = "Words watched"
ONLY_AT: Final = "only at "
TERMS: Final = {"any": "any of", "all": "all of", "none": "none of", "query": "query"}

# ------------------------------------------------------------------------------------------------ bars

USUALLY: Final = "usually {usual}"
WELL_ABOVE: Final = "well above the usual {usual}"
BARS_NOW: Final = "{items} in this window"
BARS_PACE: Final = "{items} a day on average in this window"
BARS_DAYS: Final = "In each of the 28 days before: {range}"
BARS_SAME_HOURS: Final = "In the same hours of each of the 28 days before: {range}"
BARS_UNKNOWN: Final = "nothing is known of any of them"
BARS_GAPS: Final = "; {days} not known, as the monitor did not run"

# ------------------------------------------------------------------------------------------------ a story

ALSO_IN: Final = "also in "
PUBLISHED: Final = "published {when}"
ITEM: Final = "item {number}"
ITS_PAGE: Final = "trail and evidence"
ONLY_OUTLET: Final = "only outlet so far"
HAD_IT_FIRST: Final = "had it first"
FIRST_BY_DATES: Final = "had it first by the outlets’ own dates"
SEEN_HERE_FIRST: Final = "first seen here"
ANOTHER_BY_POLLS: Final = " had it first: no other feed had it yet when it was seen there, {when}."
ANOTHER_BY_DATES: Final = " had it first by the outlets’ own dates, {when}. By itself polling can’t tell."
NOT_KNOWN: Final = "Who had it first is not known: polling can’t tell, as it "
IN_FEED_BEFORE: Final = ("stood in the feed of ", " already when that was first polled.")
BETWEEN_POLLS: Final = "appeared in several feeds between two polls of them."
DATES_EARLIER: Final = " dates its own text {when}, the earliest of all."
CONTINUED: Final = "Goes on: told in an earlier digest, too."
CARRIED_BY: Final = "Also carried by"
SEEN_FIRST: Final = "first seen"
WITHIN_A_MINUTE: Final = "within a minute"
OWN_TEXT: Final = "own text"
COPY: Final = "copy"
CREDITS: Final = ", credits "
MORE_NUMBERS: Final = "and {numbers}"
MORE_OUTLETS: Final = "and {outlets}"
CHANGED: Final = "Copies changed"
MORE_COPIES: Final = "{copies} changed something, too."
TOLD_UNDER: Final = "told under "
HERE_FOR: Final = "here for "
IN_SHORT: Final = "{stories} in short"
MORE: Final = "{stories}, listed by "

# ------------------------------------------------------------------------------------------------ edits

EDITED: Final = "Edited"
EDITED_TIMES: Final = "Edited {times} times, last"
GONE: Final = "its page is gone"
HEADLINE: Final = "headline"
TEXT: Final = "text {changes}"
REWORDED: Final = "{sentences} reworded"
MORE_EDITS: Final = "{edits} more, not listed here."

# ------------------------------------------------------------------------------------------------ who was first

FIRSTS: Final = "Who was first, last {days}"
FIRST_MEANS: Final = (
    "Of stories that several outlets carry: whose feed had it when no other had it yet. Outlets’ own dates are not counted."
)
FIRST_PACES: Final = "Feeds are polled every {shortest} to {longest}, so closer calls than that can’t be told by polling."
FIRST_PACE: Final = "Feeds are polled every {shortest}, so closer calls than that can’t be told by polling."
FIRST_UNTOLD: Final = "Of {stories} more polling can’t tell who had them first."
NO_FIRSTS: Final = "Of no story that several outlets carry can polling tell who had it first."

# ------------------------------------------------------------------------------------------------ as mail, text and feed

MONITOR: Final = "monitor"
NOTHING_MATCHED: Final = "Nothing matched"
MORE_WATCHES: Final = "{watches} more"
COUNTED: Final = "{things}, counted only here."
IN_ONE_LINE: Final = "{stories} in one line each"
LEFT_OUT: Final = "{things} left out"
SHORTENED: Final = "Shortened to fit into a mail: {what}. The whole of it stands in the archive of digests as {name}."
WORDS: Final = "Words"
WHY: Final = "Why"
WAS: Final = "was"
IS: Final = "now"
STOP: Final = "To stop this: take the channel out of send under {table} in config.toml, or your address out of the channel."
