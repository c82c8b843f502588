"""What waits for each channel, when digests follow, which watches are muted → rows and lines of `monitor status`, and JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.cli.asking import count, iso
from monitor.cli.columns import Row
from monitor.model import MAIN, ChannelOutbox, DigestDelivery, Mute, PlanId
from monitor.text import one_line

LONGEST = 300
TWO_DAYS = 48
"""Hours from which on only days are said."""
HEADS = ("Channel", "Waiting", "Oldest", "Next try", "Given up", "Note")
RIGHT = ("Waiting", "Given up")
Clock = Callable[[datetime], str]


def rows(outboxes: tuple[ChannelOutbox, ...], *, since: Clock, until: Clock, clock: Clock) -> list[Row]:
    """Give a row for each channel. ``since`` says how long ago, ``until`` how far off, ``clock`` when."""
    return [
        Row(
            cells=(
                one.channel,
                str(one.held),
                since(one.oldest) if one.oldest else "-",
                until(one.next_try_at) if one.next_try_at else "-",
                str(one.dead),
            ),
            note=_note(one, clock),
            style="red" if one.trouble or one.dead else "",
        )
        for one in outboxes
    ]


def clock(moment: datetime, *, now: datetime, zone: ZoneInfo | None) -> str:
    """Say when, by the desk's clock: with the day where that is another, with the year where that is."""
    local, today = moment.astimezone(zone), now.astimezone(zone)
    if local.date() == today.date():
        return f"{local:%H:%M}"
    return f"{local:%d %b %H:%M}" if local.year == today.year else f"{local:%d %b %Y %H:%M}"


def short(span: timedelta) -> str:
    """Say how long: "2 min", "5 h 10", "3 d"."""
    minutes = max(int(span.total_seconds()) // 60, 0)
    hours, rest = divmod(minutes, 60)
    if hours >= TWO_DAYS:
        return f"{hours // 24} d"
    return f"{hours} h {rest:02}" if hours else f"{minutes} min"


def _note(one: ChannelOutbox, clock: Clock) -> str:
    said = []
    if one.trouble:
        said.append(f"failing since {clock(one.trouble.since)}, {count(one.trouble.failures, 'try', 'tries')}")
    if one.reason:
        said.append(one_line(one.reason, LONGEST))
    if one.trouble or one.revivable:
        after = f", which sends {one.revivable} of what was given up" if one.revivable else ""
        said.append(f"mend [channels.{one.channel}] in config.toml and reload{after}")
    return "; ".join(said)


def muted(mutes: tuple[Mute, ...], clock: Clock) -> str:
    """Say which watches are muted, and until when; "" for none."""
    if not mutes:
        return ""
    said = ", ".join(f"{one.watch_id} until {clock(one.until)}" for one in mutes)
    return f"Muted: {said}. `monitor alert mute WATCH --off` ends it."


def following(due: Mapping[PlanId, datetime], clock: Clock) -> str:
    """Say when the next digest of each plan is due; "" for none."""
    if not due:
        return ""
    said = ", ".join(f"{plan} {clock(at)}" if plan != MAIN else clock(at) for plan, at in due.items())
    return f" Next digest{'s' if len(due) > 1 else ''} {said}."


def unsent(deliveries: tuple[DigestDelivery, ...], clock: Clock) -> str:
    """Say which digests a channel did not take, and why; "" for none."""
    return "\n".join(_unsent(one, clock) for one in deliveries)


def _unsent(one: DigestDelivery, clock: Clock) -> str:
    name = " ".join(filter(None, ("Digest", one.plan, one.period.replace("T", " "))))
    why = one_line(one.reason or "no reason known", LONGEST)
    if one.state == "dead":
        return f"{name} was given up for {one.channel}: {why}. The digests’ folder has it."
    tries, again = count(one.tries, "try", "tries"), clock(one.next_try_at)
    return f"{name} was not taken by {one.channel} ({tries}): {why}. Next try from {again} on."


def unsent_as_objects(deliveries: tuple[DigestDelivery, ...]) -> list[dict[str, str | int | None]]:
    """Give the digests that a channel did not take to a program."""
    return [
        {
            "plan": one.plan,
            "period": one.period,
            "channel": one.channel,
            "state": one.state,
            "tries": one.tries,
            "reason": one.reason,
            "next_try_at": iso(one.next_try_at) if one.state == "held" else None,
        }
        for one in deliveries
    ]


def as_objects(outboxes: tuple[ChannelOutbox, ...]) -> list[dict[str, str | int | None]]:
    """Give the channels to a program."""
    return [
        {
            "channel": one.channel,
            "held": one.held,
            "oldest_at": iso(one.oldest),
            "next_try_at": iso(one.next_try_at),
            "dead": one.dead,
            "revivable": one.revivable,
            "failures": one.trouble.failures if one.trouble else 0,
            "failing_since": iso(one.trouble.since) if one.trouble else None,
            "reason": one.reason,
        }
        for one in outboxes
    ]
