"""The class or id of an element → what outlets mean by it, where the name says so for certain. Touches nothing.

Lists, not rules: every name here is one that themes, widgets and news systems use for what stands *round* an article. A name that
is also used for articles (premium, read-more, story, content, media) has no place here, however often it means the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

import lxml.html

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NO_LETTER = re.compile(r"[^0-9a-z]+")
_LONGEST = 200
# "has-sidebar", "comments-open": the state of what it stands on, not its name
_STATE = re.compile(
    r"(?:^|-)(?:has|have|no|not|non|with|without|is|are|open|opened|closed|enabled?|disabled?|on|off|free)(?:-|$)"
)


def _names(*lists: str) -> re.Pattern[str]:
    """Make the pattern of names; a name stands whole, between hyphens, and what ends in $ at the very end."""
    words = [word for each in lists for word in each.split()]
    return re.compile(rf"(?:^|-)(?:{'|'.join(word.replace('$', '(?=$)') for word in words)})(?:-|$)")


_COMMENTS = _names(
    "comments? commentlist commentarea disqus respond$ kommentare? kommentarbereich commentaires? comentarios? commenti",
    "yorumlar? komentarze komentari reacties talkbacks? discussion-thread",
)
_CONSENT = _names(
    "cookies? cookiebar cookielaw consent gdpr ccpa cmp cky onetrust didomi usercentrics privacy-(?:banner|popup|notice)",
)
_FURNITURE = _names(
    # ways through the site
    "nav navbar navigation topnav subnav menu megamenu submenu offcanvas drawer breadcrumbs? pathway pagination pager pagenav",
    "post-navigation nav-links prev-next skip-link masthead colophon topbar top-bar",
    "(?:site|page|global|main|app)-(?:footer|header|bottom) ^footer$ foot$ (?:entry|post)-footer ^header$",
    "sidebar side-bar ^secondary$ secondary-column (?:side|right|left)-?rail widget-area",
    # other stories
    "related relatedposts recommended recommendations? recommendation recirc recirculation recommend-list",
    "(?:more|other)-(?:stories|news|articles|posts|from|on|like|coverage) read-(?:also|next|too) also-read see-also up-next",
    "next-(?:article|story|stories|post|up) you-may(?:-also)?-like most-(?:read|popular|viewed|commented|shared|recent) mostread",
    "popular popular-?posts trending top-stories latest-?(?:news|posts|stories|articles) recent-?(?:news|posts|stories|articles)",
    "lire-aussi a-lire-aussi plus-lus les-plus-lus articles-lies lesen-sie-auch mehr-zum-thema meistgelesen relacionad[oa]s",
    "te-puede-interesar mas-(?:leidas|leidos|vistas|noticias|galerias) leia-(?:mais|tambem) ilgili-haber(?:ler)?",
    "cok-okunanlar benzer-haberler leggi-anche correlati czytaj-(?:tez|takze) polecane polecamy powiazane najczesciej-czytane",
    "elementor-widget-posts wp-block-latest-posts wp-block-query",
    # what is sold
    "ads? adv advert advertise advertisement advertising adsense adsbygoogle adslot adfox",
    "ad-?(?:slot|unit|box|banner|wrapper|container) sponsored promo promos promotion reklama? werbung anzeige",
    "publicite publicidad taboola outbrain mgid revcontent",
    "newsletter newsletters sign-?up subscribe subscribe-(?:box|form|cta|banner) optin mailchimp mailing-list",
    "modal popup pop-up lightbox interstitial",
    # handles
    "share$ sharing sharedaddy sociable addthis addtoany social-?(?:share|sharing|links|icons|bar|buttons|media|follow|list|nav)",
    "share-?(?:bar|box|buttons?|links?|tools|icons?|list|widget|this) compartir partager teilen udostepnij paylas",
    "tags tag-?(?:list|cloud|links) tagcloud keywords labels$ etiketler etiquetas",
    "ticker news-?ticker breaking breaking-?news newsflash",
    # people
    "about-(?:the-)?author author-(?:bio|box|info|card|profile|about) post-author autor-box autorenbox",
)
_BYLINE = _names(
    "byline by-line author authors dateline date datetime timestamp published pubdate posted meta entry-meta post-meta",
    "article-info hits print-icon reading-time time$",
)
# What an outlet folds away until a reader asks for it, though it is in the page
_FOLDED = _names(
    "read-?more read-all read-rest more-(?:text|content) full-?text collapse collapsed collapsible expand expanded expandable",
    "accordion accordion-(?:body|content|panel|item) tab-pane tab-content truncated unfold folded spoiler",
)
_PLAYER = _names("player audio-?player video-?player media-?player podcast-player")
_CAPTION = _names("caption figcaption legend legende bildunterschrift")

_Kind = Literal["comments", "consent", "furniture", "folded", "player", "byline", "caption"]
_KINDS: tuple[tuple[_Kind, re.Pattern[str]], ...] = (
    ("comments", _COMMENTS),
    ("consent", _CONSENT),
    ("furniture", _FURNITURE),
    ("folded", _FOLDED),
    ("player", _PLAYER),
    ("byline", _BYLINE),
    ("caption", _CAPTION),
)


def kinds(element: lxml.html.HtmlElement) -> frozenset[_Kind]:
    """Say what an element's names make of it: comments, consent, furniture, folded, player, byline, caption."""
    named = element.get("class"), element.get("id")
    return frozenset(kind for each in named if each for kind in _kinds(each[:_LONGEST]))


@lru_cache(maxsize=4_096)
def _kinds(value: str) -> frozenset[_Kind]:
    return frozenset(kind for name in _written(value) for kind, pattern in _KINDS if pattern.search(name))


def _written(value: str) -> Iterator[str]:
    """Give each name in lower case, its words parted by hyphens: mostRead, most_read and most__read are most-read."""
    for each in value.split():
        name = _NO_LETTER.sub("-", _CAMEL.sub("-", each).lower()).strip("-")
        if name and not _STATE.search(name):
            yield name
