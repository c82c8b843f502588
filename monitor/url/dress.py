"""What in a query says how the reader came to a page, or in what form it is shown, and not which page it is. Plain tables.

A name stands here only where no site is known to tell pages apart by it; a name that some sites use so goes by its value alone.
What is missing here costs a spare item where a feed's guids are of no use; what is here wrongly hides one article behind another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache

Pair = tuple[str, str]

_TRACKING = re.compile(
    r"""utm_.* | __utm.* | at_(?:medium|campaign|link.*|custom\d*|format|ptr_name|bbc_team|creation|variant|recipient_.*)
      | ns_(?:mchannel|source|campaign|fee|linkname) | pk_(?:campaign|kwd|source|medium|content|cid)
      | (?:piwik|matomo|mtm)_(?:campaign|kwd|keyword|source|medium|content|cid) | hsa_\w+ | _hs(?:enc|mi) | hsctatracking
      | fb_(?:action_ids|action_types|ref|source|comment_id) | fbclid | gclid | gclsrc | dclid | gbraid | wbraid | msclkid
      | gad_(?:source|campaignid) | srsltid | gaa_(?:at|n|ts|sig) | yclid | ymclid | ysclid | twclid | ttclid | rdt_cid
      | irclickid | igshid | igsh | li_fat_id | epik | _openstat | mc_[ce]id | mkt_tok | _bta_[tc]id | _ke | _kx | dm_i
      | elqtrack\w* | oly_(?:anon|enc)_id | vero_(?:conv|id) | wickedid | rb_clickid | s_cid | sc_cid | cmpid | cmp_id
      | icid | ocid | ncid | i?int_?c(?:id|mp) | icmp | ex_cid | mbid | taid | itid | wpisrc | wpm[km] | emc | iref
      | __source | reflink | _branch_\w+ | ito | ftag | xtor | xtref | wt[._]z?mc.* | wt\.(?:nav|z_.*) | smid | smtyp
      | sr_share | spm | scm | trk(?:campaign|info)? | _ga | _gl | ref_src | ref_url | referr?er | http_referer
      | replytocom | showcomment | guccounter | guce_.* | soc_(?:src|trk) | traffic_source | feedname | feedtype
      | __twitter_impression | amp_(?:js_v|gsa|lite) | usqp | __tn__ | __cft__.* | __xts__.*
      | share_(?:from|source|medium|token|id) | sharetype | spref | tt_from | isappinstalled | wfr | nsukey | __cf_chl_\w+
      | \.?tsrc | yptr | sfmc_\w+ | unlocked_article_code | etcc_\w+ | xing_share | refresh_ce(?:-cp)? | intlink_from_url
      | tgwebapp\w*""",
    re.VERBOSE,
)
# Names that carry content on some sites: they go only when their value tells that the reader came by a feed or a share button
_BY_VALUE = frozenset(
    {
        *(
            "ref",
            "source",
            "src",
            "cmp",
            "from",
            "via",
            "cid",
            "mod",
            "feature",
            "origin",
            "partner",
            "medium",
            "campaign",
            "maca",
        ),
        *("share", "input", "fm", "tid", "ft", "kilde", "s_source"),
    }
)
_CAME_BY = re.compile(
    r"(?:^|[^a-z])(?:rss\d*|(?:news)?feeds?|share[ds]?|sharing|share_?btn.*|social|newsletter|email|mail|twitter|facebook|telegram"
    r"|whatsapp|linkedin|instagram|reddit|pinterest|tumblr|viber|messenger|vkontakte|odnoklassniki|weibo|wechat|weixin|kakao(?:talk)?"
    r"|pocket|skype|mastodon|bluesky|singlemessage|groupmessage|timeline|feedburner|feedly|flipboard|googlenews|google_news|push|homepage|sitemap|widget)"
    r"(?:$|[^a-z])|^nprml$|^ss_[a-z]{2}$"
)
# Too short to be sure of elsewhere: "from=tw" may be Taiwan
_SHORT_NAMES = frozenset({"ref", "src", "via", "share"})
_SHORT_VALUES = frozenset({"fb", "tw", "ig", "wa", "tg", "vk", "x", "li"})

_FORM_SWITCHES = frozenset(
    {
        *("amp", "amphtml", "isamp", "_amp", "noamp", "nonamp", "print", "printable", "printer", "printview", "print_view"),
        *("printerfriendly", "printer_friendly", "mobile", "ismobile", "nomobile", "desktop", "rss", "fromrss", "nocache"),
    }
)
_ON = frozenset({"", "1", "true", "yes", "y", "on", "print", "available", "mobile"})
_FORM_NAMES = frozenset(
    {
        *(
            "output",
            "outputtype",
            "view",
            "mode",
            "format",
            "display",
            "layout",
            "version",
            "type",
            "action",
            "task",
            "do",
            "tpl",
        ),
        *("template", "style", "device", "platform", "pagewanted", "outputformat", "render", "variant"),
    }
)
_FORM_VALUES = frozenset({"amp", "print", "printable", "printer", "printpage", "printerfriendly", "mobile", "phone"})
# Blogger serves one page under ?m=0, ?m=1 and neither; elsewhere m is a month or a module
_BLOGGER_PAGE = re.compile(r"/(?:\d{4}/\d{2}|p)/[^/]+\.html")

_COMPANIONS = frozenset({"m", "tmpl", "share"})

_SESSION_NAME = re.compile(r"phpsessid|jsessionid|aspsessionid\w*|cfid|cftoken|sessionid|session_id|osCsid|zenid", re.IGNORECASE)
_SESSION_BY_VALUE = frozenset({"sid", "s", "session", "sess"})
_SESSION_VALUE = re.compile(r"(?=.*\d)[0-9a-z]{26,64}", re.IGNORECASE)
# What is appended so that no cache answers: a moment or a random number, which is new at every look
_BUSTER = frozenset({"_", "cb", "cachebuster", "rand", "random", "rnd", "nocache"})
_BUST = re.compile(r"\d{6,}|0?\.\d+")


def told_apart_by(path: str, pairs: Sequence[Pair], strip: AbstractSet[str]) -> list[Pair]:
    """Give what of a query, names and values decoded, tells one page from another. ``strip``: names that are dress as well."""
    kept = [pair for pair in pairs if not _is_dress(pair[0].lower().strip(), pair[1].lower().strip(), strip)]
    if not kept or _COMPANIONS.isdisjoint(name for name, _ in pairs):
        return kept
    beside = _beside(path, dict(pairs))
    return [pair for pair in kept if pair[0] not in beside]


def is_session(name: str) -> bool:
    """Tell whether a parameter of that name holds a session."""
    return bool(_SESSION_NAME.fullmatch(name))


def _beside(path: str, seen: dict[str, str]) -> frozenset[str]:
    """Give the names that are dress only beside another, or on one kind of site."""
    if seen.get("m") in {"0", "1"} and _BLOGGER_PAGE.fullmatch(path):
        return frozenset({"m"})
    if seen.get("tmpl") == "component" and "print" in seen:
        # Joomla: &tmpl=component&print=1&layout=default&page=
        return frozenset({"tmpl", "layout"} | ({"page"} if not seen.get("page") else set()))
    if "share" in seen and _came_by("share", seen["share"].lower()):
        # WordPress numbers its share buttons
        return frozenset({"nb"})
    return frozenset()


def _is_dress(name: str, value: str, strip: AbstractSet[str]) -> bool:
    if name in strip or _is_dress_by_name(name):
        return True
    if name in _BY_VALUE:
        return _came_by(name, value)
    if name in _SESSION_BY_VALUE:
        return bool(_SESSION_VALUE.fullmatch(value))
    if name in _BUSTER and _BUST.fullmatch(value):
        return True
    if name in _FORM_SWITCHES:
        return value in _ON
    return name in _FORM_NAMES and value in _FORM_VALUES


# an outlet has few names, and the search for them is long
@lru_cache(maxsize=1_000)
def _is_dress_by_name(name: str) -> bool:
    return not name or bool(_TRACKING.fullmatch(name) or _SESSION_NAME.fullmatch(name))


def _came_by(name: str, value: str) -> bool:
    return bool(_CAME_BY.search(value)) or (name in _SHORT_NAMES and value in _SHORT_VALUES)
