"""The process that pushes, ``python -m monitor.channels.pushing``: one job on stdin → one report on stdout. The door to Apprise.

Apprise knows a hundred services, and none of them can be stopped once it waits for an answer; so it works in a process of its
own, which is killed. It is given addresses (secrets) and words, reads what services answer, and has neither our files nor our
database. It may speak to the public internet, and to the desk's own network only where the channel is private.
"""

from __future__ import annotations

import contextvars
import ctypes
import difflib
import json
import os
import resource
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from typing import IO, Any, Final

import apprise
import requests
from apprise.conversion import convert_between
from apprise.manager_plugins import NotificationManager
from apprise.plugins import url_to_dict

from monitor.channels.dialects import fitting, shown_as_it_is
from monitor.text import one_line
from monitor.url import is_public

Facts = dict[str, Any]
"""What became of one address, as ``push`` reads it: taken, status, error, retry_after, blocked, bad."""

_PR_SET_PDEATHSIG: Final = 1
_MEMORY: Final = 2_000_000_000
"""Bytes of address space, of which it uses a tenth."""
_LARGEST_REPLY: Final = 1_000_000
_PATIENCE: Final = (10.0, 30.0)
"""Seconds to connect, and between two pieces of an answer; the whole is cut off by whoever started this."""
_LOCAL: Final = frozenset({"blink1", "dbus", "glib", "gnome", "macosx", "rsyslog", "syslog", "windows"})
"""Apprise's modules for what stands on this machine, or never says whether it took anything."""
_BARRED: Final = ("subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "pty.")
_TEXT: Final = apprise.NotifyFormat.TEXT
_UNTITLED: Final = frozenset({"discord", "fluxer", "fluxers"})
"""They write the title into the words, which begin with it already."""

_facts: contextvars.ContextVar[Facts] = contextvars.ContextVar("facts")


def main() -> int:
    """Do the one job: check addresses, or push a message to each."""
    _confine()
    # whatever a library prints must not stand in the report
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    job = json.load(sys.stdin.buffer)
    _guard(is_private=job["private"])
    _rein_in()
    reports = [_checked(url) for url in job["urls"]] if job["job"] == "check" else _pushed(job)
    _say(out, reports)
    # here, since what hangs in a thread would keep the process
    os._exit(0)


def _say(out: IO[str], reports: list[Facts]) -> None:
    json.dump(reports, out)
    out.flush()


def _confine() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = os.getppid()
    with suppress(OSError, AttributeError):
        # a parent killed by -9 can't say goodbye
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(0)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def _guard(*, is_private: bool) -> None:
    """Let nothing out of this process but connections, and those to public addresses only, unless the channel is private.

    Here every connection of every library passes, after names were resolved: no redirect, no second answer of a resolver gets by.
    """

    def watch(event: str, args: tuple[Any, ...]) -> None:
        if event.startswith(_BARRED):
            raise PermissionError(f"{event} is barred")
        if event not in {"socket.connect", "socket.sendto"}:
            return
        wire, address = args[0], args[1]
        if wire.family not in {socket.AF_INET, socket.AF_INET6}:
            raise PermissionError("only the network is open")
        if not is_private and not is_public(str(address[0])):
            _facts.get({})["blocked"] = True
            raise PermissionError("not on the public internet")

    sys.addaudithook(watch)


def _rein_in() -> None:
    """Note what services answer, follow no redirect, read no endless reply, and take nothing from the environment.

    Apprise itself says no more than yes or no, and passes redirects on to requests only in some of its plugins.
    """
    ask = requests.Session.request

    def request(session: requests.Session, method: str, url: str, **options: Any) -> requests.Response:  # noqa: ANN401  as its own
        session.trust_env = False
        options |= {"allow_redirects": False, "stream": True, "verify": True, "timeout": _PATIENCE}
        facts = _facts.get({})
        # the last word counts: some plugins ask twice
        facts.update(status=None, error=None, retry_after=None)
        try:
            answer = ask(session, method, url, **options)
            facts.update(status=answer.status_code, retry_after=answer.headers.get("Retry-After"))
            answer._content = answer.raw.read(_LARGEST_REPLY, decode_content=True)  # noqa: SLF001  content itself has no bound
        except requests.RequestException as error:
            facts["error"] = _named(error)
            raise
        except Exception as error:  # noqa: BLE001  it is passed on
            # of what carries the answer: plugins expect the errors of requests alone
            facts["error"] = type(error).__name__
            raise requests.ConnectionError("the answer could not be read") from None
        # what is left of it is nobody's
        answer._content_consumed = True  # noqa: SLF001  or asking for its content reads on
        answer.close()
        return answer

    requests.Session.request = request  # type: ignore[method-assign,assignment]


def _named(error: requests.RequestException) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "tls"
    if isinstance(error, requests.ConnectTimeout | requests.ReadTimeout):
        return "timeout"
    return "connect"


# ------------------------------------------------------------------------------------------------------------- addresses


def _checked(url: str) -> Facts:
    """Say what is wrong with an address (``bad``, without the address)."""
    service = _service(url)
    return {"bad": service if isinstance(service, str) else None}


def _unknown(url: str) -> str | None:
    """Say that there is no such service, and which is the nearest. The web addresses of some services do as well."""
    schema = url.partition("://")[0].lower()
    known = NotificationManager()
    if schema in {"http", "https"} or schema in known:
        return None
    near = difflib.get_close_matches(schema, known.schemas(), 1)
    return f'Apprise knows no service "{one_line(schema, 40)}"' + (f'. Did you mean "{near[0]}"?' if near else "")


def _service(url: str) -> apprise.NotifyBase | str:
    """Make Apprise's own object of an address, or say why not. Whatever the address says, these are settled here."""
    if unknown := _unknown(url):
        return unknown
    asset = apprise.AppriseAsset(
        app_id="monitor",
        app_desc="monitor",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        http_redirects=False,
        async_mode=False,
        storage_mode="memory",
        service_timeout=0,
        allow_templates=False,
    )
    try:
        said = url_to_dict(url)
        if not said:
            return "Apprise can't read it as an address of that service"
        if _is_local(NotificationManager()[said["schema"]]):
            return f'"{said["schema"]}" is of this machine itself, or never tells what it took'
        if said.get("verify") is False:
            return "it has verify=no: anybody between could read the alerts, and the token with them"
        settled = {"redirect": False, "format": "text", "overflow": "split", "retry": 0, "optional": False, "emojis": None}
        made = apprise.Apprise.instantiate({**said, **settled}, asset=asset, suppress_exceptions=False)
    except Exception as error:  # noqa: BLE001  each of a hundred plugins has its own, and what they say holds the address
        return f"Apprise can't read it as an address of that service ({type(error).__name__})"
    return made or "this service wants a package that is not installed"


def _is_local(service: type[apprise.NotifyBase]) -> bool:
    return service.__module__.rpartition(".")[2] in _LOCAL


# --------------------------------------------------------------------------------------------------------------- pushing


def _pushed(job: Facts) -> list[Facts]:
    """Push to all at once, and give what is known of each when time is up."""
    reports: list[Facts] = [{"taken": False, "late": True} for _ in job["urls"]]
    threads = [
        threading.Thread(target=_push, args=(url, job, report), daemon=True)
        for url, report in zip(job["urls"], reports, strict=True)
    ]
    ends_at = time.monotonic() + job["seconds"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, ends_at - time.monotonic()))
    return [dict(report) for report in reports]


def _push(url: str, job: Facts, report: Facts) -> None:
    _facts.set(report)
    service = _service(url)
    if isinstance(service, str):
        report.update(bad=service, late=False)
        return
    is_taken = False
    try:
        schema = url.partition("://")[0].lower()
        title = _title(service, job["subject"], schema=schema)
        body = _body(service, job, title=title, schema=schema)
        one = apprise.Apprise(asset=service.asset)
        one.add(service)
        is_taken = bool(one.notify(body=body, title=title, body_format=_TEXT))
    except Exception as error:  # noqa: BLE001  as above; it may be of this message only
        report["error"] = type(error).__name__
    is_moved = report.get("status") in range(300, 400)
    report.update(taken=is_taken and not is_moved, late=False)


def _title(service: apprise.NotifyBase, subject: str, *, schema: str) -> str:
    """Give the subject where the service has a place for it by itself; elsewhere the words begin with it anyway."""
    if service.title_maxlen <= 0 or schema in _UNTITLED:
        return ""
    return shown_as_it_is(one_line(subject, max(1, service.title_maxlen - 20)), schema=schema)[: service.title_maxlen]


def _body(service: apprise.NotifyBase, job: Facts, *, title: str, schema: str) -> str:
    """Give words that Apprise need not cut: it would cut the end, where the link is, or make many messages of one."""
    form = service.resolve_format(_TEXT)
    room = _room(service, schema) - (len(title) + 2 if service.overflow_amalgamate_title else 0)

    def measure(words: str) -> int:
        shown = service.dialect_convert(convert_between(_TEXT, form, words), body_format=form)
        return max(len(words), len(shown), len(words.encode("utf-8", "replace")) if schema in {"ntfy", "ntfys"} else 0)

    text = job["text"].encode("utf-8", "replace").decode()
    return fitting(text, key=job["key"], room=max(room, 1) if service.body_maxlen > 0 else 0, measure=measure, schema=schema)


def _room(service: apprise.NotifyBase, schema: str) -> int:
    # of ntfy: bytes, and what is longer comes as a file (ntfy's own limit, less what it counts beside)
    return min(service.body_maxlen, 4_000) if schema in {"ntfy", "ntfys"} else int(service.body_maxlen)


if __name__ == "__main__":
    sys.exit(main())
