"""The database's shape: every table and column is named by the glossary, and `.schema` in the sqlite3 shell reads like a manual.

Times are whole seconds UTC since 1970; 0 and 1 are no and yes. A migration that was released is never edited: a new one follows.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from monitor.store.schema_told import TOLD

APPLICATION_ID = 0x4D4F4E31
"""Stands in the file's header ("MON1"), so that a foreign or an emptied file is not taken for ours."""

SHAPE = 18
"""Stands in the file's header as user_version: counts the shapes that the first release's database had before its release."""

migrations = Migrations("monitor")

FIRST = (
    """\
CREATE TABLE outlet (                          -- a publisher, as config.toml lists it
  id        TEXT PRIMARY KEY,                  -- the short id in [outlets]
  name      TEXT,                              -- NULL: the feed's own title is shown
  language  TEXT,                              -- NULL: as the feed says
  label     TEXT,                              -- the desk's own words: "state media", "agency"
  is_listed INTEGER NOT NULL                   -- 0: taken out of config.toml; its items stay
) STRICT""",
    """\
CREATE TABLE feed (                            -- one URL that is polled
  id                INTEGER PRIMARY KEY,
  outlet_id         TEXT NOT NULL REFERENCES outlet (id),
  url               TEXT NOT NULL UNIQUE,
  host              TEXT NOT NULL,             -- of the url, with its port, as turns are taken by
  title             TEXT,                      -- what the feed calls itself
  is_listed         INTEGER NOT NULL,
  is_paused         INTEGER NOT NULL,
  etag              TEXT,                      -- validators: verbatim, of the body that was last taken in whole
  last_modified     TEXT,
  body_hash         TEXT,                      -- SHA-256 of that body
  full_at           INTEGER,                   -- when a whole body last came: a server's "unchanged" is believed for half a day
  parsed_at         INTEGER,                   -- when all its entries were read last, and not only those that were new
  unchanged_at      INTEGER,                   -- when the server last said "not modified"
  lied_at           INTEGER,                   -- when that was found to be untrue: it is asked for the whole ever since
  newest_at         INTEGER,                   -- the newest date that an item of it had
  due_at            INTEGER NOT NULL,          -- when it is polled next
  polled_at         INTEGER,                   -- last asked
  answered_at       INTEGER,                   -- last answered with a feed, or with "unchanged"
  first_answered_at INTEGER,                   -- NULL: the next poll that answers is its first, a baseline
  failures          INTEGER NOT NULL DEFAULT 0,-- failed polls in a row
  failing_since     INTEGER,
  failure_kind      TEXT,                      -- of the last poll, if it failed
  failure_reason    TEXT,
  failure_status    INTEGER,                   -- the HTTP status, where that was the failure
  strikes           INTEGER NOT NULL DEFAULT 0,-- workers in a row that died over it
  pace              INTEGER,                   -- seconds between polls, as found for it last
  ttl               INTEGER,                   -- the document's own wishes: seconds between polls,
  skip_hours        TEXT,                      -- and the UTC hours (0,1,23)
  skip_days         TEXT,                      -- and days (0 is Monday) in which to stay away
  moved_to          TEXT,                      -- where permanent redirects led
  moved_times       INTEGER NOT NULL DEFAULT 0 -- polls in a row
) STRICT""",
    "CREATE INDEX feed_due ON feed (due_at) WHERE is_listed AND NOT is_paused",
    "CREATE INDEX feed_of_host ON feed (host)",
    """\
CREATE TABLE feed_memory (                     -- what is remembered of a feed's documents
  feed_id    INTEGER PRIMARY KEY REFERENCES feed (id),
  pieces     BLOB,                             -- of its last document: for each raw item 16 bytes digest, 4 x 8 bytes names
  rhythm     BLOB,                             -- items for each hour of the week, UTC, as 168 32-bit floats
  since      INTEGER,                          -- when counting them began
  counted_at INTEGER                           -- when they were counted last
) STRICT""",
    """\
CREATE TABLE host (                            -- one that asked to be left alone (429, 503)
  name        TEXT PRIMARY KEY,                -- as in feed.host
  rests_until INTEGER NOT NULL,                -- none of its pages is read before
  feeds_until INTEGER NOT NULL                 -- none of its feeds is polled before
) STRICT""",
    """\
CREATE TABLE poll (                            -- looks at one feed, one after the other, that went alike
  id           INTEGER PRIMARY KEY,
  feed_id      INTEGER NOT NULL REFERENCES feed (id),
  at           INTEGER NOT NULL,               -- the first of them
  until        INTEGER NOT NULL,               -- the last of them
  times        INTEGER NOT NULL DEFAULT 1,
  late         INTEGER NOT NULL,               -- seconds after it was due, the worst of them
  outcome      TEXT NOT NULL CHECK (outcome IN ('new items', 'unchanged', 'failed')),
  kind         TEXT,                           -- of the failure: dns, timeout, not_a_feed ...
  reason       TEXT,                           -- the failure in words
  entries      INTEGER NOT NULL DEFAULT 0,     -- in the last document
  new_items    INTEGER NOT NULL DEFAULT 0,     -- in all of them together; a stretch with any is of a day at most
  bytes        INTEGER NOT NULL DEFAULT 0,     -- of the decoded body
  missed_since INTEGER,                        -- it shared no entry with the one before: what was published between these two
  missed_until INTEGER                         -- was probably lost
) STRICT""",
    "CREATE INDEX poll_of_feed ON poll (feed_id)",
    "CREATE INDEX poll_until ON poll (until)",
    "CREATE INDEX poll_failed ON poll (until) WHERE outcome = 'failed'",
    "CREATE INDEX poll_missed ON poll (at) WHERE missed_since IS NOT NULL",
    """\
CREATE TABLE story (                           -- the items that carry the same text
  id         INTEGER PRIMARY KEY AUTOINCREMENT, -- alerts name it: it is never used again
  settled_at INTEGER                           -- NULL: provisional, until the article is read or given up
) STRICT""",
    "CREATE INDEX story_unsettled ON story (id) WHERE settled_at IS NULL",
    """\
CREATE TABLE item (                            -- an entry with an identity, stored once
  id              INTEGER PRIMARY KEY AUTOINCREMENT, -- people are told it: it is never used again
  feed_id         INTEGER NOT NULL REFERENCES feed (id),
  story_id        INTEGER NOT NULL REFERENCES story (id),
  copied          REAL,                        -- which part of its text stood in its story before it; NULL: it was the first
  is_own_text     INTEGER NOT NULL DEFAULT 1,  -- 0: most of it is copied, or credited to another outlet
  guid            TEXT,
  link            TEXT,                        -- as the feed gives it, absolute
  canonical_url   TEXT,                        -- for comparing only
  title           TEXT NOT NULL,
  summary         TEXT NOT NULL,               -- all of the feed's own text; empty once it is forgotten
  author          TEXT,
  language        TEXT,
  published_at    INTEGER,                     -- NULL: no date that can be trusted
  published_raw   TEXT,                        -- what stood there
  seen_at         INTEGER NOT NULL,            -- when this monitor first saw it
  unseen_at       INTEGER,                     -- when its feed last answered without it; NULL: it stood there at the first look
  is_baseline     INTEGER NOT NULL,            -- 1: older than [alerts] first_poll at its feed's first poll; raises no alert
  is_first_poll   INTEGER NOT NULL,            -- 1: seen in its feed's first poll
  article_state   TEXT NOT NULL CHECK (article_state IN ('due', 'read', 'given_up', 'not_wanted')),
  article_tries   INTEGER NOT NULL DEFAULT 0,
  article_due_at  INTEGER,                     -- when its page is asked for next
  article_at      INTEGER,                     -- when its page was read or given up
  article_kind    TEXT,                        -- why the text is not had: http, timeout, not_html ...
  article_reason  TEXT,                        -- the same in words
  reread_at       INTEGER,                     -- when its page is read again: for edits, or in hope of a better text
  entry_hash      BLOB,                        -- of what its entry in the feed says now, to the letter
  edited_at       INTEGER,                     -- when its entry or page was last seen to be changed
  gone_at         INTEGER,                     -- when its page was last found to be gone (404, 410) after it was read
  forgotten_at    INTEGER,                     -- when its texts were deleted, as [keep] text says
  is_indexed      INTEGER NOT NULL DEFAULT 0   -- 1: what it says now can be searched for; 2: is being made so
) STRICT""",
    "CREATE INDEX item_article_due ON item (article_due_at) WHERE article_state = 'due'",
    "CREATE INDEX item_reread ON item (reread_at) WHERE reread_at IS NOT NULL",
    "CREATE INDEX item_not_indexed ON item (is_indexed, id) WHERE is_indexed <> 1",
    "CREATE INDEX item_with_texts ON item (seen_at) WHERE forgotten_at IS NULL",
    "CREATE INDEX item_edited ON item (edited_at) WHERE edited_at IS NOT NULL",
    "CREATE INDEX item_gone ON item (gone_at) WHERE gone_at IS NOT NULL",
    "CREATE INDEX item_of_story ON item (story_id, feed_id, seen_at, unseen_at, is_own_text)",
    "CREATE INDEX item_given_up ON item (article_at) WHERE article_state = 'given_up'",
    "CREATE INDEX item_baseline ON item (seen_at) WHERE is_baseline",
    "CREATE INDEX item_copied ON item (seen_at, story_id) WHERE copied IS NOT NULL",
    "CREATE INDEX item_seen ON item (seen_at, feed_id)",
    "CREATE INDEX item_news ON item (feed_id, seen_at) WHERE NOT is_first_poll",
    "CREATE INDEX item_address ON item (canonical_url)",
    """\
CREATE TABLE also_at (                         -- other addresses of an item: its redirector's, or those of entries that were it
  canonical_url TEXT NOT NULL,
  item_id       INTEGER NOT NULL REFERENCES item (id),
  PRIMARY KEY (canonical_url, item_id)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX also_at_of_item ON also_at (item_id)",
    """\
CREATE TABLE item_key (                        -- what an item is known by within its feed
  feed_id INTEGER NOT NULL REFERENCES feed (id),
  key     TEXT NOT NULL,                       -- two of guid (g), link (l), title (t), moment (d), hashed: gl:...
  item_id INTEGER REFERENCES item (id),        -- NULL: the item was deleted; what comes under its name is still no news
  gone_at INTEGER,                             -- when it was, or was last met again
  PRIMARY KEY (feed_id, key)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX item_key_of_item ON item_key (item_id)",
    "CREATE INDEX item_key_gone ON item_key (gone_at) WHERE gone_at IS NOT NULL",
    """\
CREATE TABLE article (                         -- the full text read from an item's page, as it was read first
  item_id      INTEGER PRIMARY KEY REFERENCES item (id),
  url          TEXT NOT NULL,                  -- where it came from at last, after redirects
  title        TEXT,
  text         TEXT,                           -- NULL: forgotten
  text_hash    TEXT NOT NULL,                  -- SHA-256 of text
  source       TEXT NOT NULL CHECK (source IN ('selector', 'page', 'json-ld')), -- what it was read by
  doubt        TEXT,                           -- why it may not be the article: paywall, consent, short ...
  language     TEXT,
  published_at INTEGER,                        -- as the page says
  read_at      INTEGER NOT NULL
) STRICT""",
    "CREATE INDEX article_doubted ON article (read_at) WHERE doubt IS NOT NULL",
    """\
CREATE TABLE revision (                        -- what an item's entry or page said after it was changed
  id         INTEGER PRIMARY KEY,
  item_id    INTEGER NOT NULL REFERENCES item (id),
  number     INTEGER NOT NULL,                 -- 1, 2 ...: an edit seen in both parts is one; 0 are the first words
  part       TEXT NOT NULL CHECK (part IN ('feed', 'page')),
  seen_at    INTEGER NOT NULL,
  title      TEXT,
  text       TEXT,                             -- the feed's text, or the article's; NULL: forgotten
  text_hash  TEXT NOT NULL,                    -- SHA-256 of text
  UNIQUE (item_id, number, part)
) STRICT""",
    "CREATE INDEX revision_seen ON revision (seen_at)",
    """\
CREATE TABLE watch (                           -- a named question, as config.toml asks it
  id        TEXT PRIMARY KEY,
  question  TEXT NOT NULL,                     -- what it asks, as JSON
  since     INTEGER NOT NULL,                  -- when it was first asked so
  past      INTEGER,                           -- items below this id are still to be asked about; NULL: none
  tells_since INTEGER,                         -- of those, what was first seen since then is told as news; NULL: nothing is
  is_listed INTEGER NOT NULL
) STRICT""",
    """\
CREATE TABLE match (                           -- a watch found in an item: one row for each place
  id         INTEGER PRIMARY KEY,
  item_id    INTEGER NOT NULL REFERENCES item (id),
  watch_id   TEXT NOT NULL REFERENCES watch (id),
  field      TEXT NOT NULL CHECK (field IN ('title', 'summary', 'text')),
  term       TEXT NOT NULL,                    -- the word as the watch lists it
  form       TEXT NOT NULL,                    -- the word as the text has it
  revision   INTEGER NOT NULL DEFAULT 0,       -- number of the version that has it; 0: what was stored first
  start      INTEGER NOT NULL,                 -- characters into the field's text
  stop       INTEGER NOT NULL,
  sentence   TEXT NOT NULL,
  mark_start INTEGER NOT NULL,                 -- where the form stands in the sentence
  mark_stop  INTEGER NOT NULL,
  found_at   INTEGER NOT NULL,
  is_first   INTEGER NOT NULL DEFAULT 0,       -- 1: of all places of its watch in its item the one that was found first
  is_history INTEGER NOT NULL DEFAULT 0,       -- 1: stood in what was stored when the watch was new; told nobody
  config     TEXT NOT NULL,                    -- fingerprint of the config.toml that asked
  UNIQUE (item_id, watch_id, field, start)
) STRICT""",
    "CREATE INDEX match_found ON match (found_at)",
    "CREATE INDEX match_of_watch ON match (watch_id, found_at, is_history, item_id) WHERE is_first",
    """\
CREATE TABLE sketch (                          -- what the text of an item is known again by; kept for two weeks
  item_id   INTEGER PRIMARY KEY REFERENCES item (id),
  at        INTEGER NOT NULL,                  -- when its story was settled
  text_hash BLOB NOT NULL,                     -- of its folded headline and text
  tokens    INTEGER NOT NULL,                  -- words, or characters where words are not parted
  lead      BLOB NOT NULL,                     -- hashes of runs of four of them, from the beginning; 4 bytes each
  rest      BLOB NOT NULL,                     -- likewise, of the whole text
  numbers   BLOB NOT NULL,                     -- hashes of the numbers in it
  words     BLOB NOT NULL,                     -- hashes of its words
  title     BLOB NOT NULL,                     -- hashes of the words of its headline
  is_headed INTEGER NOT NULL                   -- 1: its headline has a word in common with it, or no word that is long
) STRICT""",
    "CREATE INDEX sketch_of_text ON sketch (text_hash)",
    "CREATE INDEX sketch_at ON sketch (at)",
    """\
CREATE TABLE shingle (                         -- which stories have a hash of those in sketch
  hash     INTEGER NOT NULL,
  story    INTEGER NOT NULL,                   -- its id; no foreign key: whatever deletes stories would look through all of them
  PRIMARY KEY (hash, story)
) STRICT, WITHOUT ROWID""",
    """\
CREATE TABLE stop_shingle (                    -- hashes that so many stories have that they say nothing
  hash INTEGER PRIMARY KEY
) STRICT""",
    """\
CREATE TABLE beside (                          -- a watch's words stood on an item's page outside its article: menus, teasers
  item_id    INTEGER NOT NULL REFERENCES item (id),
  watch_id   TEXT NOT NULL REFERENCES watch (id),
  term       TEXT NOT NULL,
  form       TEXT NOT NULL,
  sentence   TEXT NOT NULL,
  mark_start INTEGER NOT NULL,
  mark_stop  INTEGER NOT NULL,
  PRIMARY KEY (item_id, watch_id)
) STRICT, WITHOUT ROWID""",
    """\
CREATE TABLE sentence_edit (                   -- what a revision did to the sentence in which a watch was found
  revision_id INTEGER NOT NULL REFERENCES revision (id),
  match_id    INTEGER NOT NULL REFERENCES match (id),
  fate        TEXT NOT NULL CHECK (fate IN ('changed', 'gone')),
  before      TEXT NOT NULL,                   -- the sentence as it stood in the version before
  after       TEXT,                            -- as it reads now; NULL: gone
  PRIMARY KEY (revision_id, match_id)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX sentence_edit_of_match ON sentence_edit (match_id)",
    """\
CREATE TABLE record (                          -- an answer of an outlet, kept as it came, in an evidence file (WARC)
  id          INTEGER PRIMARY KEY,
  file        TEXT NOT NULL,                   -- its name in the folder "evidence" beside this database
  start       INTEGER NOT NULL,                -- bytes into the file, where the record's own gzip member begins
  length      INTEGER NOT NULL,                -- bytes, packed
  url         TEXT NOT NULL,                   -- where it came from at last
  status      INTEGER NOT NULL,                -- the HTTP status
  fetched_at  INTEGER NOT NULL,
  digest      TEXT NOT NULL,                   -- of the body as it came: sha256:hex
  way         TEXT NOT NULL,                   -- the redirects that led there, as JSON: [[status, url], ...]
  config      TEXT NOT NULL                    -- fingerprint of the config.toml in force
) STRICT""",
    "CREATE INDEX record_file ON record (file, start)",
    """\
CREATE TABLE item_record (                     -- which answers prove what is stored of an item
  item_id   INTEGER NOT NULL REFERENCES item (id),
  record_id INTEGER NOT NULL REFERENCES record (id),
  part      TEXT NOT NULL CHECK (part IN ('feed', 'page')),
  PRIMARY KEY (item_id, record_id)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX item_record_of_record ON item_record (record_id)",
    # the words of items as they read now, folded (monitor/store/searching.py says how); the row's id is the item's
    """\
CREATE VIRTUAL TABLE words USING fts5 (
  title, summary, text, columnsize = 0, tokenize = "unicode61 remove_diacritics 0 categories 'L* N* Co Mn Mc'"
)""",
    # its parts are joined in steps of our own (Forgetting.merge_words): by itself it holds the writer for 400 ms now and then
    "INSERT INTO words (words, rank) VALUES ('automerge', 0), ('usermerge', 8), ('crisismerge', 500)",
    *TOLD,
    """\
CREATE TABLE run (                             -- one life of the daemon; a sleep of the machine ends it
  id           INTEGER PRIMARY KEY,
  started_at   INTEGER NOT NULL,
  seen_at      INTEGER NOT NULL,               -- when it last did its work: after a kill, when it ended
  stopped_at   INTEGER,                        -- NULL: running, or killed
  config       TEXT NOT NULL,                  -- fingerprint of the config.toml in force
  config_fault TEXT                            -- why the newest config.toml was refused; NULL: it is in force
) STRICT""",
    """\
CREATE TABLE in_force (                        -- one row: what `monitor status` wants of the config.toml in force
  id       INTEGER PRIMARY KEY CHECK (id = 1),
  timezone TEXT NOT NULL,
  watches  TEXT NOT NULL                       -- their ids in its order, as JSON
) STRICT""",
    """\
CREATE TABLE upkeep (                          -- what is done for this database itself, as it went last
  task     TEXT PRIMARY KEY CHECK (task IN ('backup', 'check')),
  tried_at INTEGER NOT NULL,
  done_at  INTEGER,                            -- last done, and all well
  trouble  TEXT                                -- why it was not done the last time, or what it found; NULL: all was well
) STRICT, WITHOUT ROWID""",
)


@migrations()
def m001_the_first_shape(db: Database) -> None:
    """Make every table of the first release."""
    for statement in FIRST:
        db.conn.execute(statement)
