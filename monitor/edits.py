"""Two versions of a text → whether they differ, in which words, and what became of a sentence. Pure.

What changes by itself is no edit: view counters, "3 hours ago", "updated at", related links. Compared and shown is what is left.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from hashlib import blake2b
from itertools import islice
from typing import Final

from monitor.model import Fate, Span
from monitor.text import sentences, tokens, words

_SHORT: Final = 90
"""Characters: a longer line is a sentence of the article, whatever figures stand in it."""
_LONGEST_TITLE: Final = 520
_BESIDE: Final = 1
_MOST_STEPS: Final = 1_000_000
"""What comparing two texts may cost: texts from outside can be made so that it would take hours."""
MOST_WATCHED: Final = 30
_MOST_SENTENCES: Final = 3_000
_ALIKE: Final = 0.5
"""A sentence that shares half of its words with one that stood there is that sentence, changed."""

_COUNTED: Final = re.compile(
    r"\b(?:views?|reads?|readers?|visits?|hits|likes?|shares?|comments?|replies|votes?|claps"
    r"|vues?|lectures?|commentaires?|partages?|réactions?|vistas?|visitas?|lecturas?|comentarios?|compartid\w+"
    r"|aufrufe|kommentare?|leser|gelesen|visualizza\w+|letture|commenti?|visualiza\w+|leituras?|comentários?"
    r"|wyświetle\w+|komentarz\w*|odsłon\w*|zobrazení|komentář\w*|megtekintés|hozzászólás|katselu\w*|kommentti\w*"
    r"|просмотр\w*|комментар\w*|прочита\w+|прочтени\w+|перегляд\w*|коментар\w*|преглед\w*"
    r"|okunma|görüntülenme|yorum|izlenme|προβολ\w+|σχόλι\w+)\b"
    r"|مشاهد|قراءة|قراءات|زيار|تعليق|بازدید|نظر|کد خبر|צפיות|תגובות|阅读|浏览|瀏覽|评论|評論|点击|閲覧|コメント|조회|댓글|ครั้ง",
    re.IGNORECASE,
)
_AGO: Final = re.compile(
    r"\b(?:ago|just now|yesterday|today|updated|last (?:update|modified)|published|posted|il y a|mis à jour|publié|hace"
    r"|actualizad\w+|publicad\w+|vor \w+ (?:minuten?|stunden?|tagen?|std|min)|aktualisiert|stand|fa|aggiornat\w+|atualizad\w+"
    r"|temu|aktualizac\w+|назад|обновлен\w*|опубликован\w*|сегодня|вчера|тому|оновлен\w*|önce|güncelle\w*|πριν|ενημέρωση)\b"
    r"|منذ|قبل|تحديث|آخر|پیش|به‌روز|לפני|עודכן|分钟前|小时前|天前|更新|前に|時間前|분 전|시간 전",
    re.IGNORECASE,
)
_SEE_ALSO: Final = re.compile(
    r"\s*(?:(?:read|see) (?:also|more|next)|related|more (?:on|from)|most read|recommended|also (?:on|in|read)|lire aussi|à lire"
    r"|lea también|le(?:er|a) más|te puede interesar|mehr zum thema|lesen sie auch|leggi anche|leia (?:também|mais)"
    r"|czytaj (?:też|także|więcej)|читайте (?:также|ещё|еще)|читай також|читайте також|по теме|ilgili haber\w*"
    r"|ayrıca (?:okuyun|bakın)|διαβάστε (?:επίσης|ακόμη)|اقرأ (?:أيض|المزيد)|مواضيع ذات صلة|شاهد أيض|إقرأ أيض"
    r"|بیشتر بخوانید|مطالب مرتبط|קרא עוד|קראו גם"
    r"|相关|推荐阅读|延伸阅读|関連|관련)",
    re.IGNORECASE,
)
ROUND: Final = 60
"""Characters of what stayed that are shown on both sides of a change."""
_TAIL: Final = 8
_ENDED: Final = re.compile(r"[.!?…؟۔।。！？][\"'”’»)\]」』›]*\s*\Z")
_MARKS: Final = {**dict.fromkeys("’‘‛ʼ", "'"), **dict.fromkeys("“”„‟«»", '"'), **dict.fromkeys("‐‑‒–—−", "-")}
_MARK: Final = re.compile(f"[{''.join(_MARKS)}]")
_WORD: Final = re.compile(r"\w")
_NOISY_WORD: Final = re.compile(r"[^\W\d_]+")


def letters(title: str, text: str) -> bytes:
    """Give 16 bytes that change with every letter."""
    return blake2b(f"{title}\0{text}".encode("utf-8", "replace"), digest_size=16).digest()


def fingerprint(title: str, text: str, *, titles: Collection[str] = ()) -> bytes:
    """Give 16 bytes that stay while nothing is edited, whatever counters and related links do. ``titles``: as for essence."""
    said = f"{_plain(title)}\0{_unmarked(essence(text, titles=(title, *titles)))}"
    return blake2b(said.encode("utf-8", "replace"), digest_size=16).digest()


def essence(text: str, *, titles: Iterable[str] = ()) -> str:
    """Leave out the lines that change by themselves: counters, times that run on, and what stands under "Read also".

    A headline, too, where it stands in the text as a line of its own (``titles``: all that the item ever had): a page gives it or
    not, as its other parts change, and its edits are told of the headline itself.
    """
    lines: list[str] = []
    headlines = {_plain(title).casefold() for title in titles if title}
    is_box = False
    for line in text.split("\n"):
        plain = " ".join(line.split())
        is_short = len(plain) <= _SHORT
        if not plain or _is_headline(plain, headlines) or (is_short and _is_noise(plain)):
            continue
        is_ended = _ENDED.search(plain[-_TAIL:]) is not None
        if is_short and _SEE_ALSO.match(plain) and not is_ended:
            # what it offers stands beside it, or on the next lines
            is_box = True
            continue
        is_box = is_box and is_short and not is_ended
        if not is_box:
            lines.append(plain)
    return "\n".join(lines)


def _is_headline(line: str, headlines: Collection[str]) -> bool:
    return len(line) <= _LONGEST_TITLE and _unmarked(line).casefold() in headlines


def _is_noise(line: str) -> bool:
    """Tell a counter or a time that runs on: next to the figure and its unit stands hardly another word."""
    words = _NOISY_WORD.findall(line)
    if not words:
        return True
    if not any(char.isdigit() for char in line) or _ENDED.search(line[-_TAIL:]):
        return False
    if not (_COUNTED.search(line) or _AGO.search(line)):
        return False
    return len(_NOISY_WORD.findall(_AGO.sub(" ", _COUNTED.sub(" ", line)))) <= _BESIDE


def _plain(text: str) -> str:
    return _unmarked(" ".join(text.split()))


def _unmarked(text: str) -> str:
    """Write quotes and hyphens of all lands alike."""
    return text if text.isascii() else _MARK.sub(lambda mark: _MARKS[mark[0]], text)


# ------------------------------------------------------------------------------------------------------------ the words


def diff(before: str, after: str) -> tuple[Span, ...]:
    """Give the text as it became, word by word: what stayed, what was taken out, what was put in; the taken out first.

    Lines are parted by newlines, as in the texts. Where telling the words apart would cost too much, a whole stretch is replaced.
    """
    return tuple(_joined(_by_line(_lines(before), _lines(after), _Budget())))


class _Budget:
    """What comparing two texts may still cost, all of their stretches together."""

    def __init__(self) -> None:
        self._left = _MOST_STEPS

    def allows(self, cost: int) -> bool:
        if cost > self._left:
            return False
        self._left -= cost
        return True


def _lines(text: str) -> list[str]:
    return [f"{line}\n" for line in text.split("\n")]


def _by_line(before: list[str], after: list[str], budget: _Budget) -> Iterator[Span]:
    for kind, old, new in _steps(before, after, budget):
        if kind == "equal":
            yield Span(kind="same", text="".join(old))
        else:
            yield from _by_word("".join(old), "".join(new), budget)


def _by_word(before: str, after: str, budget: _Budget) -> Iterator[Span]:
    for kind, old, new in _steps(tokens(before), tokens(after), budget):
        if kind == "equal":
            yield Span(kind="same", text="".join(old))
            continue
        if old:
            yield Span(kind="removed", text="".join(old))
        if new:
            yield Span(kind="added", text="".join(new))


def _steps(before: Sequence[str], after: Sequence[str], budget: _Budget) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
    """Compare two sequences; what both begin and end with costs nothing, and the rest no more than so much."""
    head = next(
        (at for at, (old, new) in enumerate(zip(before, after, strict=False)) if old != new), min(len(before), len(after))
    )
    most = min(len(before), len(after)) - head
    tail = next(
        (at for at, (old, new) in enumerate(zip(reversed(before), reversed(after), strict=False)) if old != new or at == most),
        most,
    )
    if head:
        yield "equal", before[:head], after[:head]
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    if not budget.allows(len(old) * len(new)):
        yield "replace", old, new
    else:
        matcher = SequenceMatcher(a=old, b=new, autojunk=False)
        for kind, first, last, begin, end in matcher.get_opcodes():
            yield kind, old[first:last], new[begin:end]
    if tail:
        yield "equal", before[len(before) - tail :], after[len(after) - tail :]


def _joined(spans: Iterator[Span]) -> Iterator[Span]:
    """Join what stands side by side; a mere space between two changes belongs to both of them, and reads better so."""
    same, removed, added = "", "", ""
    for span in spans:
        if span.kind == "same" and not (_is_gap(span.text) and (removed or added)):
            yield from _change(removed, added)
            same, removed, added = (span.text if removed or added else same + span.text), "", ""
            continue
        if same:
            yield Span(kind="same", text=same)
            same = ""
        removed += span.text if span.kind != "added" else ""
        added += span.text if span.kind != "removed" else ""
    yield from _change(removed, added)
    if same:
        yield Span(kind="same", text=same)


def _is_gap(text: str) -> bool:
    return "\n" not in text and not _WORD.search(text)


def _change(removed: str, added: str) -> Iterator[Span]:
    if removed:
        yield Span(kind="removed", text=removed)
    if added:
        yield Span(kind="added", text=added)


def changed_lines(spans: tuple[Span, ...]) -> Iterator[tuple[Span, ...]]:
    """Cut a diff into its lines; give those on which something changed."""
    line: list[Span] = []
    for span in spans:
        for part in span.text.splitlines(keepends=True):
            line.append(Span(kind=span.kind, text=part.rstrip("\n")))
            if part.endswith("\n"):
                if any(one.kind != "same" and one.text.strip() for one in line):
                    yield tuple(line)
                line = []


def shortened(line: tuple[Span, ...]) -> tuple[Span, ...]:
    """Leave out what stayed, but for what stands next to a change."""
    shown = []
    for place, span in enumerate(line):
        if span.kind != "same" or len(span.text) <= 2 * ROUND:
            shown.append(span)
            continue
        head = span.text[:ROUND] + "…" if place else "…"
        tail = span.text[-ROUND:] if place + 1 < len(line) else ""
        shown.append(Span(kind="same", text=head + tail))
    return tuple(shown)


# -------------------------------------------------------------------------------------------------------- the sentence


def fates(watched: Iterable[str], after: str) -> dict[str, Fate]:
    """Say what became of sentences (as Match gives them) in a later version; those that stand there as they did are left out.

    Of the different ones the first MOST_WATCHED are looked at.
    """
    stands = _plain(after)
    changed = [one for one in dict.fromkeys(watched) if _plain(one.strip("…")) not in stands][:MOST_WATCHED]
    if not changed:
        return {}
    others = [(other, Counter(words(_plain(other)))) for other in islice(sentences(after), _MOST_SENTENCES)]
    return {one: _fate(Counter(words(_plain(one))), others) for one in changed}


def _fate(stood: Counter[str], others: Sequence[tuple[str, Counter[str]]]) -> Fate:
    best, likeness = "", 0.0
    for other, theirs in others:
        shared = 2 * (stood & theirs).total() / max((stood.total() + theirs.total()), 1)
        if shared > likeness:
            best, likeness = other, shared
    if likeness < _ALIKE:
        return Fate(kind="gone", sentence=None)
    return Fate(kind="changed", sentence=" ".join(best.split()))
