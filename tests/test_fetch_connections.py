"""The door to the web: names, connections, TLS, and many requests at once."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import certifi
import hostile
import pycurl
import pytest
import trustme
from fetching import SHORT, asking, fault, opened

from monitor.fetch import Door, engine, guard, transport, user_agent
from monitor.fetch.transport import Trust

# --- names and connections


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (socket.gaierror(socket.EAI_NONAME, "x"), "dns"),
        (socket.gaierror(socket.EAI_FAIL, "x"), "dns"),
        (UnicodeError("x"), "dns"),
        (socket.gaierror(socket.EAI_AGAIN, "x"), "local"),
        (OSError(errno.EMFILE, "x"), "local"),
        (None, "dns"),
    ],
)
async def test_n01_a_name_without_address_is_told_from_a_resolver_that_is_away(error: Exception | None, kind: str) -> None:
    def resolver(_host: str, _port: int) -> tuple[str, ...]:
        if error is not None:
            raise error
        return ()

    async with opened(resolver) as door:
        assert (await fault(door, asking("http://no-such.invalid/"))).kind == kind


async def test_n02_a_resolver_that_hangs_costs_no_more_than_the_deadline(
    server: hostile.Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = threading.Event()

    def resolver(host: str, _port: int) -> tuple[str, ...]:
        if host == "hangs.example":
            never.wait(30)
        return ("127.0.0.1",)

    async with opened(resolver, at_once=4) as door:
        hung = [asking(f"http://hangs.example:{port}/", deadline=timedelta(seconds=SHORT)) for port in range(1, 41)]
        errors = [await fault(door, hung[0]), *await asyncio.gather(*(fault(door, request) for request in hung[1:5]))]
        assert {error.kind for error in errors} == {"timeout"}
        assert (await door.fetch(asking(server.url("feed", "well.example")))).status == 200
        monkeypatch.setattr(guard, "LOOKUP_SECONDS", 0.1)
        assert (await fault(door, asking("http://hangs.example/"))).kind == "dns"
    never.set()


async def test_n03_a_refused_connection_is_named_so(door: Door) -> None:
    error = await fault(door, asking("http://127.0.0.1:1/"))
    assert (error.kind, error.detail, error.retryable) == ("connect", "connection refused", True)


async def test_n04_a_black_hole_ends_at_the_deadline(door: Door) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.settimeout(0)
            filler.connect_ex(listener.getsockname())
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        assert (await fault(door, asking(url, deadline=timedelta(seconds=SHORT)))).kind == "timeout"
        began = time.monotonic()
        assert (await fault(door, asking(url, deadline=timedelta(seconds=30)))).kind == "connect"
        assert time.monotonic() - began < 8
        for filler in fillers:
            filler.close()


# --- TLS


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def tls(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


async def test_a_trusted_certificate_is_enough(authority: trustme.CA) -> None:
    trust = trusting(authority)
    async with hostile.serving(tls(authority.issue_cert("good.example"))) as server, opened(trust=trust) as door:
        assert (await door.fetch(asking(server.url("feed", "good.example")))).status == 200


@pytest.mark.parametrize(
    ("name", "until", "detail"),
    [
        ("good.example", datetime(2020, 1, 2, tzinfo=UTC), "certificate has expired"),
        ("bad.example", None, "the certificate is another host's"),
    ],
)
async def test_n23_a_bad_certificate_is_refused(authority: trustme.CA, name: str, until: datetime | None, detail: str) -> None:
    certificate = authority.issue_cert(name, not_before=datetime(2020, 1, 1, tzinfo=UTC), not_after=until)
    async with hostile.serving(tls(certificate)) as server, opened(trust=trusting(authority)) as door:
        error = await fault(door, asking(server.url("feed", "good.example")))
        assert (error.kind, error.detail, server.seen) == ("tls", detail, [])


async def test_whom_the_machine_trusts_is_trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority.cert_pem.write_to_path(tmp_path / "machine.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "machine.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    async with hostile.serving(tls(authority.issue_cert("good.example"))) as server:
        engine.system_trust.cache_clear()
        async with opened() as door:
            assert (await door.fetch(asking(server.url("feed", "good.example")))).status == 200
    engine.system_trust.cache_clear()


async def test_where_the_machine_names_nobody_the_list_that_came_along_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    assert engine.system_trust.__wrapped__().file == certifi.where()


def test_certificates_of_ones_own_come_beside_the_machines_folder_of_them() -> None:
    class Told:
        """Stands in for a handle of libcurl, which can't be asked what it was told."""

        def __init__(self) -> None:
            self.options: dict[int, object] = {}

        def setopt(self, option: int, value: object) -> None:
            self.options[option] = value

        def unsetopt(self, option: int) -> None:
            self.options[option] = None

    told = Told()
    transport._settle_trust(told, Trust(text=b"PEM", folder="/etc/certs"))  # noqa: SLF001  # type: ignore[arg-type]
    assert told.options == {pycurl.CAINFO: None, pycurl.CAPATH: "/etc/certs", pycurl.CAINFO_BLOB: b"PEM"}


async def test_n23_a_certificate_of_nobody_is_refused(authority: trustme.CA) -> None:
    async with hostile.serving(tls(authority.issue_cert("good.example"))) as server, opened() as door:
        assert (await fault(door, asking(server.url("feed", "good.example")))).kind == "tls"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_n23_old_tls_is_refused(authority: trustme.CA) -> None:
    context = tls(authority.issue_cert("good.example"))
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    async with hostile.serving(context) as server, opened(trust=trusting(authority)) as door:
        assert (await fault(door, asking(server.url("feed", "good.example")))).kind == "tls"


async def test_n23_a_handshake_that_stalls_ends_at_the_deadline(door: Door, server: hostile.Hostile) -> None:
    url = server.url("feed").replace("http:", "https:")
    assert (await fault(door, asking(url, deadline=timedelta(seconds=SHORT)))).kind == "timeout"


# --- many at once


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_n32_one_request_at_a_time_goes_to_a_host_and_waiting_ones_block_nobody(server: hostile.Hostile) -> None:
    async with opened(at_once=2) as door, hostile.serving() as other:
        slow = [asyncio.create_task(door.fetch(asking(server.url("slow?0.5")))) for _ in range(4)]
        await asyncio.sleep(0)  # all of them stand in line before anybody else comes
        fast = [await door.fetch(asking(other.url("feed"))) for _ in range(5)]
        assert len(fast) == 5
        assert not slow[1].done()
        await asyncio.gather(*slow)
    assert server.busiest == 1
    assert server.connections < 4  # those with somebody waiting behind them keep their connection


async def test_waiting_for_a_turn_is_not_held_against_the_deadline(server: hostile.Hostile) -> None:
    async with opened() as door:
        requests = [asking(server.url("slow?0.3"), deadline=timedelta(seconds=0.8)) for _ in range(4)]
        assert len(await asyncio.gather(*(door.fetch(request) for request in requests))) == 4


async def test_no_more_than_the_given_number_run_at_once(server: hostile.Hostile) -> None:
    async with opened(at_once=3) as door:
        requests = [asking(server.url("slow?0.1", f"outlet-{number}.example")) for number in range(12)]
        await asyncio.gather(*(door.fetch(request) for request in requests))
    assert server.busiest == 3


async def test_pages_that_hang_leave_room_for_feeds(server: hostile.Hostile) -> None:
    arrived = asyncio.Semaphore(0)

    async def held(call: hostile.Call) -> None:
        arrived.release()
        await hostile.hang(call)

    server.pages["held"] = held
    async with opened(at_once=4) as door:
        pages = [asking(server.url("held", f"page-{number}.example"), yields=True) for number in range(8)]
        hanging = [asyncio.create_task(door.fetch(page)) for page in pages]
        for _ in range(3):
            await arrived.acquire()
        assert (await door.fetch(asking(server.url("feed", "outlet.example")))).status == 200
        assert server.busy == 3
        for task in hanging:
            task.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)


async def test_a_config_that_was_reread_neither_ends_a_pause_nor_lets_two_ask_a_host_at_once(server: hostile.Hostile) -> None:
    async with opened(at_once=2) as door:
        request = asking(server.url("slow?0.1"), pause=timedelta(seconds=0.2))
        asked = [asyncio.create_task(door.fetch(request)) for _ in range(2)]
        await asyncio.sleep(0.05)
        door.change(user_agent="another/1", at_once=3)
        await asyncio.gather(*asked, door.fetch(request))
    assert server.busiest == 1
    assert all(rest >= 0.19 for rest in server.gaps)
    assert [seen.headers["user-agent"] for seen in server.seen] == ["monitor/1 (+desk@example.org)", "another/1", "another/1"]


def test_an_outlet_can_tell_who_asks_and_whom_to_write_to() -> None:
    assert user_agent("desk@example.org").endswith(" (+desk@example.org)")
    assert user_agent("desk@example.org").startswith(f"{user_agent(None)} ")


async def test_n33_after_two_hundred_broken_off_fetches_five_of_five_succeed(server: hostile.Hostile) -> None:
    async with opened(at_once=8) as door:
        await door.fetch(asking(server.url("feed")))
        before = open_files()
        paths = ("drip", "dripheader", "interim")
        requests = [
            asking(server.url(paths[number % 3], f"outlet-{number // 2}.example"), deadline=timedelta(seconds=0.1))
            for number in range(200)
        ]
        tasks = [asyncio.create_task(door.fetch(request)) for request in requests]
        await asyncio.sleep(0.25)
        for task in tasks[::3]:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        assert {getattr(outcome, "kind", type(outcome).__name__) for outcome in outcomes} == {"timeout", "CancelledError"}
        after = [await door.fetch(asking(server.url("feed", f"outlet-{number}.example"))) for number in range(5)]
        assert [answer.status for answer in after] == [200] * 5
        async with asyncio.timeout(10):
            await server.at_rest()
        assert open_files() <= before + 2


async def test_a_connection_is_not_handed_on_unless_somebody_waits_for_it(door: Door, server: hostile.Hostile) -> None:
    for _ in range(3):
        await door.fetch(asking(server.url("feed")))
        await door.fetch(asking(server.url("feed"), method="POST", body=b"{}"))
    assert server.connections == 6


async def test_a_host_that_nobody_asks_any_more_is_forgotten(door: Door, server: hostile.Hostile) -> None:
    for number in range(20):
        await door.fetch(asking(server.url("feed", f"outlet-{number}.example")))
    turns = door._turns  # noqa: SLF001 - growth shows nowhere else
    assert (turns._lines, turns._kept, turns._ended) == ({}, 0, {})  # noqa: SLF001


# --- a pause between


SOON = timedelta(seconds=0.5)


async def test_a_host_is_left_alone_for_its_pause_and_others_are_not_held_up(server: hostile.Hostile) -> None:
    async with opened(at_once=1) as door, hostile.serving() as other:
        waiting = [asyncio.create_task(door.fetch(asking(server.url("feed"), pause=SOON))) for _ in range(3)]
        await waiting[0]
        for _ in range(3):
            await door.fetch(asking(other.url("feed"), deadline=timedelta(seconds=5)))
        assert not waiting[1].done()
        await asyncio.gather(*waiting)
    assert all(gap >= 0.49 for gap in server.gaps)
    assert len(server.seen) == 3


async def test_the_pause_is_what_the_one_that_waits_for_it_asks(door: Door, server: hostile.Hostile) -> None:
    await door.fetch(asking(server.url("feed"), pause=SOON))
    await door.fetch(asking(server.url("feed")))
    await door.fetch(asking(server.url("feed"), pause=SOON))
    assert server.gaps[0] < 0.49
    assert server.gaps[1] >= 0.49


async def test_a_pause_is_not_held_against_the_deadline(door: Door, server: hostile.Hostile) -> None:
    request = asking(server.url("chain?3"), pause=timedelta(seconds=0.4), deadline=timedelta(seconds=0.3))
    assert (await door.fetch(request)).status == 200
    assert all(gap >= 0.39 for gap in server.gaps)


async def test_a_failed_request_is_followed_by_a_pause_as_well(door: Door, server: hostile.Hostile) -> None:
    await fault(door, asking(server.url("status?503"), pause=SOON))
    await fault(door, asking(server.url("hang"), pause=SOON, deadline=timedelta(seconds=0.1)))
    asked_at = time.monotonic()
    await door.fetch(asking(server.url("feed"), pause=SOON))
    assert time.monotonic() - asked_at >= 0.49
    assert server.gaps[0] >= 0.49


async def test_who_gives_up_in_the_pause_or_in_the_line_holds_up_nobody(server: hostile.Hostile) -> None:
    async with opened(at_once=1) as door:
        await door.fetch(asking(server.url("feed"), pause=SOON))
        tasks = [asyncio.create_task(door.fetch(asking(server.url("feed"), pause=SOON))) for _ in range(4)]
        await asyncio.sleep(0.05)
        for task in (tasks[0], tasks[2]):
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        assert [getattr(outcome, "status", None) for outcome in outcomes] == [None, 200, None, 200]
        assert (await door.fetch(asking(server.url("feed")))).status == 200
    assert server.busiest == 1


async def test_a_host_is_forgotten_when_its_pause_is_over(door: Door, server: hostile.Hostile) -> None:
    for number in range(50):
        await door.fetch(asking(server.url("feed", f"outlet-{number}.example"), pause=timedelta(seconds=0.1)))
    ended = door._turns._ended  # noqa: SLF001 - growth shows nowhere else
    assert ended
    await asyncio.sleep(0.3)
    assert not ended
    assert not door._turns._lines  # noqa: SLF001


# --- broken off by the hundred


async def outlive(server: hostile.Hostile, count: int) -> None:
    """Break off so many fetches wherever they are, and show that the door works as before."""
    async with opened(at_once=16) as door:
        await door.fetch(asking(server.url("feed")))
        before = open_files()
        tasks: list[asyncio.Task[object]] = []
        for number in range(count):
            url = server.url(("hang", "drip", "slow?0.05", "interim")[number % 4], f"outlet-{number % (count // 2)}.example")
            tasks.append(asyncio.create_task(door.fetch(asking(url, pause=timedelta(seconds=0.01)))))
            if number % 20 == 19:
                await asyncio.sleep(0.01)
                for task in tasks[-20:]:
                    task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        assert sum(isinstance(outcome, asyncio.CancelledError) for outcome in outcomes) > count // 2
        after = [await door.fetch(asking(server.url("feed", f"outlet-{number}.example"))) for number in range(5)]
        assert [answer.status for answer in after] == [200] * 5
        async with asyncio.timeout(20):
            await server.at_rest()
        assert open_files() <= before + 2


async def test_n33_after_two_hundred_cancelled_fetches_five_of_five_succeed(server: hostile.Hostile) -> None:
    await outlive(server, 200)


@pytest.mark.long
async def test_n33_after_two_thousand_cancelled_fetches_five_of_five_succeed(server: hostile.Hostile) -> None:
    await outlive(server, 2_000)
