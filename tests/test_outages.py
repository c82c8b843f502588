"""Channels that fail over real sockets: what the desk gets in the end, and when."""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
import re
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from desks import configured, outlet, rows
from fakes import Site, rss
from test_channels import CANARY, Post, mail_server
from test_promises import opened, poll_all, tell_all

from monitor.daemon import Daemon
from monitor.pipeline import compose, last
from monitor.render import plain

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class Desk:
    """A mailbox on loopback."""

    def __init__(self) -> None:
        self.subjects: list[str] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd calls it so
        mail = email.message_from_bytes(envelope.content or b"", policy=email.policy.default)  # type: ignore[arg-type]
        self.subjects.append(str(mail["Subject"]))
        return "250 OK"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def mail(port: int) -> str:
    to = f'to = ["desk@desk.example"]\nfrom = "monitor@desk.example"\nsmtp = "smtp://127.0.0.1:{port}"\nprivate = true\n'
    return f'[channels.mail]\ntype = "email"\n{to}'


@asynccontextmanager
async def desk(tmp_path: Path, text: str, **environ: str) -> AsyncIterator[Daemon]:
    """Open a monitor whose clock is in the test's hand, and whose one feed has had its first poll."""
    async with opened(configured(tmp_path, text, **environ)) as daemon:
        await daemon.store.write(lambda tx: tx.db.execute("UPDATE feed SET first_answered_at = 1, answered_at = 1"))
        yield daemon


def set_clock(daemon: Daemon, to: datetime) -> None:
    daemon.line.now = lambda: to


async def wait(daemon: Daemon, span: timedelta, *, step: timedelta) -> None:
    ends = daemon.line.now() + span
    while (now := daemon.line.now()) < ends:
        set_clock(daemon, now + step)
        await tell_all(daemon)


async def test_l15_mail_that_could_not_be_sent_for_a_day_comes_in_order_and_grouped(tmp_path: Path, site: Site) -> None:
    port, box = free_port(), Desk()
    text = re.sub(r"\[channels.hook\][^\[]*", "", outlet(site)) + mail(port)
    with site.serving():
        async with desk(tmp_path, text) as daemon:
            now = datetime.now(UTC)
            for hour in range(24):
                set_clock(daemon, now + hour * HOUR)
                site.pages["/feed.xml"] = rss(*((f"Idlib, hour {n}", f"mailto:{n}@y.example", "") for n in range(hour + 1)))
                await poll_all(daemon)
                await wait(daemon, HOUR, step=10 * MINUTE)
            # the first of them was tried, again and again, and nothing else was
            assert rows(daemon.config, "SELECT item_id FROM alert WHERE tries > 0") == [(1,)]
            server = Controller(box, hostname="127.0.0.1", port=port)
            server.start()
            await wait(daemon, 2 * HOUR, step=10 * MINUTE)
            server.stop()
    singles = [f"idlib: Idlib, hour {n} – Orontes Post" for n in range(12)]
    assert box.subjects == [*singles, "12 alerts – idlib 12"]
    assert rows(daemon.config, "SELECT DISTINCT state FROM alert") == [("sent",)]


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
async def test_a_wrong_password_is_told_elsewhere_without_it_and_its_mend_sends_everything(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, context, post = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), Post()
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    door = {"authenticator": post.log_in, "auth_required": True, "auth_require_tls": False, "ssl_context": context}
    with site.serving(), mail_server(post, **door) as port:
        text = outlet(site, watches='idlib = { any = ["Idlib"], alert = ["mail"] }')
        text += mail(port).replace("smtp://", "smtps://me@") + 'password = { env = "PASS" }\n'
        async with desk(tmp_path, text, PASS="wrong-canary") as daemon:
            site.pages["/feed.xml"] = rss(*((f"Idlib {n}", f"mailto:{n}@y.example", "") for n in range(3)))
            await poll_all(daemon)
            await wait(daemon, 2 * HOUR, step=MINUTE)
            assert rows(daemon.config, "SELECT state, count(*) FROM alert GROUP BY state") == [("dead", 3)]
            _, notice = site.posts
            mended = configured(tmp_path, text, PASS=CANARY)
            daemon._load = lambda: mended  # noqa: SLF001
            assert (await daemon.reload()).ok
            await tell_all(daemon)
    # three tries for all of them, and then each
    assert rows(daemon.config, "SELECT max(tries), min(tries) FROM alert") == [(4, 1)]
    assert post.logins[-4:] == ["wrong-canary"] + [CANARY] * 3
    assert [mail["Subject"] for _, mail in post.taken] == [f"idlib: Idlib {n} – Orontes Post" for n in range(3)]
    assert (notice["kind"], notice["about"], notice["alerts"]) == ("notice", "mail", [])
    assert "refused the user name or the password (535)" in notice["text"]
    assert "canary" not in json.dumps(notice)


async def test_h17_five_thousand_alerts_of_one_poll_are_thirteen_messages_and_all_are_stored(tmp_path: Path, site: Site) -> None:
    watches = "\n".join(f'{name} = ["Idlib"]' for name in ("idlib", "north", "camps"))
    with site.serving():
        async with desk(tmp_path, outlet(site, watches=watches)) as daemon:
            site.pages["/feed.xml"] = rss(*((f"Idlib {n}", f"mailto:{n}@y.example", "") for n in range(1_700)))
            await poll_all(daemon)
            await tell_all(daemon)
            await tell_all(daemon)
    assert [len(post["alerts"]) for post in site.posts] == [1] * 12 + [5_088]
    assert len(set(site.told)) == 5_100
    assert rows(daemon.config, "SELECT count(*) FROM item") == [(1_700,)]


async def test_l16_a_webhook_that_sends_elsewhere_is_given_up_and_told_to_the_other_channel(tmp_path: Path, site: Site) -> None:
    other = Site()
    site.post_status = 302
    with site.serving(), other.serving():
        text = outlet(site) + f'[channels.other]\ntype = "webhook"\nurl = "{other.url}/hook"\nprivate = true\n'
        async with desk(tmp_path, text) as daemon:
            site.pages["/feed.xml"] = rss(("Idlib", "mailto:1@y.example", ""))
            await poll_all(daemon)
            await wait(daemon, 2 * HOUR, step=MINUTE)
            now = daemon.line.now()
            window = last(3 * HOUR, now, "UTC")
            text = plain.digest(await daemon.store.read(lambda store: compose(store, daemon.config, window, now)))
    assert site.refused == 3
    assert "The monitor gave up 1 alert, the first of " in " ".join(text.split())
    assert "webhooks are not followed: give the final address in config.toml)" in " ".join(text.split())
    assert [post["kind"] for post in other.posts] == ["one", "notice", "notice"]
    assert "give the final address in config.toml" in other.posts[2]["text"]


async def test_l16_a_channel_that_hangs_delays_no_other(tmp_path: Path, site: Site) -> None:
    held: list[asyncio.StreamWriter] = []

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del reader
        held.append(writer)

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    hole = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    with site.serving():
        site.pages["/feed.xml"] = rss(("News of Idlib", "mailto:1@y.example", ""))
        hung = f'[channels.hung]\ntype = "webhook"\nurl = "{hole}"\nprivate = true\n'
        text = outlet(site).replace("[channels.hook]", f"{hung}[channels.hook]")
        async with opened(configured(tmp_path, text)) as daemon:
            telling = asyncio.create_task(daemon.once())
            async with asyncio.timeout(60):
                while not (site.posts and held):  # noqa: ASYNC110  the webhook is served by a thread
                    await asyncio.sleep(0.05)
            # the other one has it, and nothing came back from this one yet
            assert rows(daemon.config, "SELECT count(*) FROM delivery WHERE outcome = 'failed'") == [(0,)]
            for writer in held:
                writer.close()
            assert not await telling
    server.close()
