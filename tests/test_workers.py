"""Worker processes: what hangs, dies or eats memory costs one job, never the monitor."""

import asyncio
import os
import platform
import resource
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import ExtractError, ParseError, WorkerError
from monitor.model import Article, Document, Fetched, Hints, Validators
from monitor.parse import parse
from monitor.url import linkable
from monitor.workers import Workers
from monitor.workers.answers import _PLAIN_LINK, article, document, record

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
ITEM = b"<item><title>Floods</title><pubDate>2026-11-22</pubDate></item>"
GOOD = b"<rss version='2.0'><channel><title>Desk</title>" + ITEM + b"</channel></rss>"
# feedparser takes minutes for this (fault H07)
HANGS = (
    b"<rss version='2.0'><channel><item><x " + b"".join(b"a%d='1' " % n for n in range(100_000)) + b"/></item></channel></rss>"
)
PAGE = (
    "<html><head><title>Floods in Harim</title></head><body><h1>Floods in Harim</h1>"
    + "<p>Rain fell for two nights on the camps.</p>" * 20
)


def fetched(body: bytes, content_type: str = "application/rss+xml") -> Fetched:
    url = "https://orontes-post.example/feed.xml"
    return Fetched(
        requested_url=url, url=url, status=200, content_type=content_type, body=body, validators=Validators(), fetched_at=NOW
    )


def children(of: int | None = None) -> set[int]:
    """Give the pids of the worker processes that live (not those that are dead and not yet reaped)."""
    found = set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = status.read_text().rpartition(")")
            words = (status.parent / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"monitor.worker" in words and int(rest.split()[1]) == (of or os.getpid()):
            found.add(int(name.split()[0]))
    return found


async def test_a_feed_is_read_in_another_process() -> None:
    async with Workers() as workers:
        document = await workers.parse(fetched(GOOD), now=NOW)
        assert document.title == "Desk"
        assert document.entries[0].published == datetime(2026, 11, 22, tzinfo=UTC)
        assert len(children()) == 1
    assert not children()


async def test_a_page_is_read_in_another_process() -> None:
    async with Workers() as workers:
        article = await workers.extract(fetched(PAGE.encode(), "text/html"), title="Floods in Harim", language="en")
    assert "two nights" in article.text
    assert article.doubt is None


def feed_of(*titles: str, says: str = "en-US") -> bytes:
    items = "".join(f"<item><title>{title}</title><guid>{title}</guid></item>" for title in titles)
    return f"<rss version='2.0'><channel><title>D</title><language>{says}</language>{items}</channel></rss>".encode()


IN_THREE = {
    "الثلوج تقطع الطرق بإدلب": "ar",
    "İdlib'de yollar kardan kapandı, okullar tatil edildi": "tr",
    "Roads are closed by snow in the north": "en",
}


async def test_an_entry_is_in_the_language_of_its_own_words_whatever_the_feed_says_and_whatever_stands_beside_it() -> None:
    async with Workers(1) as workers:
        together = await workers.parse(fetched(feed_of(*IN_THREE)), now=NOW)
        alone = [(await workers.parse(fetched(feed_of(title)), now=NOW)).entries[0] for title in IN_THREE]
    assert [entry.language for entry in together.entries] == list(IN_THREE.values())
    assert together.entries == tuple(alone)


async def test_where_the_desk_gives_the_language_none_is_detected_and_no_detector_loaded() -> None:
    page = fetched(PAGE.encode(), "text/html")
    async with Workers(1) as workers:
        document = await workers.parse(fetched(feed_of(*IN_THREE)), now=NOW, language="tr")
        article = await workers.extract(page, title="Floods in Harim", language="tr")
        (pid,) = children()
        assert "pycld2" not in of_process(pid, "maps")
        assert (await workers.extract(page, title="Floods in Harim", language=None)).language == "en"
        assert "pycld2" in of_process(pid, "maps")
    assert {entry.language for entry in document.entries} == {"en"}
    assert article.language == "tr"


async def test_a_page_that_says_english_over_turkish_is_in_turkish() -> None:
    text = "<p>Yağmur iki gece boyunca kampların üzerine yağdı, çadırlar su altında kaldı.</p>" * 20
    body = f"<html lang='en-US'><head><title>Kamplar</title></head><body><h1>Kamplar</h1>{text}</body></html>"
    async with Workers(1) as workers:
        article = await workers.extract(fetched(body.encode(), "text/html"), title="Kamplar", language=None)
    assert article.language == "tr"


async def test_a_refusal_comes_back_as_itself() -> None:
    async with Workers() as workers:
        with pytest.raises(ParseError, match="web page") as caught:
            await workers.parse(fetched(b"<html>"), now=NOW)
        assert caught.value.kind == "html"
        with pytest.raises(ExtractError) as refused:
            await workers.extract(fetched(b"%PDF-1.7", "application/pdf"), title="T", language=None)
        assert refused.value.kind == "not_html"
        assert len(children()) == 1


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(HANGS, id="H07 100,000 attributes"),
        pytest.param(
            b"<rss version='2.0'><channel><item><title>&</title><description>"
            + b"<!--" * 150_000
            + b"</description></item></channel></rss>",
            id="H08 comments that never end",
        ),
        pytest.param(b"<rss version='2.0'><channel><item><description>" + b"<b>" * 1_000_000, id="H09 a million tags deep"),
        pytest.param(
            b"<rss version='2.0'><channel>"
            + b"<item><title>t</title><link>http://a.example/</link></item>" * 90_000
            + b"</channel></rss>",
            id="H10 90,000 items",
        ),
    ],
)
async def test_h07_to_h10_a_feed_that_hangs_is_given_up_and_the_next_one_read(body: bytes) -> None:
    async with Workers(1, time_limit=timedelta(seconds=1)) as workers:
        try:
            document = await workers.parse(fetched(body), now=NOW)
            assert len(document.entries) <= 2_000
        except ParseError as error:
            assert error.kind in {"too_slow", "crashed", "garbage"}  # noqa: PT017 - both outcomes are right, on a faster machine
        assert (await workers.parse(fetched(GOOD), now=NOW)).title == "Desk"
        assert len(children()) == 1


async def test_h07_what_takes_too_long_is_told_as_such() -> None:
    async with Workers(1, time_limit=timedelta(seconds=0.5)) as workers:
        with pytest.raises(ParseError, match=r"within 0\.5 s") as caught:
            await workers.parse(fetched(HANGS), now=NOW)
        assert caught.value.kind == "too_slow"


async def test_h10_h25_l21_what_takes_too_much_memory_is_given_up_and_the_next_one_read() -> None:
    body = b'{"version": "https://jsonfeed.org/version/1", "items": [' + b"{}," * 3_000_000 + b"{}]}"
    async with Workers(1, memory_limit=130_000_000, time_limit=timedelta(seconds=20)) as workers:
        with pytest.raises(ParseError, match="130 MB") as caught:
            await workers.parse(fetched(body), now=NOW)
        assert caught.value.kind == "crashed"
        assert (await workers.parse(fetched(GOOD), now=NOW)).title == "Desk"


async def test_h25_a_page_that_hangs_is_given_up() -> None:
    page = b"<html><body><p>" + b"<a href='/x'>word</a> <span>x</span>" * 40_000
    async with Workers(1, time_limit=timedelta(seconds=1)) as workers:
        with pytest.raises(ExtractError) as caught:
            await workers.extract(fetched(page, "text/html"), title="T", language=None)
        assert caught.value.kind == "too_slow"


@pytest.fixture
def faulty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let workers be such as do what a feed says (see faulty_worker.py)."""
    program = tmp_path / "python"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} {Path(__file__).with_name("faulty_worker.py")} "$@"\n')
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(program))


@pytest.mark.usefixtures("faulty")
@pytest.mark.parametrize(
    ("fault", "kind", "says"),
    [
        ("SEGFAULT", "crashed", "the process that read it died (signal 11)"),
        ("HUGE", "crashed", "reading it took more than 700 MB of memory"),
        ("HANG", "too_slow", "it could not be read within 0.5 s"),
        ("NOISE", "crashed", "the worker process spoke nonsense"),
        ("LIE", "crashed", "the worker process spoke nonsense"),
        ("QUIT", "crashed", "the process that read it died (exit 0)"),
        ("CHILD", "too_slow", "it could not be read within 0.5 s"),
    ],
)
async def test_l21_whatever_becomes_of_a_worker_costs_one_job_and_leaves_nothing(
    fault: str, kind: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.workers._REAP_LIMIT", timedelta(seconds=1))
    async with Workers(1, time_limit=timedelta(seconds=0.5)) as workers:
        await workers.parse(fetched(GOOD), now=NOW)
        with pytest.raises(ParseError) as caught:
            await workers.parse(fetched(GOOD.replace(b"Desk", fault.encode())), now=NOW)
        assert (caught.value.kind, caught.value.detail) == (kind, says)
        # neither a zombie, nor one that is no worker's
        assert descendants() == set()
        assert (await workers.parse(fetched(GOOD), now=NOW)).title == "Desk"
        assert workers.killed == 1


def descendants() -> set[int]:
    """Give what this process has for children, dead ones included, and what of theirs outlived them."""
    found = set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            name, _, rest = status.read_text().rpartition(")")
            words = (status.parent / "cmdline").read_bytes()
            if int(rest.split()[1]) == os.getpid() or b"sleep\x0061.7" in words:
                found.add(int(name.split()[0]))
    return found


async def test_l21_a_worker_that_is_killed_at_work_costs_one_job() -> None:
    async with Workers(1) as workers:
        await workers.parse(fetched(GOOD), now=NOW)
        (pid,) = children()
        job = asyncio.create_task(workers.parse(fetched(HANGS), now=NOW))
        await until_busy(pid)
        os.kill(pid, signal.SIGSEGV)
        with pytest.raises(ParseError, match="signal 11") as caught:
            await job
        assert caught.value.kind == "crashed"
        assert (await workers.parse(fetched(GOOD), now=NOW)).title == "Desk"
        assert pid not in children()


async def until_busy(pid: int) -> None:
    """Wait until a process has used the processor for a while."""
    start = ticks(pid)
    await asyncio.to_thread(wait_for_ticks, pid, start + 10)


def wait_for_ticks(pid: int, wanted: int) -> None:
    deadline = time.monotonic() + 10
    while ticks(pid) < wanted:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def of_process(pid: int, name: str) -> str:
    return Path(f"/proc/{pid}/{name}").read_text(encoding="utf-8", errors="replace")


def ticks(pid: int) -> int:
    return int(of_process(pid, "stat").rpartition(")")[2].split()[11])


async def test_l21_a_worker_that_died_in_its_sleep_costs_no_job() -> None:
    async with Workers(1) as workers:
        await workers.parse(fetched(GOOD), now=NOW)
        (pid,) = children()
        os.kill(pid, signal.SIGKILL)
        assert (await workers.parse(fetched(GOOD), now=NOW)).title == "Desk"
        assert children() - {pid}


async def test_l21_a_worker_that_cannot_start_here_is_no_feeds_fault() -> None:
    async with Workers(1, memory_limit=30_000_000) as workers:
        with pytest.raises(ParseError) as caught:
            await workers.parse(fetched(GOOD), now=NOW)
    assert caught.value.kind == "local"


def test_l21_a_worker_takes_what_is_left_where_the_monitor_itself_may_have_less_memory() -> None:
    less = 500_000_000

    def begin() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (less, less))

    words = [sys.executable, "-m", "monitor.worker", "700000000"]
    assert subprocess.run(words, preexec_fn=begin, input=b"", capture_output=True, check=False).returncode == 0


async def test_a_cancelled_job_leaves_no_answer_for_the_next() -> None:
    async with Workers(1) as workers:
        await workers.parse(fetched(GOOD), now=NOW)
        (pid,) = children()
        job = asyncio.create_task(workers.parse(fetched(HANGS), now=NOW))
        await until_busy(pid)
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job
        assert (await workers.parse(fetched(GOOD), now=NOW)).title == "Desk"
        assert pid not in children()


async def test_jobs_wait_in_line_for_few_workers() -> None:
    async with Workers(2) as workers:
        read = await asyncio.gather(*(workers.parse(fetched(GOOD), now=NOW) for _ in range(40)))
        assert [document.title for document in read] == ["Desk"] * 40
        assert len(children()) == 2


async def test_a_worker_is_replaced_before_it_grows_old() -> None:
    async with Workers(1) as workers:
        await workers.parse(fetched(GOOD), now=NOW)
        first = children()
        for _ in range(500):
            await workers.parse(fetched(GOOD), now=NOW)
        assert children().isdisjoint(first)


async def test_closing_ends_busy_workers_and_turns_the_rest_away() -> None:
    workers = Workers(1)
    await workers.parse(fetched(GOOD), now=NOW)
    (pid,) = children()
    jobs = [asyncio.create_task(workers.parse(fetched(HANGS), now=NOW)) for _ in range(3)]
    await until_busy(pid)
    await workers.aclose()
    assert not children()
    ends = await asyncio.gather(*jobs, return_exceptions=True)
    assert [getattr(end, "kind", None) for end in ends] == ["crashed", "local", "local"]
    with pytest.raises(ParseError, match="stopping"):
        await workers.parse(fetched(GOOD), now=NOW)


async def test_only_asyncio_asks_how_its_child_ended(caplog: pytest.LogCaptureFixture) -> None:
    if sys.version_info < (3, 12):
        # the watcher that later Pythons have: it asks within the loop, so that what was asked before it is seen every time
        watcher = asyncio.PidfdChildWatcher()
        watcher.attach_loop(asyncio.get_running_loop())
        asyncio.set_child_watcher(watcher)
    try:
        async with Workers(1) as workers:
            await workers.parse(fetched(GOOD), now=NOW)
            (pid,) = children()
            # between the moment when it is killed and the one when it is looked at again
            asyncio.get_running_loop().call_soon(os.waitid, os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    finally:
        if sys.version_info < (3, 12):
            asyncio.set_child_watcher(None)
    assert [record.message for record in caplog.records if record.name == "asyncio"] == []


async def test_a_worker_has_no_secret_and_few_rights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK_TOKEN", "canary-7731")
    async with Workers(1) as workers:
        await workers.parse(fetched(GOOD), now=NOW)
        (pid,) = children()
        assert "canary" not in of_process(pid, "environ")
        limits = of_process(pid, "limits")
        assert "700000000" in limits
        assert os.getsid(pid) != os.getsid(0)
        status = of_process(pid, "status")
        assert "NoNewPrivs:\t1" in status
        assert "Seccomp:\t2" in status or platform.machine() not in {"x86_64", "aarch64"}
        os.kill(pid, signal.SIGINT)
        await workers.parse(fetched(GOOD), now=NOW)
        assert children() == {pid}


PARENT = """
import asyncio, sys
from test_workers import GOOD, HANGS, NOW, children, fetched, until_busy
from monitor.workers import Workers

async def main():
    workers = Workers(2)
    await asyncio.gather(*(workers.parse(fetched(GOOD), now=NOW) for _ in range(9)))
    busy = asyncio.create_task(workers.parse(fetched(HANGS), now=NOW))
    await asyncio.sleep(0.3)
    print(*children(), flush=True)
    await busy

asyncio.run(main())
"""


def test_a_parent_killed_leaves_no_orphan() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, cwd=Path(__file__).parent, text=True) as parent:
        assert parent.stdout is not None
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        assert len(pids) == 2
        descriptors = [os.pidfd_open(pid) for pid in pids]
        parent.kill()
    poll = select.poll()
    for descriptor in descriptors:
        poll.register(descriptor, select.POLLIN)
    ended: set[int] = set()
    while len(ended) < 2:
        found = poll.poll(5_000)
        assert found, "an orphan lives on"
        for descriptor, _ in found:
            poll.unregister(descriptor)
            os.close(descriptor)
            ended.add(descriptor)


ENTRY = {
    "guid": "g",
    "link": "https://a.example/",
    "title": "t",
    "summary": "s",
    "text": None,
    "author": None,
    "published": "2026-11-22T00:00:00+00:00",
    "published_raw": "x",
    "language": "en",
}
HINTS = {"ttl": 3600, "skip_hours": [0, 7], "skip_days": [6]}
DOCUMENT = {
    "kind": "rss",
    "title": None,
    "link": None,
    "language": None,
    "entries": [ENTRY],
    "hints": HINTS,
    "is_sound": True,
    "is_torn": False,
}


@pytest.mark.parametrize(
    "said",
    [
        [],
        {},
        DOCUMENT | {"more": 1},
        DOCUMENT | {"kind": "html"},
        DOCUMENT | {"title": 5},
        DOCUMENT | {"title": "x" * 501},
        DOCUMENT | {"title": "\ud800"},
        DOCUMENT | {"link": "javascript:alert(1)"},
        DOCUMENT | {"language": "../.."},
        DOCUMENT | {"entries": None},
        DOCUMENT | {"entries": [ENTRY] * 2_001},
        DOCUMENT | {"entries": [ENTRY | {"published": "2026-11-22"}]},
        DOCUMENT | {"entries": [ENTRY | {"published": "2026-11-22T00:00:00"}]},
        DOCUMENT | {"entries": [ENTRY | {"published": 1}]},
        DOCUMENT | {"entries": [ENTRY | {"link": "file:///etc/passwd"}]},
        DOCUMENT | {"entries": ["x"]},
        DOCUMENT | {"is_sound": 1},
        DOCUMENT | {"is_sound": None},
        DOCUMENT | {"is_torn": 0},
        {name: value for name, value in DOCUMENT.items() if name != "is_torn"},
        DOCUMENT | {"hints": None},
        DOCUMENT | {"hints": HINTS | {"more": 1}},
        DOCUMENT | {"hints": HINTS | {"ttl": 0}},
        DOCUMENT | {"hints": HINTS | {"ttl": -5}},
        DOCUMENT | {"hints": HINTS | {"ttl": True}},
        DOCUMENT | {"hints": HINTS | {"ttl": "60"}},
        DOCUMENT | {"hints": HINTS | {"ttl": float("nan")}},
        DOCUMENT | {"hints": HINTS | {"ttl": 366 * 86_400}},
        DOCUMENT | {"hints": HINTS | {"skip_hours": [24]}},
        DOCUMENT | {"hints": HINTS | {"skip_hours": [-1]}},
        DOCUMENT | {"hints": HINTS | {"skip_hours": [True]}},
        DOCUMENT | {"hints": HINTS | {"skip_hours": [1.0]}},
        DOCUMENT | {"hints": HINTS | {"skip_hours": list(range(24)) * 2}},
        DOCUMENT | {"hints": HINTS | {"skip_hours": 5}},
        DOCUMENT | {"hints": HINTS | {"skip_days": [7]}},
        DOCUMENT | {"hints": HINTS | {"skip_days": ["Monday"]}},
        DOCUMENT | {"entries": [ENTRY | {"link": "https://u:p@a.example/"}]},
        DOCUMENT | {"entries": [ENTRY | {"link": "https://a.example/<"}]},
        DOCUMENT | {"entries": [ENTRY | {"link": "https://a.example/\n"}]},
    ],
)
def test_an_answer_that_is_no_record_is_garbage(said: object) -> None:
    with pytest.raises(WorkerError) as caught:
        record({"document": said}, "document", read=document, kinds={"html"}, error=ParseError)
    assert caught.value.kind == "garbage"


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"error": None},
        {"error": {"kind": "evil", "detail": "x"}},
        {"error": {"kind": "html", "detail": ["x"]}},
        {"article": {"text": "x"}},
        {"document": DOCUMENT},
    ],
)
def test_an_answer_to_another_question_is_garbage(answer: dict[str, object]) -> None:
    with pytest.raises(WorkerError):
        record(answer, "article", read=article, kinds={"html"}, error=ExtractError)


ARTICLE = {
    "url": "https://a.example/1",
    "title": None,
    "text": "Rain fell.",
    "source": "selector",
    "doubt": "short",
    "language": "en",
    "published": "2026-11-22T00:00:00+00:00",
    "canonical": "https://a.example/rain",
    "page": "Menu\nRain\nMore news",
}


@pytest.mark.parametrize(
    "said",
    [
        ARTICLE | {"more": 1},
        {name: value for name, value in ARTICLE.items() if name != "canonical"},
        ARTICLE | {"canonical": "javascript:alert(1)"},
        ARTICLE | {"canonical": "/rain"},
        ARTICLE | {"canonical": "https://u:p@a.example/"},
        ARTICLE | {"canonical": "https://a.example/" + "x" * 2_000},
        ARTICLE | {"canonical": 5},
        ARTICLE | {"page": None},
        ARTICLE | {"page": "x" * 200_001},
        ARTICLE | {"source": "feed"},
        ARTICLE | {"source": None},
        ARTICLE | {"doubt": "ugly"},
        ARTICLE | {"text": None},
        ARTICLE | {"text": "x" * 200_001},
        ARTICLE | {"language": "english"},
        ARTICLE | {"published": "2026-11-22"},
    ],
)
def test_an_answer_that_is_no_article_is_garbage(said: object) -> None:
    with pytest.raises(WorkerError) as caught:
        record({"article": said}, "article", read=article, kinds={"html"}, error=ExtractError)
    assert caught.value.kind == "garbage"


def test_what_a_worker_says_of_its_refusal_is_one_line_that_repaints_no_terminal() -> None:
    told = {"kind": "html", "detail": "a\x1b[2J\n\u202epage\x00\u2028"}
    with pytest.raises(ParseError) as caught:
        record({"error": told}, "document", read=document, kinds={"html"}, error=ParseError)
    assert caught.value.detail == "a [2J page"


@pytest.mark.parametrize("address", ["https://a.example/rain", None])
def test_an_answer_that_is_an_article_is_taken(address: str | None) -> None:
    taken = record({"article": ARTICLE | {"canonical": address}}, "article", read=article, kinds={"html"}, error=ExtractError)
    assert isinstance(taken, Article)
    assert (taken.source, taken.doubt, taken.canonical) == ("selector", "short", address)


def test_an_answer_that_is_a_record_is_taken() -> None:
    taken = record({"document": DOCUMENT}, "document", read=document, kinds={"html"}, error=ParseError)
    assert isinstance(taken, Document)
    assert taken.entries[0].published == datetime(2026, 11, 22, tzinfo=UTC)
    assert taken.is_sound
    assert taken.hints == Hints(ttl=timedelta(hours=1), skip_hours=frozenset({0, 7}), skip_days=frozenset({6}))


@given(st.from_regex(_PLAIN_LINK, fullmatch=True))
def test_a_link_that_is_let_through_at_once_is_one_that_may_be_linked(link: str) -> None:
    assert linkable(link, None) == (link if len(link) <= 2_000 else None)


async def test_what_a_feed_wishes_and_every_letter_of_it_come_through() -> None:
    title = 'Наводнение إدلب 伊德利卜 \U0001f30a \\ud83d " \u2009x'
    body = (
        "<rss version='2.0'><channel><title>Desk</title><ttl>90</ttl><skipDays><day>Sunday</day></skipDays>"
        f"<item><title>{title}</title></item></channel></rss>"
    )
    async with Workers(1) as workers:
        document = await workers.parse(fetched(body.encode()), now=NOW, language="ru")
    assert document == parse(body.encode(), url=fetched(b"").url, content_type="application/rss+xml", now=NOW)
    assert document.entries[0].title == " ".join(title.split())
    assert document.hints == Hints(ttl=timedelta(minutes=90), skip_days=frozenset({6}))
    assert document.is_sound
