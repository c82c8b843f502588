"""The tables of what is told to whom: promises, tries at keeping them, channels that fail, a person's wishes, digests.

A part of the shape that monitor/store/schema.py says more of.
"""

from __future__ import annotations

from typing import Final

TOLD: Final = (
    """\
CREATE TABLE alert (                           -- the promise to tell one channel about one story for one watch
  id          INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again: what is being sent is known by it
  watch_id    TEXT NOT NULL REFERENCES watch (id),
  channel     TEXT NOT NULL,                   -- the id in [channels]
  item_id     INTEGER NOT NULL REFERENCES item (id),
  subject     TEXT NOT NULL,                   -- story:ID or item:ID
  occasion    TEXT NOT NULL CHECK (occasion IN ('first', 'again_at', 'update', 'edit')),
  number      INTEGER NOT NULL DEFAULT 0,      -- of an occasion that comes more than once
  key         TEXT NOT NULL UNIQUE,            -- idempotency key: the same in every message that keeps this promise
  batch       TEXT,                            -- alerts that go out as one message where they are many
  is_urgent   INTEGER NOT NULL,
  -- withdrawn: the full text showed, before anything was sent, that the watch does not match; joined: its item turned out to be
  -- a copy of what another alert tells; dead: given up after days, or as nothing could be done about it; muted, acked: a person
  -- wanted no more of its watch, or its story
  state       TEXT NOT NULL CHECK (state IN ('held', 'sent', 'dead', 'withdrawn', 'joined', 'muted', 'acked')),
  joined_to   INTEGER,                         -- id of that other alert
  raised_at   INTEGER NOT NULL,
  hold_until  INTEGER NOT NULL,                -- waits for text or for the end of quiet hours
  -- text: of its item; copy: likewise, and it is probably one of what was told; interval: [alerts] group_interval; NULL: for none
  held_for    TEXT CHECK (held_for IN ('text', 'copy', 'interval')),
  next_try_at INTEGER NOT NULL,
  lease_until INTEGER,                         -- being sent: nobody else sends it before then
  tries       INTEGER NOT NULL DEFAULT 0,
  refusals    INTEGER NOT NULL DEFAULT 0,      -- tries at which it was refused itself, and not the channel as a whole
  hopeless    INTEGER NOT NULL DEFAULT 0,      -- tries, of it or of another for all that was due, which no later one can mend
  message     TEXT,                            -- idempotency key of the message in which it was first tried: it stays in that
  kind        TEXT,                            -- what that message is: one, first_poll, look_back, summary
  given_up_at INTEGER,                         -- when it was found to be dead
  UNIQUE (watch_id, channel, subject, occasion, number)
) STRICT""",
    "CREATE INDEX alert_of_subject ON alert (subject)",
    "CREATE INDEX alert_held ON alert (channel, next_try_at) WHERE state = 'held'",
    "CREATE INDEX alert_of_item ON alert (item_id)",
    "CREATE INDEX alert_unwanted ON alert (raised_at) WHERE state IN ('muted', 'acked')",
    "CREATE INDEX alert_dead ON alert (channel, given_up_at) WHERE state = 'dead'",
    """\
CREATE TABLE delivery (                        -- one try at keeping a promise
  id       INTEGER PRIMARY KEY,
  alert_id INTEGER NOT NULL REFERENCES alert (id),
  at       INTEGER NOT NULL,
  outcome  TEXT NOT NULL CHECK (outcome IN ('sent', 'failed')),
  message  TEXT NOT NULL,                      -- idempotency key of the message it went in
  reason   TEXT                                -- what the channel answered, if it failed
) STRICT""",
    "CREATE INDEX delivery_of_alert ON delivery (alert_id)",
    "CREATE INDEX delivery_sent ON delivery (at) WHERE outcome = 'sent'",
    """\
CREATE TABLE taken (                           -- addresses of a channel that took a message which others of it are still to get
  message TEXT NOT NULL,
  channel TEXT NOT NULL,
  address TEXT NOT NULL,
  PRIMARY KEY (message, channel, address)
) STRICT, WITHOUT ROWID""",
    """\
CREATE TABLE channel (                         -- how a channel does that failed last
  id            TEXT PRIMARY KEY,              -- the id in [channels]
  failures      INTEGER NOT NULL,              -- in a row
  failing_since INTEGER NOT NULL,
  reason        TEXT NOT NULL,
  rests_until   INTEGER NOT NULL,
  told          TEXT CHECK (told IN ('failing', 'dead')) -- what another channel, or the log, was told of it
) STRICT""",
    """\
CREATE TABLE notice (                          -- what a channel is told of another one's trouble, or outlets'
  id            INTEGER PRIMARY KEY,
  channel       TEXT NOT NULL,                 -- who is told
  about         TEXT NOT NULL,                 -- whose trouble it is: a channel's id, or [health]
  key           TEXT NOT NULL UNIQUE,          -- idempotency key
  subject       TEXT NOT NULL,
  text          TEXT NOT NULL,
  state         TEXT NOT NULL CHECK (state IN ('held', 'sent', 'dead')),
  raised_at     INTEGER NOT NULL,
  next_try_at   INTEGER NOT NULL,
  tries         INTEGER NOT NULL DEFAULT 0
) STRICT""",
    """\
CREATE TABLE feed_told (                       -- feeds of which the channels of [health] know that something is wrong
  feed_id INTEGER NOT NULL REFERENCES feed (id),
  what    TEXT NOT NULL CHECK (what IN ('failing', 'silent')), -- does not answer, or answers and brings nothing new
  told_at INTEGER NOT NULL,                    -- when it was promised to tell them
  PRIMARY KEY (feed_id, what)
) STRICT, WITHOUT ROWID""",
    """\
CREATE TABLE mute (                            -- a watch whose alerts a person wants none of for a while
  watch_id TEXT PRIMARY KEY REFERENCES watch (id),
  since    INTEGER NOT NULL,
  until    INTEGER NOT NULL
) STRICT""",
    """\
CREATE TABLE ack (                             -- a story, or item, that a person has seen: nothing more is told of it
  subject TEXT PRIMARY KEY,                    -- story:ID or item:ID, as in alert
  at      INTEGER NOT NULL
) STRICT""",
    """\
CREATE TABLE plan (                            -- a digest of config.toml, since when: what was due before was not missed
  id       TEXT PRIMARY KEY,                   -- '' is [digest] itself, 'weekly' [digest.weekly]
  times    TEXT NOT NULL,                      -- when it is made, and in which time zone
  added_at INTEGER NOT NULL,
  since    INTEGER NOT NULL                    -- at these times
) STRICT""",
    """\
CREATE TABLE digest (                          -- findings and coverage over a window of time
  id       INTEGER PRIMARY KEY,
  plan     TEXT NOT NULL,                      -- which one of config.toml: '' is [digest] itself, 'weekly' [digest.weekly]
  due_at   INTEGER NOT NULL,                   -- the instant that it was due
  period   TEXT NOT NULL,                      -- the same as the desk's clock shows it: 2026-11-23T06:00
  start_at INTEGER NOT NULL,                   -- the window: what was found in start_at <= found_at < stop_at
  stop_at  INTEGER NOT NULL,
  made_at  INTEGER NOT NULL,
  last_match INTEGER NOT NULL,                 -- the newest one's id: what is stored after it is in the next
  is_late  INTEGER NOT NULL,
  is_asked INTEGER NOT NULL,                   -- 1: a person asked for it: the next window is as if it were not
  subject  TEXT NOT NULL,
  counts   TEXT NOT NULL,                      -- for the archive's index, as JSON
  UNIQUE (plan, due_at, is_asked)
) STRICT""",
    """\
CREATE TABLE digest_words (                    -- a digest in words, frozen, so that a second try sends and writes the same
  digest_id INTEGER NOT NULL REFERENCES digest (id),
  form      TEXT NOT NULL CHECK (form IN ('text', 'mail', 'payload', 'html', 'md', 'json', 'atom')), -- the first three are sent
  words     TEXT NOT NULL,
  PRIMARY KEY (digest_id, form)
) STRICT, WITHOUT ROWID""",
    """\
CREATE TABLE digest_story (                    -- the stories that a digest tells of: each has a page in the archive
  digest_id INTEGER NOT NULL REFERENCES digest (id),
  story     INTEGER NOT NULL,                  -- its id; no foreign key: a digest outlives its stories
  PRIMARY KEY (digest_id, story)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX digest_of_story ON digest_story (story)",
    """\
CREATE TABLE digest_delivery (                 -- the promise to send one digest to one channel
  digest_id   INTEGER NOT NULL REFERENCES digest (id),
  channel     TEXT NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('held', 'sent', 'dead')),
  next_try_at INTEGER NOT NULL,                -- while it is being sent: when it may be tried again at the earliest
  tries       INTEGER NOT NULL DEFAULT 0,
  sent_at     INTEGER,
  given_up_at INTEGER,
  reason      TEXT,                            -- what the channel answered, if it failed
  PRIMARY KEY (digest_id, channel)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX digest_held ON digest_delivery (channel, next_try_at) WHERE state = 'held'",
)
