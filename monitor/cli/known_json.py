"""What `monitor status` knows → JSON for a program: docs/health.md has every key. Times are ISO 8601, UTC."""

from __future__ import annotations

import json
from typing import Any

from monitor.cli import kept, outbox
from monitor.cli.asking import iso
from monitor.cli.known import Known
from monitor.health import moved_to
from monitor.model import FeedState, WatchId
from monitor.store import DATABASE


def as_json(known: Known) -> str:
    """Write all of it."""
    whole = {
        "running": known.pid is not None,
        "pid": known.pid,
        "started_at": iso(known.run.started_at) if known.run else None,
        "seen_at": iso(known.run.seen_at) if known.run else None,
        "stopped_at": iso(known.run.stopped_at) if known.run else None,
        "config": str(known.path.absolute()),
        "config_fault": known.fault,
        "state": str(known.state),
        "timezone": known.zone.key if known.zone else None,
        "feeds": [_feed(known, state) for state in known.states],
        "feeds_failing": len(known.failing),
        "feeds_unreached": len(known.unreached),
        "watches": [_watch(known, watch) for watch in known.watches],
        "outbox": {
            "held": known.outbox.held,
            "oldest_at": iso(known.outbox.oldest),
            "dead": known.outbox.dead,
            "quiet_until": iso(known.quiet_until),
            "full_until": {channel: iso(until) for channel, until in known.full.items()},
            "channels": outbox.as_objects(known.outboxes),
        },
        "digests": [{"plan": plan, "next_at": iso(at)} for plan, at in known.following().items()],
        "digests_unsent": outbox.unsent_as_objects(known.unsent),
        "mutes": [{"watch": one.watch_id, "since": iso(one.since), "until": iso(one.until)} for one in known.mutes],
        "not_well": None if known.ailing is None else list(known.ailing.why),
        "unstored_since": iso(known.ailing.unstored_since) if known.ailing else None,
        "ping_trouble": known.ping_trouble,
        "pages_to_read": known.unread,
        "items_to_ask_about": known.past,
        "upkeep": kept.as_object(known.upkeep, known.state / DATABASE),
    }
    return json.dumps(whole, ensure_ascii=False, indent=2)


def _watch(known: Known, watch: WatchId) -> dict[str, Any]:
    ever, volume = known.ever.get(watch), known.volumes[watch]
    return {
        "watch": watch,
        "items_24h": volume.count,
        "usual_24h": volume.usual,
        "items": ever.ever if ever else 0,
        "last_at": iso(ever.last) if ever else None,
    }


def _feed(known: Known, state: FeedState) -> dict[str, Any]:
    return {
        "outlet": state.feed.outlet.id,
        "name": state.feed.name,
        "url": state.feed.url,
        "paused": state.feed.outlet.paused,
        "answered_at": iso(state.answered_at),
        "due_at": iso(state.due_at),
        "pace": int(state.pace.total_seconds()) if state.pace else None,
        "items_24h": known.items.get(state.feed.id, 0),
        "failures": state.failures,
        "failing_since": iso(state.failing_since),
        "kind": state.kind,
        "status": state.status,
        "reason": state.reason,
        "strikes": state.strikes,
        "moved_to": moved_to(state),
        "lied_at": iso(state.lied_at),
    }
