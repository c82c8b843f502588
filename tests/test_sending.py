"""`monitor digest --send`: a digest made now, typed with a daemon and without, and what came of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from desks import Desk, configured, outlet, rows, typed, until
from fakes import Site, rss
from test_brief import digests, next_at
from test_promises import opened, poll_all

from monitor.model import Config

PLANS = """
[channels.other]
type = "webhook"
url = "{url}/other"
private = true
[digest]
at = "06:00"
send = ["hook"]
[digest."haftalık"]
cron = "0 7 * * mon"
send = ["hook", "other"]
[digest.quiet]
send = []
"""


@pytest.fixture
def stored(tmp_path: Path, site: Site) -> Iterator[Config]:
    """Give a desk that found one item and told of it, and no daemon."""
    site.pages["/feed.xml"] = rss(("Rain floods Idlib", "mailto:1@y.example", ""))
    config = configured(tmp_path, outlet(site, more=PLANS.format(url=site.url)))
    with site.serving():
        asyncio.run(_once(config))
        site.posts.clear()
        yield config


async def _once(config: Config) -> None:
    async with opened(config) as daemon:
        await poll_all(daemon)
        await daemon.once()


async def _due(config: Config, now: datetime) -> list[str]:
    async with opened(config) as daemon:
        return await digests(daemon, now)


def keys(site: Site) -> list[str]:
    return [post["key"].partition("-20")[0] for post in site.posts]


def test_a_digest_is_made_and_sent_without_a_daemon(stored: Config, site: Site) -> None:
    done = typed(stored, "digest", "--send")
    assert (done.returncode, done.stderr) == (0, "")
    head, said = done.stdout.splitlines()
    assert head.endswith(" is promised to hook.")
    assert said == "hook: sent"
    (post,) = site.posts
    assert (post["kind"], "Rain floods" in post["text"]) == ("digest", True)
    assert keys(site) == ["digest.asked"]
    assert rows(stored, "SELECT is_asked, state FROM digest JOIN digest_delivery ON digest_id = id") == [(1, "sent")]
    ((period,),) = rows(stored, "SELECT period FROM digest JOIN digest_delivery ON digest_id = id")
    assert (Path(stored.digest.directory) / f"{str(period).replace(':', '')}.html").exists()


def test_a_further_digest_is_sent_to_its_own_channels(stored: Config, site: Site) -> None:
    done = typed(stored, "digest", "--send", "--plan", "haftalık", "--since", "7d")
    assert done.stdout.splitlines()[1:] == ["hook: sent", "other: sent"]
    assert len(site.posts) == 2
    assert all(key.startswith("digest.asked-") and key.isascii() for key in keys(site))


def test_a_channel_that_did_not_take_it_is_named_with_what_it_said(stored: Config, site: Site) -> None:
    site.post_status = 503
    done = typed(stored, "digest", "--send")
    assert done.returncode == 1
    assert "hook: NOT taken: 503 Service Unavailable. It is tried again from 20" in done.stderr
    again = typed(stored, "digest", "--send", "--since", "1h")
    assert (site.refused, again.returncode, again.stderr) == (1, 0, "")
    assert "hook: rests until 20" in again.stdout
    assert "503 Service Unavailable" in again.stdout


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("--plan", "haftalik"), 2, 'no digest "haftalik". Did you mean "haftalık"? There are: haftalık, quiet'),
        (("--plan", "quiet"), 1, '[digest.quiet] sends to nobody. Write send = ["hook"] under it in config.toml'),
        (("--format", "md"), 2, "leave --format, -o and --open away"),
        (("--since", "soon"), 2, "write 90m, 24h or 7d"),
        (("--since", "0h"), 2, "that is no time at all"),
    ],
)
def test_a_slip_sends_nothing(stored: Config, site: Site, words: tuple[str, ...], code: int, says: str) -> None:
    done = typed(stored, "digest", "--send", *words)
    assert (done.returncode, done.stdout, site.posts) == (code, "", [])
    assert says in done.stderr.replace("\n", " ")
    assert rows(stored, "SELECT count(*) FROM digest_delivery") == [(0,)]


def test_where_nothing_was_ever_stored_nothing_is_sent(tmp_path: Path, site: Site) -> None:
    config = configured(tmp_path, outlet(site, more='[digest]\nsend = ["hook"]'))
    assert "nothing was stored there yet" in typed(config, "digest", "--send").stderr
    assert not Path(config.state).exists()


def test_the_digests_that_follow_are_as_if_it_had_not_been(stored: Config) -> None:
    assert typed(stored, "digest", "--send").returncode == 0
    at = next_at(6)
    assert f"{at:%Y-%m-%dT%H:%M} in time" in asyncio.run(_due(stored, at))
    ((began, told),) = rows(
        stored,
        "SELECT start_at <= (SELECT min(found_at) FROM match), instr(words, 'Rain floods') > 0 FROM digest"
        " JOIN digest_words ON digest_id = id AND form = 'text' WHERE NOT is_asked AND plan = ''",
    )
    assert (began, told) == (1, 1)


@pytest.fixture
def running(desk: Desk) -> Desk:
    desk.site.pages["/a.xml"] = rss(("Rain floods Idlib", "mailto:1@y.example", ""))
    desk.configure("a", more='[digest]\nsend = ["hook"]\n')
    desk.start()
    until(lambda: desk.ask("SELECT 1 FROM alert WHERE state = 'sent'"), desk)
    return desk


def test_a_running_daemon_makes_and_sends_it(running: Desk) -> None:
    done = running.type("digest", "--send")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[1:] == ["hook: sent"]
    assert [post["kind"] for post in running.site.posts] == ["one", "digest"]
    running.site.post_status = 503
    refused = running.type("digest", "--send")
    assert refused.returncode == 1
    assert "hook: NOT taken: 503 Service Unavailable" in refused.stderr
    running.site.post_status = 204


def test_a_faulty_config_does_not_hide_the_digest_of_the_one_in_force(running: Desk) -> None:
    running.config.write_text(running.config.read_text() + "\nnonsense = 1\n")
    done = running.type("digest")
    assert done.returncode == 0
    assert "Rain floods" in done.stdout
    assert "by the last good config.toml" in done.stderr
    assert 'no such key "nonsense"' in done.stderr
    assert running.type("digest", "--format", "md").returncode == 2
    assert running.type("digest", "--send").returncode == 0


def test_where_no_monitor_runs_a_faulty_config_is_all_there_is_to_say(stored: Config) -> None:
    Path(stored.path).write_text("nonsense = 1\n" + Path(stored.path).read_text())
    done = typed(stored, "digest")
    assert (done.returncode, done.stdout) == (2, "")
    assert 'no such key "nonsense"' in done.stderr


def test_the_forms_of_a_digest_are_shown(stored: Config) -> None:
    assert "Rain floods" in typed(stored, "digest").stdout
    assert typed(stored, "digest", "--format", "html").stdout.startswith("<!")
    assert typed(stored, "digest", "--plan", "quiet").returncode == 0
    assert json.loads(typed(stored, "status", "--json").stdout)["outbox"]["held"] == 0
