"""Tables without faults → Config. Pure but for the machine's own time zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import tzlocal

from monitor.config.across import LOG
from monitor.config.queries import resolved
from monitor.config.shape import (
    AppriseTable,
    ChannelTable,
    CommandTable,
    DigestTable,
    HealthTable,
    LogTable,
    OutletTable,
    PlanTable,
    WatchTable,
    WebhookTable,
)
from monitor.config.tables import Tables
from monitor.config.values import timezone
from monitor.model import (
    FIELDS,
    AlertRules,
    AppriseChannel,
    Channel,
    ChannelId,
    CommandChannel,
    Config,
    DigestPlan,
    EmailChannel,
    FetchRules,
    HealthRules,
    KeepRules,
    LogChannel,
    Outlet,
    OutletId,
    PlanId,
    UrlRules,
    Watch,
    WatchId,
    WebhookChannel,
)

_SIX = ("06:00",)


def config(tables: Tables, *, path: Path, state: Path, digests: Path, fingerprint: str) -> Config:
    """Make the records. The three paths are absolute."""
    configured = tuple(_channel(ChannelId(id), table, is_inside=tables.fetch.private) for id, table in tables.channels.items())
    channels = _with_log(configured, tables)
    default = tuple(channel.id for channel in configured or channels)
    groups = _groups(tables.outlets)
    main = _digest(tables.digest, digests, groups)
    return Config(
        path=str(path),
        state=str(state),
        title=tables.top.title,
        timezone=tables.top.timezone or own_timezone(),
        contact=tables.top.contact,
        outlets=tuple(_outlet(OutletId(id), table) for id, table in tables.outlets.items()),
        watches=tuple(_watch(WatchId(id), table, default=default, groups=groups) for id, table in tables.watches.items()),
        channels=channels,
        alerts=AlertRules(**dict(tables.alerts)),
        digest=main,
        digests=tuple(_further(PlanId(name), table, main, groups=groups) for name, table in tables.digests.items()),
        fetch=FetchRules(**dict(tables.fetch)),
        keep=KeepRules(**dict(tables.keep)),
        urls=UrlRules(strip=frozenset(tables.urls.strip)),
        health=_health(tables.health),
        fingerprint=fingerprint,
    )


def _with_log(configured: tuple[Channel, ...], tables: Tables) -> tuple[Channel, ...]:
    """Add the log where there is no channel, or where it is named without being written down."""
    named = {name for watch in tables.watches.values() for name in watch.alert or ()}
    named |= {name for digest in (tables.digest, *tables.digests.values()) for name in digest.send or ()}
    named |= set(tables.health.alert)
    is_written = any(channel.id == LOG for channel in configured)
    if configured and (is_written or LOG not in named):
        return configured
    return (*configured, LogChannel(id=ChannelId(LOG)))


def _outlet(id: OutletId, table: OutletTable) -> Outlet:
    return Outlet(
        id=id,
        feeds=(table.feed,) if table.feed else table.feeds,
        name=table.name,
        language=table.lang,
        label=table.label,
        groups=table.groups,
        every=table.every,
        full_text=table.full_text,
        private=table.private,
        paused=table.paused,
        headers=tuple(table.headers.items()),
        pause=table.pause,
        proxy=table.proxy,
        ca_file=table.ca_file,
        selector=table.selector,
    )


def _watch(id: WatchId, table: WatchTable, *, default: tuple[ChannelId, ...], groups: Mapping[str, frozenset[OutletId]]) -> Watch:
    alert = default if table.alert is None else tuple(ChannelId(name) for name in _once(table.alert))
    return Watch(
        id=id,
        any=_once(table.any),
        all=_once(table.all),
        none=_once(table.none),
        query=None if table.query is None else resolved(table.query, groups),
        fields=tuple(field for field in FIELDS if field in table.parts),
        outlets=_asked_of(table, groups),
        languages=None if table.languages is None else frozenset(table.languages),
        look_back=table.look_back,
        channels=alert,
        urgent=table.urgent,
        on_edit=table.on_edit,
    )


def _asked_of(table: WatchTable, groups: Mapping[str, frozenset[OutletId]]) -> frozenset[OutletId] | None:
    """Give the outlets that are listed, are in one of the groups, and have one of the labels: as far as each is written."""
    named = (table.outlets, tuple(f"@{name}" for name in table.groups or ()), tuple(f"={name}" for name in table.labels or ()))
    chosen = [frozenset[OutletId]().union(*(groups[name] for name in names)) for names in named if names]
    return frozenset.intersection(*chosen) if chosen else None


def _groups(outlets: Mapping[str, OutletTable]) -> dict[str, frozenset[OutletId]]:
    """Every name that a watch may give for outlets: an id, or "@group"; and "=label"."""
    groups = {id: frozenset({OutletId(id)}) for id in outlets}
    for id, table in outlets.items():
        for name in (*(f"@{group}" for group in table.groups), *((f"={table.label}",) if table.label else ())):
            groups[name] = groups.get(name, frozenset()) | {OutletId(id)}
    return groups


def _channel(id: ChannelId, table: ChannelTable, *, is_inside: bool) -> Channel:
    """Make the record. ``is_inside``: [fetch] lets everything be on the desk's own network."""
    if isinstance(table, LogTable):
        return LogChannel(id=id)
    if isinstance(table, WebhookTable):
        private = table.private or is_inside
        return WebhookChannel(id=id, url=table.url, secret=table.secret, private=private, ca_file=table.ca_file)
    if isinstance(table, CommandTable):
        return CommandChannel(id=id, run=table.run)
    if isinstance(table, AppriseTable):
        return AppriseChannel(id=id, urls=tuple(dict.fromkeys(table.url)), private=table.private or is_inside)
    return EmailChannel(
        id=id,
        to=table.to,
        sender=table.sender,
        host=table.smtp.host,
        port=table.smtp.port,
        security=table.smtp.security,
        user=table.smtp.user,
        password=table.password,
        private=table.private or is_inside,
        ca_file=table.ca_file,
    )


def _digest(table: DigestTable, directory: Path, groups: Mapping[str, frozenset[OutletId]]) -> DigestPlan:
    usual = DigestPlan(at=_SIX, cron=None, formats=("html", "md"), send=(), directory=str(directory))
    return _planned(table, usual, groups)


def _further(id: PlanId, table: PlanTable, main: DigestPlan, *, groups: Mapping[str, frozenset[OutletId]]) -> DigestPlan:
    usual = replace(main, id=id, at=_SIX, cron=None, directory=str(Path(main.directory) / id))
    return _planned(table, usual, groups)


def _planned(table: PlanTable, usual: DigestPlan, groups: Mapping[str, frozenset[OutletId]]) -> DigestPlan:
    """Make the record. ``usual``: what holds where the table says nothing."""
    outlets = [groups[name] for name in table.outlets or ()]
    return replace(
        usual,
        at=() if table.cron else tuple(sorted(set(table.at))) or usual.at,
        cron=table.cron,
        formats=tuple(dict.fromkeys(table.formats or usual.formats)),
        send=usual.send if table.send is None else tuple(ChannelId(name) for name in _once(table.send)),
        watches=frozenset(WatchId(name) for name in table.watches) if table.watches else usual.watches,
        outlets=frozenset[OutletId]().union(*outlets) if outlets else usual.outlets,
        keep=table.keep or usual.keep,
    )


def _health(table: HealthTable) -> HealthRules:
    alert = tuple(ChannelId(name) for name in _once(table.alert))
    return HealthRules(warn_after=table.warn_after, alert=alert, ping=table.ping, metrics=table.metrics)


def _once(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def own_timezone() -> str:
    """Give the IANA name of the machine's own zone."""
    try:
        return timezone(tzlocal.get_localzone_name())
    except (LookupError, ValueError):
        # a container often has no zone, or one that contradicts itself
        return "UTC"
