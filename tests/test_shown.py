"""What a running monitor shows of itself on a loopback port, and tells a dead man's switch: true figures, and no secret."""

from __future__ import annotations

import asyncio
import http.client
import json
import logging
import os
import platform
import re
import signal
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from desks import Desk, typed, until
from fakes import Site, rss
from ledgers import NOON, Ledger, config_of
from prometheus_client.parser import text_string_to_metric_families

from monitor.errors import FetchError
from monitor.model import ChannelId, Fetched, HealthRules, Request, Secret, Unchanged
from monitor.ping import Ping
from monitor.rounds import Rounds
from monitor.store import DATABASE, Writing
from monitor.wellbeing import Wellbeing

CANARY = "c4nary7f3a"
DOCS = Path(__file__).parent.parent / "docs" / "health.md"


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    body: str


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A desk whose monitor runs, with one outlet that answers and one that does not, and a newer config that was refused."""

    desk: Desk
    port: int

    def ask(self, path: str, *, method: str = "GET", host: str | None = None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.putrequest(method, path, skip_host=host is not None)
        if host:
            connection.putheader("Host", host)
        connection.endheaders()
        answer = connection.getresponse()
        return Answer(status=answer.status, body=answer.read().decode())

    def figures(self) -> dict[tuple[str, ...], float]:
        families = text_string_to_metric_families(self.ask("/metrics").body)
        return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    port = free_port()
    health = f'[health]\nmetrics = "127.0.0.1:{port}"\nping = {{ env = "SWITCH" }}\n[fetch]\nprivate = true\n'
    with Site().serving() as site:
        desk = Desk(tmp_path_factory.mktemp("desk"), site)
        site.pages |= {"/here.xml": rss(("Rain over Idlib", f"{site.url}/1", "Rain.")), f"/{CANARY}": b"OK", "/1": 404}
        desk.configure("here", "gone", more=health)
        process = desk.start(SWITCH=f"{site.url}/{CANARY}")
        until(lambda: f"/{CANARY}" in site.asked and desk.ask("SELECT count(*) FROM poll") == [(2,)], desk)
        until(lambda: desk.ask("SELECT 1 FROM alert WHERE state = 'sent'"), desk)
        good = desk.config.read_text()
        desk.config.write_text(good + "[helth]\n")
        process.send_signal(signal.SIGHUP)
        until(lambda: desk.ask("SELECT 1 FROM run WHERE config_fault IS NOT NULL"), desk)
        desk.config.write_text(good)
        yield Shown(desk=desk, port=port)
        process.kill()
        process.wait()


def test_a_monitor_that_works_says_so(shown: Shown) -> None:
    answer = shown.ask("/healthz")
    assert (answer.status, json.loads(answer.body)["well"], json.loads(answer.body)["why"]) == (200, True, [])


def test_the_figures_are_those_of_the_desk(shown: Shown) -> None:
    figures = shown.figures()
    assert (figures["monitor_outlet_up", "here"], figures["monitor_outlet_up", "gone"]) == (1, 0)
    assert (figures["monitor_feeds", "answering"], figures["monitor_feeds", "failing"]) == (1, 1)
    assert (figures["monitor_polls_total", "new_items"], figures["monitor_polls_total", "failed"]) == (1, 1)
    assert (figures["monitor_items_total",], figures["monitor_watch_items_last_day", "idlib"]) == (1, 1)
    assert (figures["monitor_alerts", "hook", "sent"], figures["monitor_messages_total", "hook", "taken"]) == (1, 1)
    assert (figures["monitor_healthy",], figures["monitor_config_refused",], figures["monitor_network_up",]) == (1, 1, 1)
    assert figures["monitor_last_tick_timestamp_seconds",] >= figures["monitor_start_time_seconds",] > 1e9
    assert figures["monitor_database_size_bytes",] > 0
    assert figures["monitor_disk_free_bytes",] > 0
    assert ("monitor_outlet_last_answer_timestamp_seconds", "gone") not in figures


def test_every_figure_is_explained_and_none_that_is_not_there(shown: Shown) -> None:
    explained = set(re.findall(r"^\| `(monitor_\w+)", DOCS.read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"^# TYPE (\w+)", shown.ask("/metrics").body, re.MULTILINE))
    assert explained == named


def test_l17_no_address_and_no_secret_is_shown_or_logged(shown: Shown) -> None:
    said = "".join(shown.ask(path).body for path in ("/metrics", "/healthz"))
    assert "http" not in said
    assert CANARY not in said + shown.desk.log


@pytest.mark.parametrize(
    "host", ["evil.example", f"evil.example:{80}", "127.0.0.1.evil.example", "localhost:80:80", "[::1]x", ""]
)
def test_who_asks_by_another_name_is_turned_away(shown: Shown, host: str) -> None:
    assert shown.ask("/metrics", host=host).status == 421


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST:9464", "[::1]:9464", "[::1]"])
def test_this_machines_own_names_are_answered(shown: Shown, host: str) -> None:
    assert shown.ask("/healthz", host=host).status == 200


def test_there_is_nothing_but_get_and_nothing_else_to_be_had(shown: Shown) -> None:
    assert shown.ask("/metrics", method="POST").status == 405
    assert shown.ask("/../monitor.db").status == 404
    # reset or closed: in either case without a word
    with socket.create_connection(("127.0.0.1", shown.port), timeout=30) as one, suppress(ConnectionError):
        one.sendall(b"GET /" + b"x" * 100_000)
        assert one.recv(1) == b""
    assert shown.ask("/healthz").status == 200


def test_l14_who_holds_the_line_and_says_nothing_keeps_nobody_out(shown: Shown) -> None:
    with ExitStack() as held:
        idle = [held.enter_context(socket.create_connection(("127.0.0.1", shown.port), timeout=30)) for _ in range(30)]
        assert shown.ask("/healthz").status == 200
        # the longest idle were let go, so that they cost no descriptors
        for one in idle[:20]:
            with suppress(ConnectionError):
                assert one.recv(1) == b""


def test_what_is_taken_out_of_the_config_is_shown_no_more(shown: Shown) -> None:
    text = shown.desk.config.read_text()
    shown.desk.config.write_text(text.replace("metrics =", "# metrics ="))
    os.kill(shown.desk.running[0].pid, signal.SIGHUP)
    until(lambda: "config.toml reread: rules: health" in shown.desk.log, shown.desk)
    with pytest.raises(ConnectionRefusedError):
        shown.ask("/healthz")


# ---- what is well


def test_what_is_past_its_deadline_or_cannot_be_written_is_shown_with_503(tmp_path: Path) -> None:
    ledger = Ledger(path=tmp_path / DATABASE, config=config_of("mail", watches=()))
    full = sqlite3.OperationalError("database or disk is full")

    async def shown() -> list[tuple[int, list[str]]]:
        rounds, answers = Rounds(ledger.line), []
        for trouble in (None, late, unwritable):
            if trouble:
                await trouble(rounds)
            answer = await Wellbeing(rounds).healthz()
            answers.append((int(answer.status), json.loads(answer.body)["why"]))
        return answers

    async def late(_: Rounds) -> None:
        ledger.line.sending[ChannelId("mail")] = asyncio.get_running_loop().time() - 3600

    async def unwritable(rounds: Rounds) -> None:
        ledger.line.sending.clear()
        await rounds.guard(ledger.store.write(raises))

    def raises(_: Writing) -> None:
        raise full

    assert ledger.do(shown()) == [
        (200, []),
        (503, ["what was begun at mail has not ended for 3600 s"]),
        (503, ["the database takes no writes: the database could not write: database or disk is full"]),
    ]
    ledger.close()


# ---- the dead man's switch


async def test_a_switch_that_fails_is_logged_once_without_its_address_and_asked_only_while_all_is_well(
    caplog: pytest.LogCaptureFixture,
) -> None:
    config = replace(config_of(watches=()), health=HealthRules(ping=Secret(f"https://switch.example/{CANARY}")))
    asked: list[str] = []
    answers = [FetchError("dns", f"no address for {CANARY}"), FetchError("dns", "again"), None]

    async def fetch(request: Request) -> Fetched | Unchanged:
        asked.append(request.url)
        await asyncio.sleep(0)
        if error := answers.pop(0):
            raise error
        return Unchanged(url=request.url, status=200, validators=request.validators, fetched_at=NOON)

    ping = Ping()
    with caplog.at_level(logging.INFO):
        for faults in ((), (), ("due work was not looked for in 61 s",), ()):
            await ping.ping(config, fetch, faults=faults)
    assert asked == [f"https://switch.example/{CANARY}"] * 3
    assert [record.message.split(":")[0] for record in caplog.records] == [
        "The ping of [health] is not answered (dns). It is tried again every 5 minutes",
        "The ping of [health] is not asked, as not all is well",
        "The ping of [health] is answered again",
    ]
    assert CANARY not in caplog.text


def test_a_ping_that_is_refused_stands_in_status_until_a_reload_mends_it(tmp_path: Path) -> None:
    allowed = "[fetch]\nprivate = true\n"
    with Site().serving() as site:
        desk = Desk(tmp_path, site)
        site.pages |= {"/here.xml": rss(), f"/{CANARY}": b"OK"}
        desk.configure("here", more=f'[health]\nping = {{ env = "SWITCH" }}\n{allowed}')
        good = desk.config.read_text()
        desk.config.write_text(good.removesuffix(allowed))
        process = desk.start(SWITCH=f"{site.url}/{CANARY}")
        try:
            until(lambda: _ping_trouble(desk) is not None, desk)
            trouble = "The ping of [health] is not answered (blocked); [fetch] private = true would allow it"
            assert _ping_trouble(desk) == f"{trouble}. It is tried again every 5 minutes"
            assert f"{trouble}. It is tried again every 5 minutes. " in " ".join(typed(desk, "status").stdout.split())
            assert f"/{CANARY}" not in site.asked
            desk.config.write_text(good)
            process.send_signal(signal.SIGHUP)
            until(lambda: f"/{CANARY}" in site.asked and _ping_trouble(desk) is None, desk)
        finally:
            process.kill()
            process.wait()


def _ping_trouble(desk: Desk) -> str | None:
    shown = typed(desk, "status", "--json")
    # there is no database yet
    return json.loads(shown.stdout)["ping_trouble"] if shown.returncode == 0 else None


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc gives each thread a heap of its own")
def test_p04_all_threads_share_one_heap_so_that_what_they_free_is_used_again(shown: Shown) -> None:
    maps = (line.split() for line in Path(f"/proc/{shown.desk.running[0].pid}/maps").read_text().splitlines())
    # a further heap is anonymous and begins at a multiple of 64 MB (HEAP_MAX_SIZE)
    begins = (int(one[0].partition("-")[0], 16) for one in maps if len(one) == 5 and one[1] == "rw-p")
    assert [hex(begin) for begin in begins if begin % (64 << 20) == 0] == []
