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
from dataclasses import dataclass
from typing import IO, Any, Final

import apprise
import requests
from apprise.conversion import convert_between
from apprise.manager_plugins import NotificationManager
from apprise.plugins import url_to_dict

from monitor.channels.dialects import Dialect, dialect_of, fitting, shown_as_it_is
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
_REPLY_SECONDS: Final = 3.0
"""So long a body may take once its head is there. Who said 2xx may have taken the message, and must not get it for ever."""
_TAKEN: Final = range(200, 300)
_LOCAL: Final = frozenset({"blink1", "dbus", "glib", "gnome", "macosx", "rsyslog", "syslog", "windows"})
"""Apprise's modules for what stands on this machine, or never says whether it took anything."""
_BARRED: Final = ("subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "pty.")
_TEXT: Final = apprise.NotifyFormat.TEXT
_MARKDOWN: Final = apprise.NotifyFormat.MARKDOWN
_NTFY: Final = frozenset({"ntfy", "ntfys"})
_NTFY_BYTES: Final = 4_000
"""What is longer comes as a file (4,096 is ntfy's own limit)."""
_NTFY_JSON: Final = 6_400
"""What takes more as JSON in ASCII, with the longest title beside it, Apprise makes a file of (8,000)."""
_UNTITLED: Final = frozenset({"discord", "fluxer", "fluxers", "guilded", "revolt"})
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
        # the addresses, which are secrets, are in its memory
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


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
            answer._content = _body(answer)  # noqa: SLF001  content itself has no bound
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


def _body(answer: requests.Response) -> bytes:
    """Read what a service says, as far as anybody needs it. Of one that took the message, what came before a break counts."""
    said = bytearray()
    ends_at = time.monotonic() + _REPLY_SECONDS
    try:
        while len(said) < _LARGEST_REPLY and time.monotonic() < ends_at:
            piece = answer.raw.read1(_LARGEST_REPLY - len(said), decode_content=True)
            if not piece:
                break
            said += piece
    except Exception:
        # urllib3 has a dozen kinds
        if answer.status_code not in _TAKEN:
            raise
    return bytes(said)


def _named(error: requests.RequestException) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "tls"
    if isinstance(error, requests.ConnectTimeout | requests.ReadTimeout):
        return "timeout"
    return "connect"


# ------------------------------------------------------------------------------------------------------------- addresses


def _checked(url: str) -> Facts:
    """Say what is wrong with an address (``bad``, without the address)."""
    found = _service(url)
    return {"bad": found if isinstance(found, str) else None}


def _unknown(url: str) -> str | None:
    """Say that there is no such service, and which is the nearest. The web addresses of some services do as well."""
    schema = url.partition("://")[0].lower()
    known = NotificationManager()
    if schema in {"http", "https"} or schema in known:
        return None
    near = difflib.get_close_matches(schema, known.schemas(), 1)
    return f'Apprise knows no service "{one_line(schema, 40)}"' + (f'. Did you mean "{near[0]}"?' if near else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Service:
    """Apprise's own object of an address, and the schema of that: some services have web addresses of their own as well."""

    made: apprise.NotifyBase
    schema: str


def _service(url: str) -> _Service | str:
    """Give the service of an address, or say why there is none. Whatever the address says, these are settled here."""
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
        kind = NotificationManager()[said["schema"]]
        if _is_local(kind):
            return f'"{said["schema"]}" is of this machine itself, or never tells what it took'
        if said.get("verify") is False:
            return "it has verify=no: anybody between could read the alerts, and the token with them"
        settled = {"redirect": False, "overflow": "split", "retry": 0, "optional": False, "emojis": None, **_form(kind)}
        wanted = {key: value for key, value in said.items() if key != "format"} | settled
        made = apprise.Apprise.instantiate(wanted, asset=asset, suppress_exceptions=False)
    except Exception as error:  # noqa: BLE001  each of a hundred plugins has its own, and what they say holds the address
        return f"Apprise can't read it as an address of that service ({type(error).__name__})"
    return _Service(made=made, schema=said["schema"]) if made else "this service wants a package that is not installed"


def _form(kind: type[apprise.NotifyBase]) -> dict[str, str]:
    """Ask for plain text where a service takes it. One that does not would get it unescaped for all that."""
    forms = kind.notify_format if isinstance(kind.notify_format, tuple | list) else (kind.notify_format,)
    return {"format": _TEXT.value} if _TEXT in forms else {}


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
    found = _service(url)
    if isinstance(found, str):
        report.update(bad=found, late=False)
        return
    is_taken = False
    try:
        one = apprise.Apprise(asset=found.made.asset)
        one.add(found.made)
        is_taken = bool(one.notify(**_words(found.made, job, schema=found.schema)))
    except Exception as error:  # noqa: BLE001  as above; it may be of this message only
        report["error"] = type(error).__name__
    is_moved = report.get("status") in range(300, 400)
    report.update(taken=is_taken and not is_moved, late=False)


def _words(service: apprise.NotifyBase, job: Facts, *, schema: str) -> Facts:
    """Write what Apprise is to be told.

    To a service that reads only Markdown it is told in Markdown: Apprise's own would escape links, too, and break them.
    """
    form = service.resolve_format(_TEXT)
    given = form if form == _MARKDOWN else _TEXT
    dialect: Dialect = "markdown" if form == _MARKDOWN else dialect_of(schema)
    title = _title(service, job["subject"], dialect, schema=schema)

    def measure(words: str) -> int:
        # Apprise measures both what it converted and what it makes of that for the service
        between = convert_between(given, form, words)
        shown = service.dialect_convert(between, body_format=form)
        return max(len(between), len(shown), _weight(words) if schema in _NTFY else 0)

    room = max(_room(service, schema) - (len(title) + 2 if service.overflow_amalgamate_title else 0), 1)
    text = job["text"].encode("utf-8", "replace").decode()
    body = fitting(text, key=job["key"], room=room if service.body_maxlen > 0 else 0, measure=measure, dialect=dialect)
    return {"body": body, "title": title, "body_format": given}


def _title(service: apprise.NotifyBase, subject: str, dialect: Dialect, *, schema: str) -> str:
    """Give the subject where the service has a place for it by itself; elsewhere the words begin with it anyway."""
    if service.title_maxlen <= 0 or schema in _UNTITLED:
        return ""
    # titles are no Markdown where there is a place for them
    apart: Dialect = "plain" if dialect == "plain" else "apart"
    return shown_as_it_is(one_line(subject, max(1, service.title_maxlen - 20)), apart)[: service.title_maxlen]


def _room(service: apprise.NotifyBase, schema: str) -> int:
    """Give how long the words may be: Apprise would cut the end, where the link is, or make many messages of one."""
    return _NTFY_BYTES if schema in _NTFY else int(service.body_maxlen)


def _weight(words: str) -> int:
    """Give how much of ntfy's room words take, by the narrower of its two bounds."""
    return max(len(words.encode()), len(json.dumps(words)) * _NTFY_BYTES // _NTFY_JSON)


if __name__ == "__main__":
    sys.exit(main())
