"""The tables of config.toml as pydantic models: which keys there are, what each holds, what it is when left out.

A table that fits stays inside this package; ``records`` makes the monitor's own records of it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, ValidationInfo

from monitor.config import addresses, chosen, forms, values
from monitor.config.faults import did_you_mean, quoted
from monitor.config.secret import Sources
from monitor.config.trusted import certificates
from monitor.model import FIELDS, AlertRules, FetchRules, Format, HealthRules, KeepRules, Node, Secret

_ALERTS = AlertRules()
_FETCH = FetchRules()
_KEEP = KeepRules()
_HEALTH = HealthRules()


def _sources(info: ValidationInfo) -> Sources:
    assert isinstance(info.context, Sources)
    return info.context


def _secret(value: object, info: ValidationInfo) -> Secret:
    return _sources(info).secret(value)


def _header_name(value: str) -> str:
    if not value.isascii() or not all(ch.isalnum() or ch in "!#$%&'*+-.^_`|~" for ch in value) or not value:
        raise ValueError("is not the name of a header")
    return value


def _header_value(value: object, info: ValidationInfo) -> str | Secret:
    found = values.text(value) if isinstance(value, str) else _secret(value, info)
    plain = found.reveal() if isinstance(found, Secret) else found
    if not plain.isascii() or not plain.isprintable():
        raise ValueError("a header takes printable ASCII only, and this has something else in it")
    return found


def _hook_url(value: object, info: ValidationInfo) -> str | Secret:
    if isinstance(value, str):
        return addresses.hook_url(value)
    secret = _secret(value, info)
    try:
        addresses.hook_url(secret.reveal())
    except ValueError:
        # its words show a part of the address, and here all of it is secret
        raise ValueError("what is kept there is no https:// or http:// address, or has a password in it") from None
    return secret


def _push_url(value: object, info: ValidationInfo) -> Secret:
    """Take an Apprise address. All of it is a secret: tokens stand in its host, its path and its query, as each service likes."""
    if isinstance(value, str):
        raise ValueError(addresses.PUSH_IN_PLAIN_TEXT)  # noqa: TRY004  pydantic tells of no TypeError
    secret = _secret(value, info)
    addresses.push_url(secret.reveal())
    return secret


def _ping(value: object, info: ValidationInfo) -> Secret:
    """Take the address that is told that all is well. Whoever knows it can say so in the monitor's stead."""
    if isinstance(value, str):
        raise ValueError(addresses.PING_IN_PLAIN_TEXT)  # noqa: TRY004  pydantic tells of no TypeError
    return Secret(addresses.ping_url(_secret(value, info).reveal()))


def _push_urls(value: object) -> tuple[object, ...]:
    return _some(value) if isinstance(value, list) else (value,)


def _argument(value: object) -> str:
    if "\0" in (argument := values.text(value)):
        raise ValueError("has a NUL in it, which no program can be given")
    return argument


def _command(value: object) -> tuple[object, ...]:
    if isinstance(value, str):
        raise ValueError('must be a list: ["/usr/local/bin/siren", "--loud"]. No shell reads it, so each word stands by itself')  # noqa: TRY004
    words = _some(value)
    if words[0] == "":
        raise ValueError("begins with an empty word. The first is the program")
    if isinstance(words[0], str) and "/" in words[0] and not words[0].startswith("/"):
        raise ValueError(
            f'{quoted(words[0])} depends on where the monitor was started. Write the whole path, "/usr/local/bin/siren"'
        )
    return words


def _proxy(value: object, info: ValidationInfo) -> str | Secret:
    if isinstance(value, str):
        return addresses.proxy_url(value)
    return Secret(addresses.secret_proxy_url(_secret(value, info).reveal()))


def _ca_file(value: object, info: ValidationInfo) -> str:
    return str(certificates(values.one_line(value), _sources(info)))


def _format(value: object) -> str:
    wanted = values.text(value)
    if wanted not in (forms := get_args(Format)):
        listed = ", ".join(f'"{form}"' for form in forms)
        raise ValueError(f"{quoted(wanted)} is no form of the digest." + (did_you_mean(wanted, forms) or f" There are: {listed}"))
    return wanted


def _part(value: object) -> str:
    if (wanted := values.text(value)) not in {"title", "summary", "text"}:
        raise ValueError(f'{quoted(wanted)} is no part of an item. There are "title", "summary" and "text"')
    return wanted


def _per(value: object) -> str:
    if (wanted := values.text(value)) not in {"story", "item"}:
        raise ValueError(f'{quoted(wanted)} is nothing that alerts are counted by. There are "story" and "item"')
    return wanted


def _times(value: object) -> tuple[object, ...]:
    if not isinstance(value, (str, list)):
        raise ValueError('must be a time in quotes, or a list of them: ["06:00"]')  # noqa: TRY004  pydantic tells of no TypeError
    times = (value,) if isinstance(value, str) else values.listed(value)
    if not times:
        raise ValueError('has no time in it. Write at least one: ["06:00"]')
    return times


def _some(value: object) -> tuple[object, ...]:
    if not (members := values.listed(value)):
        raise ValueError("is an empty list. Write one at least")
    return members


def _contact(value: object) -> str:
    contact = values.one_line(value)
    if not contact.isascii():
        raise ValueError("goes into a header of every request, so it must be ASCII: an e-mail address or a web address")
    return contact


_List = BeforeValidator(values.listed)
_Some = BeforeValidator(_some)
_Line = Annotated[str, PlainValidator(values.one_line), forms.LINE]
_Name = Annotated[str, PlainValidator(values.name), forms.ID]
_Names = Annotated[tuple[_Name, ...], _List]
_Text = Annotated[str, PlainValidator(values.text), forms.TEXT]
_Word = Annotated[str, PlainValidator(values.word), forms.WORD]
_Words = Annotated[tuple[_Word, ...], _List]
_FeedUrl = Annotated[str, PlainValidator(addresses.feed_url), forms.FEED]
_Span = Annotated[timedelta, PlainValidator(values.duration), forms.SPAN]
_Pace = Annotated[timedelta, PlainValidator(values.pace), forms.SPAN]
_Pause = Annotated[timedelta, PlainValidator(values.pause), forms.SPAN]
_Proxy = Annotated[str | Secret, PlainValidator(_proxy), forms.PROXY]
_Count = Annotated[int, PlainValidator(values.count), forms.COUNT]
_Secret = Annotated[Secret, PlainValidator(_secret), forms.SECRET]
_CaFile = Annotated[str, PlainValidator(_ca_file), forms.LINE]
_HeaderName = Annotated[str, BeforeValidator(_header_name)]
_Mailbox = Annotated[str, PlainValidator(addresses.mailbox), forms.MAILBOX]


class Table(BaseModel):
    """A table of config.toml: these keys and no others, each of exactly its kind."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True, arbitrary_types_allowed=True)


class TopTable(Table):
    """What stands above the first section."""

    title: _Line = "News monitor"
    timezone: Annotated[str, PlainValidator(values.timezone), forms.ZONE] | None = None
    contact: Annotated[str, PlainValidator(_contact), forms.LINE] | None = None
    state: _Line | None = None


class OutletTable(Table):
    """[outlets.ID]; the short form is its ``feed``."""

    feed: _FeedUrl | None = None
    feeds: Annotated[tuple[_FeedUrl, ...], _Some] = ()
    name: _Line | None = None
    lang: Annotated[str, PlainValidator(values.language), forms.LANGUAGE] | None = None
    every: _Pace | None = None
    full_text: bool = True
    label: _Line | None = None
    groups: _Names = ()
    private: bool = False
    paused: bool = False
    pause: _Pause | None = None
    proxy: _Proxy | None = None
    ca_file: _CaFile | None = None
    selector: Annotated[str, PlainValidator(chosen.selector), forms.SELECTOR] | None = None
    headers: dict[_HeaderName, Annotated[str | Secret, PlainValidator(_header_value), forms.HEADER]] = Field(default_factory=dict)


class WatchTable(Table):
    """[watches.ID]; the short form is its ``any``."""

    any: _Words = ()
    all: _Words = ()
    none: _Words = ()
    parts: Annotated[tuple[Annotated[Literal["title", "summary", "text"], BeforeValidator(_part)], ...], _Some] = Field(
        default=FIELDS, alias="in"
    )
    query: Annotated[Node, PlainValidator(values.query), forms.QUERY] | None = None
    outlets: Annotated[tuple[_Text, ...], _Some] | None = None
    groups: Annotated[tuple[_Text, ...], _Some] | None = None
    labels: Annotated[tuple[_Text, ...], _Some] | None = None
    languages: Annotated[tuple[Annotated[str, PlainValidator(values.language), forms.LANGUAGE], ...], _Some] | None = None
    look_back: _Span | None = None
    alert: Annotated[tuple[_Text, ...], _List] | None = None
    urgent: bool = False
    on_edit: bool = False


class LogTable(Table):
    """[channels.ID] type = "log"."""

    type: Literal["log"]


class WebhookTable(Table):
    """[channels.ID] type = "webhook"."""

    type: Literal["webhook"]
    url: Annotated[str | Secret, PlainValidator(_hook_url), forms.HOOK]
    secret: _Secret | None = None
    private: bool = False
    ca_file: _CaFile | None = None


class EmailTable(Table):
    """[channels.ID] type = "email"."""

    type: Literal["email"]
    to: Annotated[tuple[_Mailbox, ...], _Some]
    sender: _Mailbox = Field(alias="from")
    smtp: Annotated[addresses.MailServer, PlainValidator(addresses.mail_server), forms.MAIL_SERVER]
    password: _Secret | None = None
    private: bool = False
    ca_file: _CaFile | None = None


class CommandTable(Table):
    """[channels.ID] type = "command"."""

    type: Literal["command"]
    run: Annotated[tuple[Annotated[str, PlainValidator(_argument), forms.TEXT], ...], BeforeValidator(_command)]


class AppriseTable(Table):
    """[channels.ID] type = "apprise"; ``url`` is one or a list."""

    type: Literal["apprise"]
    url: Annotated[
        tuple[Annotated[Secret, PlainValidator(_push_url), forms.PUSH], ...], BeforeValidator(_push_urls), forms.PUSHES
    ]
    private: bool = False


ChannelTable = LogTable | WebhookTable | EmailTable | CommandTable | AppriseTable
CHANNELS: dict[str, type[ChannelTable]] = {
    "log": LogTable,
    "webhook": WebhookTable,
    "email": EmailTable,
    "command": CommandTable,
    "apprise": AppriseTable,
}


class AlertsTable(Table):
    """[alerts]."""

    per: Annotated[Literal["story", "item"], BeforeValidator(_per)] = _ALERTS.per
    first_poll: _Span = _ALERTS.first_poll
    group_wait: _Span = _ALERTS.group_wait
    group_interval: _Span = _ALERTS.group_interval
    again_at: Annotated[int, PlainValidator(values.several), forms.SEVERAL] | None = None
    max_per_hour: _Count = _ALERTS.max_per_hour
    quiet: Annotated[tuple[int, int], PlainValidator(values.quiet_hours), forms.QUIET] | None = None


class PlanTable(Table):
    """[digest.NAME]: ``at`` or ``cron``; without both, one at 06:00. What else it does not say is as in [digest]."""

    at: Annotated[
        tuple[Annotated[str, PlainValidator(values.time_of_day), forms.TIME], ...], BeforeValidator(_times), forms.TIMES
    ] = ()
    cron: Annotated[str, PlainValidator(values.cron), forms.CRON] | None = None
    formats: Annotated[tuple[Annotated[Format, BeforeValidator(_format)], ...], _Some] | None = None
    send: Annotated[tuple[_Text, ...], _List] | None = None
    watches: Annotated[tuple[_Text, ...], _Some] | None = None
    outlets: Annotated[tuple[_Text, ...], _Some] | None = None
    keep: Annotated[timedelta, PlainValidator(values.keeping), forms.SPAN] | None = None


class DigestTable(PlanTable):
    """[digest]."""

    dir: _Line | None = None


class FetchTable(Table):
    """[fetch]."""

    every: _Pace = _FETCH.every
    min: _Pace = _FETCH.min
    max: _Pace = _FETCH.max
    at_once: _Count = _FETCH.at_once
    timeout: Annotated[timedelta, PlainValidator(values.patience), forms.SPAN] = _FETCH.timeout
    max_size: Annotated[int, PlainValidator(values.size), forms.SIZE] = _FETCH.max_size
    pause: _Pause = _FETCH.pause
    robots: bool = _FETCH.robots
    private: bool = False
    proxy: _Proxy | None = None


class UrlsTable(Table):
    """[urls]."""

    strip: Annotated[tuple[Annotated[str, PlainValidator(values.parameter), forms.PARAMETER], ...], _List] = ()


class KeepTable(Table):
    """[keep]."""

    items: Annotated[timedelta, PlainValidator(values.keeping), forms.SPAN] = _KEEP.items
    text: Annotated[timedelta, PlainValidator(values.keeping), forms.SPAN] = _KEEP.text


class HealthTable(Table):
    """[health]."""

    warn_after: Annotated[timedelta, PlainValidator(values.warning), forms.SPAN] = _HEALTH.warn_after
    alert: Annotated[tuple[_Text, ...], _List] = ()
    ping: Annotated[Secret, PlainValidator(_ping), forms.SECRET] | None = None
    metrics: Annotated[tuple[str, int], PlainValidator(addresses.own_port), forms.OWN_PORT] | None = None
