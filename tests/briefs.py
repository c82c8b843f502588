"""A digest of an invented morning, rich enough to have one of everything: `brief()`, or with what a test wants otherwise.

Every outlet, event and person in it is invented.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

from monitor.model import (
    Carrier,
    Copy,
    Credit,
    Digest,
    EditNote,
    Feed,
    FeedId,
    Finding,
    First,
    FirstBy,
    FirstCount,
    Firsts,
    Gap,
    GapKind,
    ItemId,
    Match,
    NumberChange,
    Outlet,
    OutletHealth,
    OutletId,
    Span,
    Step,
    StoryFound,
    StoryId,
    Telling,
    ToldStory,
    Trail,
    Volume,
    Watch,
    WatchFindings,
    WatchId,
    Withheld,
)
from monitor.query import parse

STOP = datetime(2026, 11, 23, 3, tzinfo=UTC)
"""06:00 in Damascus."""
START = STOP - timedelta(days=1)

_NAMES: dict[str, tuple[str, str, str | None]] = {
    "orontes-post": ("Orontes Post", "en", None),
    "levant-wire": ("Levant Wire", "en", "agency"),
    "alzawiya": ("الزاوية اليوم", "ar", None),
    "nabd": ("نبض الشمال", "ar", "state media"),
    "relief-desk": ("Relief Desk", "en", None),
    "kuzey-sinir": ("Kuzey Sınır", "tr", None),
    "aid-access": ("Aid Access Bulletin", "en", "aid agencies"),
    "gazette": ("Gazette du Levant", "fr", None),
    "vestnik": ("Вестник Леванта", "ru", "state media"),
    "dongfang": ("東方前線", "zh", None),
    "kol-hatsafon": ("קול הצפון", "he", None),
    "payam": ("پیام شمال", "fa", None),
    "old-caravan": ("Old Caravan", "en", None),
}
OUTLETS = {
    name: Outlet(
        id=OutletId(name), feeds=(f"https://{name}.example/rss?key=s3cret",), name=words[0], language=words[1], label=words[2]
    )
    for name, words in _NAMES.items()
}


def feed(outlet: str) -> Feed:
    return Feed(id=FeedId(list(OUTLETS).index(outlet) + 1), outlet=OUTLETS[outlet], url=OUTLETS[outlet].feeds[0])


def local(clock: str, *, day: int | None = None) -> datetime:
    """Give a moment of the window by the clock of Damascus: "16:52" is of the 22nd, "04:06" of the 23rd."""
    hour, minute = map(int, clock.split(":"))
    day = day or (22 if hour >= 6 else 23)
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=3)


def match(watch: str, form: str, sentence: str, *, field: str = "text", term: str | None = None) -> Match:
    at = sentence.index(form)
    return Match(
        watch_id=WatchId(watch),
        field=field,
        term=term or form,
        form=form,
        start=at,
        stop=at + len(form),
        sentence=sentence,
        mark_start=at,
        mark_stop=at + len(form),
    )


def finding(  # noqa: PLR0913 - what a reader sees of one item
    item: int, watch: str, outlet: str, *, title: str, seen: datetime, matches: Iterable[Match], **changes: object
) -> Finding:
    one = OUTLETS[outlet]
    return replace(
        Finding(
            item_id=ItemId(item),
            watch_id=WatchId(watch),
            matches=tuple(matches),
            title=title,
            link=f"https://{outlet}.example/2026/11/{item}",
            language=one.language,
            outlet_id=one.id,
            outlet_name=one.name,
            outlet_language=one.language,
            label=one.label,
            published=seen - timedelta(minutes=6),
            seen_at=seen,
            article_doubt=None,
        ),
        **changes,
    )


def carrier(item: int, outlet: str, seen: datetime, *, copied: float | None = 0.9) -> Carrier:
    one = OUTLETS[outlet]
    return Carrier(
        item_id=ItemId(item),
        outlet_id=one.id,
        outlet_name=one.name or "",
        label=one.label,
        link=f"https://{outlet}.example/2026/11/{item}",
        published=seen - timedelta(minutes=6),
        seen_at=seen,
        copied=copied,
        is_own=copied is None or copied < 0.7,
        outlet_language=one.language,
        unseen_at=seen - timedelta(minutes=15),
    )


def copy(of: int, **changes: object) -> Copy:
    one = Copy(of=ItemId(of), copied=0.9, added=(), removed=(), changed=(), headline=None, numbers=(), dateline=None)
    return replace(one, **changes)


def trail(*carriers: Carrier, by: FirstBy, made: dict[int, Copy] | None = None, credit: dict[int, Credit] | None = None) -> Trail:
    """Give the trail of a story: who was first, ``by`` what, and what each item made of an earlier one."""
    steps = tuple(
        Step(
            telling=_telling(one, is_first=place == 0, by=by),
            copy=(made or {}).get(one.item_id),
            credit=(credit or {}).get(one.item_id),
            is_own=one.is_own,
        )
        for place, one in enumerate(carriers)
    )
    return Trail(steps=steps, first=first(*carriers, by=by))


def first(*carriers: Carrier, by: FirstBy) -> First:
    outlets = tuple(one.outlet_id for one in carriers[: 2 if by == "unknown" else 1])
    return First(seen=carriers[0].item_id, dated=carriers[0].item_id, by=by, outlets=outlets)


def _telling(one: Carrier, *, is_first: bool, by: FirstBy) -> Telling:
    return Telling(
        item_id=one.item_id,
        outlet_id=one.outlet_id,
        outlet_name=one.outlet_name,
        label=one.label,
        language=one.outlet_language,
        link=one.link,
        headline="",
        text="",
        author=None,
        published=one.published,
        seen_at=one.seen_at,
        unseen_at=None if by == "dates" and is_first else one.seen_at - timedelta(minutes=15),
        copied=one.copied,
        is_whole=True,
    )


def told(story: int, *carriers: Carrier, by: FirstBy = "alone", **changes: object) -> ToldStory:
    one = ToldStory(
        id=StoryId(story),
        carriers=carriers,
        outlets=len(carriers),
        own_texts=sum(one.is_own for one in carriers),
        trail=trail(*carriers, by=by),
        first=first(*carriers, by=by),
        edits=(),
        is_continued=False,
    )
    return replace(one, **changes)


def spans(*parts: str) -> tuple[Span, ...]:
    """Make a diff: "-gone", "+new", anything else stayed."""
    kinds = {"-": "removed", "+": "added"}
    return tuple(Span(kind=kinds.get(part[0], "same"), text=part[1:] if part[0] in kinds else part) for part in parts)


def edit(item: int, story: int, outlet: str, *, at: datetime, title: str, **changes: object) -> EditNote:
    one = OUTLETS[outlet]
    note = EditNote(
        item_id=ItemId(item),
        story_id=StoryId(story),
        outlet_id=one.id,
        outlet_name=one.name or "",
        outlet_language=one.language,
        language=one.language,
        title=title,
        link=f"https://{outlet}.example/2026/11/{item}",
        at=at,
        headline=(),
        sentences=(),
        added=0,
        removed=0,
        changed=0,
    )
    return replace(note, **changes)


# ------------------------------------------------------------------------------------------------ the stories

CROSSING = "Bab al-Hawa crossing reopens to aid convoys after two-day closure"
LORRIES = (
    "… forty-one lorries carrying flour and tents entered Idlib province before dusk, the crossing’s media office said, "
    "the first since repairs to the approach road began on Friday …"
)
GATE = "The gate at Bab al-Hawa had been shut on both sides since Friday noon, and drivers slept in their cabs."
WATER = "عودة ضخ المياه إلى ثلاثة أحياء في إدلب بعد إصلاح خط الكهرباء"
PUMPS = (
    "… قالت وحدة المياه في إدلب إن الضخ استؤنف فجر اليوم بعد انقطاع دام ستة أيام، وإن المحطة تعمل بنصف طاقتها "
    "(نحو 1200 م³ يوميًا) إلى حين وصول مضخة بديلة …"
)
RAIN = "Overnight rain floods 120 tents in camps north of Idlib city"
TENTS = (
    "… site managers in the northern Idlib countryside counted 120 flooded tents by 02:00; families were moved to two schools, "
    "and drainage crews are due after first light …"
)
SAPPERS = "Сапёры завершили проверку двух школ на юге провинции Идлиб"
SCHOOLS = (
    "… в ходе осмотра обезврежены 43 неразорвавшихся боеприпаса; занятия в школах на юге провинции Идлиб, "
    "по словам местных властей, возобновятся в понедельник …"
)
WINTER = "İdlib’de kış yardımı dağıtımı başladı"
STOVES = (
    "… İdlib’in kuzeyindeki kamplarda 3.400 aileye soba ve battaniye dağıtılacağı, ilk tırların sabah saatlerinde yola "
    "çıktığı bildirildi …"
)
ROAD = "Le poste-frontière fermera plus tôt pendant les travaux de l’hiver"
HOURS = "… jusqu’au 5 décembre, Bab al-Hawa ne recevra plus de convois après 15 h, selon une note adressée aux transporteurs …"
CONVOY = "援助車隊抵達伊德利卜，口岸恢復通行"
TRUCKS = "…四十一輛卡車運載麵粉和帳篷，週日傍晚進入伊德利卜省，這是週五道路維修以來的首批車隊…"
NORTH = "משאיות סיוע נכנסו לאידליב לאחר סגירה של יומיים"
GATES = "… המשאיות הראשונות נכנסו לאידליב לפנות ערב, והמעבר ייפתח מחדש גם ביום שני, נמסר מהמעבר …"
BREAD = "نان در ادلب دوباره ارزان شد"
OVENS = "… نانوایی‌های شهر ادلب از بامداد دوشنبه نان را به بهای پیشین می‌فروشند؛ آرد تازه شب گذشته رسید …"
CLINIC = "Two clinics in Harim reopen with one doctor each"


def _crossing() -> tuple[ToldStory, Finding, Finding]:
    here = carrier(101, "orontes-post", local("16:52"), copied=None)
    others = (
        carrier(102, "alzawiya", local("17:03"), copied=0.84),
        carrier(103, "levant-wire", local("17:30"), copied=0.97),
        carrier(104, "kuzey-sinir", local("17:54"), copied=0.4),
        carrier(105, "nabd", local("19:17"), copied=0.95),
        carrier(106, "aid-access", local("19:32"), copied=0.91),
        carrier(107, "gazette", local("23:37"), copied=0.88),
    )
    made = {
        103: copy(101, numbers=(NumberChange(before="41", after="14", sentence="14 lorries entered"),), removed=("One.",)),
        105: copy(101, headline=(CROSSING, "Crossing opens by order of the governorate"), added=("A.", "B.")),
        106: copy(101, added=("One.",)),
    }
    credit = {105: Credit(line="(Levant Wire)", name="Levant Wire", outlet_id=OutletId("levant-wire"))}
    change = edit(
        101,
        1,
        "orontes-post",
        at=local("18:15"),
        title=CROSSING,
        headline=spans("Bab al-Hawa crossing reopens to aid convoys after ", "-day-long", "+two-day", " closure"),
        added=2,
        removed=1,
    )
    story = told(1, here, *others, by="polls", trail=trail(here, *others, by="polls", made=made, credit=credit), edits=(change,))
    under_idlib = finding(
        101, "idlib", "orontes-post", title=CROSSING, seen=local("16:52"), matches=(match("idlib", "Idlib", LORRIES),)
    )
    under_crossings = replace(
        under_idlib,
        watch_id=WatchId("crossings"),
        matches=(match("crossings", "Bab al-Hawa", CROSSING, field="title"), match("crossings", "Bab al-Hawa", GATE)),
    )
    return story, under_idlib, under_crossings


def _water() -> tuple[ToldStory, Finding]:
    carriers = (
        carrier(111, "alzawiya", local("04:06"), copied=None),
        carrier(112, "nabd", local("04:25"), copied=0.98),
        carrier(113, "levant-wire", local("05:20"), copied=0.3),
    )
    made = {112: copy(111, numbers=(NumberChange(before="1200", after="12000", sentence="نحو 12000"),))}
    found = finding(
        111,
        "idlib",
        "alzawiya",
        title=WATER,
        seen=local("04:06"),
        matches=(match("idlib", "إدلب", WATER, field="title"), match("idlib", "إدلب", PUMPS)),
    )
    return told(2, *carriers, by="dates", trail=trail(*carriers, by="dates", made=made)), found


def _rain() -> tuple[ToldStory, Finding]:
    carriers = (
        carrier(121, "relief-desk", local("02:31"), copied=None),
        carrier(122, "nabd", local("02:56"), copied=0.9),
        carrier(123, "orontes-post", local("04:07"), copied=0.5),
        carrier(124, "kuzey-sinir", local("05:21"), copied=0.8),
    )
    change = edit(
        121,
        3,
        "relief-desk",
        at=local("05:02"),
        title=RAIN,
        headline=spans("Overnight rain floods ", "-85 tents", "+120 tents", " in camps north of Idlib city"),
        sentences=(spans("Site managers in the northern Idlib countryside counted ", "-85", "+120", " flooded tents by 02:00."),),
        numbers=(NumberChange(before="85", after="120", sentence=TENTS),),
        changed=1,
    )
    found = finding(
        121,
        "idlib",
        "relief-desk",
        title=RAIN,
        seen=local("02:31"),
        matches=(match("idlib", "Idlib", RAIN, field="title"), match("idlib", "Idlib", TENTS)),
    )
    return told(3, *carriers, by="unknown", edits=(change,)), found


def _sappers() -> tuple[ToldStory, Finding, Finding]:
    carriers = (carrier(131, "vestnik", local("13:20"), copied=None), carrier(132, "levant-wire", local("16:55"), copied=0.75))
    under_idlib = finding(
        131,
        "idlib",
        "vestnik",
        title=SAPPERS,
        seen=local("13:20"),
        matches=(match("idlib", "Идлиб", SAPPERS, field="title"), match("idlib", "Идлиб", SCHOOLS)),
    )
    under_mines = replace(
        under_idlib, watch_id=WatchId("uxo-and-mines"), matches=(match("uxo-and-mines", "неразорвавшихся", SCHOOLS),)
    )
    return told(4, *carriers, by="polls", is_continued=True), under_idlib, under_mines


def _alone() -> tuple[tuple[ToldStory, Finding], ...]:
    alone = (
        (5, 141, "kuzey-sinir", WINTER, STOVES, "İdlib", "10:04"),
        (6, 151, "dongfang", CONVOY, TRUCKS, "伊德利卜", "21:10"),
        (7, 161, "kol-hatsafon", NORTH, GATES, "אידליב", "20:45"),
        (8, 171, "payam", BREAD, OVENS, "ادلب", "05:30"),
    )
    return tuple(
        (
            told(story, carrier(item, outlet, local(clock), copied=None)),
            finding(item, "idlib", outlet, title=title, seen=local(clock), matches=(match("idlib", form, sentence),)),
        )
        for story, item, outlet, title, sentence, form, clock in alone
    )


def _road() -> tuple[ToldStory, Finding]:
    carriers = (carrier(181, "gazette", local("01:12"), copied=None), carrier(182, "aid-access", local("04:42"), copied=0.93))
    found = finding(
        181,
        "crossings",
        "gazette",
        title=ROAD,
        seen=local("01:12"),
        matches=(match("crossings", "Bab al-Hawa", HOURS),),
        article_doubt="paywall",
    )
    return told(9, *carriers, by="polls"), found


def minor(number: int, watch: str = "clinics") -> tuple[ToldStory, StoryFound]:
    """Give one of many small stories: a clinic with a number."""
    seen = START + timedelta(minutes=31 * number)
    title = f"{CLINIC} ({number})"
    one = finding(
        500 + number, watch, "relief-desk", title=title, seen=seen, matches=(match(watch, "clinics", title, field="title"),)
    )
    return told(500 + number, carrier(500 + number, "relief-desk", seen, copied=None)), StoryFound(
        story_id=StoryId(500 + number), finding=one, items=1
    )


def found(finding: Finding, story: ToldStory, *, items: int = 1) -> StoryFound:
    return StoryFound(story_id=story.id, finding=finding, items=items)


_USUAL = (6, 4, 7, 5, 3, 2, 6, 8, 5, 4, 6, 9, 7, None, None, 5, 6, 2, 3, 7, 8, 6, 5, 4, 9, 11, 8, 6)
_FEW = (1, 0, 1, 0, 0, 2, 1, 0, 1, 0, 1, 1, 0, 2, 0, 0, 1, 0, 1, 0, 0, 2, 3, 2, 1, 4, 3, 2)
_RARE = (0, 1, 0, 0, 0, 2, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0)


def quiet() -> Digest:
    """Give the digest of a morning on which nothing was found, and nothing was missed."""
    one = brief()
    return replace(
        one,
        watches=tuple(
            WatchFindings(
                watch=group.watch,
                last_match=STOP - timedelta(days=2, hours=place),
                last_outlet="Levant Wire",
                volume=Volume(count=0, days=(0, 1) * 14, usual=0.5, is_high=False),
            )
            for place, group in enumerate(one.watches)
        ),
        gaps=(),
        notes=(),
        stories=(),
        edits=(),
        more_edits=0,
        firsts=None,
        items_matched=0,
        outlets=tuple(health(name) for name in OUTLETS),
    )


def brief(*, gap_kinds: Iterable[GapKind] = ("failing", "overflow", "silent"), minors: int = 17, more: int = 40) -> Digest:
    """Give the digest of an invented morning: six watches, seven scripts, copies, edits, gaps of the kinds that are asked for.

    ``minors``: so many small stories under one watch, beside ``more`` that are counted only.
    """
    (crossing, *_), (rain, _), (water, _), (sappers, *_), (road, _) = _crossing(), _rain(), _water(), _sappers(), _road()
    small = [minor(number) for number in range(1, minors + 1)]
    return Digest(
        title="Northwest desk",
        timezone="Asia/Damascus",
        period="2026-11-23T06:00",
        start=START,
        stop=STOP,
        late=False,
        watches=(_idlib(), _crossings(), _mines(), _clinics(tuple(one for _, one in small), more), *_silent()),
        gaps=tuple(gap(kind) for kind in gap_kinds),
        outlets=rows(),
        items_read=231,
        config_fingerprint="5f2c91",
        version="1.0.0",
        stories=(crossing, rain, water, sappers, *(story for story, _ in _alone()), road, *(story for story, _ in small)),
        edits=edits(rain, crossing),
        more_edits=2,
        firsts=firsts(),
        notes=(gap("first_poll"),),
        items_matched=47,
    )


def _idlib() -> WatchFindings:
    (crossing, under_idlib, _), (sappers, sappers_idlib, _) = _crossing(), _sappers()
    (rain, rain_found), (water, water_found) = _rain(), _water()
    return WatchFindings(
        watch=Watch(id=WatchId("idlib"), any=("Idlib", "إدلب", "ادلب", "Идлиб", "İdlib", "伊德利卜", "אידליב")),
        last_match=STOP - timedelta(minutes=30),
        stories=(
            found(under_idlib, crossing, items=6),
            found(rain_found, rain, items=4),
            found(water_found, water, items=3),
            found(sappers_idlib, sappers, items=2),
            *(found(one, story) for story, one in _alone()),
        ),
        items=19,
        outlets=12,
        volume=Volume(count=19, days=_USUAL, usual=6.0, is_high=True),
        withheld=Withheld(muted=0, acked=2, muted_until=None),
    )


def _crossings() -> WatchFindings:
    (crossing, _, under_crossings), (road, road_found) = _crossing(), _road()
    return WatchFindings(
        watch=Watch(
            id=WatchId("crossings"), all=("Bab al-Hawa", "convoy*"), any=("باب الهوى", "Баб-эль-Хава"), none=("football",)
        ),
        last_match=STOP - timedelta(hours=2),
        stories=(found(under_crossings, crossing, items=5), found(road_found, road, items=2)),
        items=7,
        outlets=6,
        volume=Volume(count=7, days=_FEW, usual=1.0, is_high=True),
        withheld=Withheld(muted=3, acked=0, muted_until=STOP + timedelta(hours=3)),
    )


def _mines() -> WatchFindings:
    sappers, _, under_mines = _sappers()
    return WatchFindings(
        watch=Watch(id=WatchId("uxo-and-mines"), query=parse("unexploded OR ألغام OR неразорвавш* NOT title:sport")),
        last_match=STOP - timedelta(hours=14),
        stories=(found(under_mines, sappers, items=2),),
        items=2,
        outlets=2,
        volume=Volume(count=2, days=_RARE, usual=0.0, is_high=False),
        history=14,
    )


def _clinics(stories: tuple[StoryFound, ...], more: int) -> WatchFindings:
    count = len(stories) + more
    return WatchFindings(
        watch=Watch(id=WatchId("clinics"), any=("clinics", "عيادات")),
        last_match=STOP - timedelta(hours=1),
        stories=stories,
        more=more,
        items=count,
        outlets=1,
        volume=Volume(count=count, days=(None,) * 26 + (40, 51), usual=None, is_high=False),
    )


def _silent() -> tuple[WatchFindings, WatchFindings]:
    cholera = WatchFindings(
        watch=Watch(id=WatchId("cholera"), any=("cholera", "كوليرا", "холера")),
        last_match=STOP - timedelta(days=6),
        last_outlet="Relief Desk",
        volume=Volume(count=0, days=(0,) * 22 + (1, 0, 0, 0, 0, 0), usual=0.0, is_high=False),
    )
    return cholera, WatchFindings(watch=Watch(id=WatchId("dams"), any=("سد", "dam burst")), last_match=None)


def every_gap() -> tuple[GapKind, ...]:
    return get_args(GapKind)


_REASONS: dict[str, tuple[str | None, str, int]] = {
    "failing": ("vestnik", "503 Service Unavailable", 7),
    "set_aside": ("vestnik", "reading it killed a worker 3 times", 3),
    "never_answered": ("old-caravan", "no such host", 12),
    "was_failing": ("vestnik", "timed out", 4),
    "overflow": ("levant-wire", "", 2),
    "silent": ("gazette", "", 3),
    "no_text": ("nabd", "403 Forbidden", 5),
    "doubtful_text": ("gazette", "paywall", 2),
}


def gap(kind: GapKind) -> Gap:
    """Give a gap of a kind as it might stand in this digest."""
    outlet, reason, count = _REASONS.get(kind, (None, "connection refused", 3))
    return Gap(
        kind=kind,
        feed=feed(outlet) if outlet else None,
        since=STOP - timedelta(minutes=310),
        until=STOP - timedelta(minutes=70) if kind in ("overflow", "down", "was_failing", "was_unreached") else None,
        reason=reason if kind != "first_poll" else "Old Caravan, Relief Desk",
        count=count,
        longest=timedelta(hours=19) if kind == "silent" else None,
        known=timedelta(days=56) if kind == "silent" else None,
    )


def health(outlet: str, **changes: object) -> OutletHealth:
    row = OutletHealth(
        feed=feed(outlet),
        state="ok",
        answered_at=STOP - timedelta(minutes=2 + 3 * (feed(outlet).id % 8)),
        due_at=STOP + timedelta(minutes=5),
        items=48 - 3 * feed(outlet).id,
        failures=0,
        reason=None,
        pace=timedelta(minutes=5 + feed(outlet).id),
    )
    return replace(row, **changes)


def rows() -> tuple[OutletHealth, ...]:
    """Give the table of outlets: one fails, one is quiet, one is paused, one is set aside, one is new."""
    special: dict[str, dict[str, object]] = {
        "vestnik": {
            "state": "failing",
            "failures": 7,
            "reason": "503 Service Unavailable",
            "answered_at": STOP - timedelta(minutes=310),
            "items": 6,
        },
        "gazette": {"state": "quiet", "items": 2},
        "old-caravan": {"state": "paused", "answered_at": None, "items": 0},
        "payam": {"state": "new", "answered_at": None, "items": 0},
    }
    return tuple(health(name, **special.get(name, {})) for name in OUTLETS)


def edits(*stories: ToldStory) -> tuple[EditNote, ...]:
    """Give the edits of these stories and two of items that stand nowhere else, newest first."""
    gone = edit(
        191, 91, "levant-wire", at=local("21:40"), title="Governor’s office denies shortage of flour", removed=3, changed=1
    )
    page_gone = edit(192, 92, "nabd", at=local("12:05"), title="لا انقطاع في المياه، يقول المتحدث", is_gone=True)
    mine = [change for story in stories for change in story.edits]
    return tuple(sorted((*mine, gone, page_gone), key=lambda one: one.at, reverse=True))


def firsts() -> Firsts:
    counts = (("orontes-post", 41), ("alzawiya", 37), ("relief-desk", 19), ("kuzey-sinir", 12), ("vestnik", 9))
    return Firsts(
        since=STOP - timedelta(days=30),
        outlets=tuple(
            FirstCount(
                outlet_id=OutletId(name), outlet_name=OUTLETS[name].name or "", language=OUTLETS[name].language, stories=stories
            )
            for name, stories in counts
        ),
        untold=23,
        paces=(timedelta(minutes=5), timedelta(minutes=30)),
    )
