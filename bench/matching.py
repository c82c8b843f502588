"""Ten terms and ten thousand over texts of 5 KB → items a second on one core, beside two other ways; what each takes.

    python bench/matching.py [--terms 10000] [--items 60]

Each line is measured in a process of its own: processor time, the median of five rounds over the same texts, which are sentences
of the labelled headlines with one watched word in each text. The monitor's line is the whole of what it does for an item: fold,
find, decide on edges and endings, cut the sentences that are shown. The two others only find: ``re`` an alternation in word
borders, without case; ``pyahocorasick`` the lower-case words in the lower-case text, then the same borders. They know no
spellings, no endings and no offsets back.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from monitor.match import compile_watches
from monitor.model import FieldText, OutletId, Watch, WatchId

HEADLINES = Path(__file__).parent.parent / "tests" / "data" / "headlines.tsv"
LANGUAGES = {
    "ascii": "abcdefghiklmnoprstuvw",
    "en": "abcdefghiklmnoprstuvw",
    "ru": "абвгдежзиклмнопрстуфхцчшэюя",
    "ar": "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
}
SIZE = 5_000
"""Characters of a text."""
ROUNDS = 5
WAYS = ("monitor", "pyahocorasick", "re")
SLOW = 6
"""So few texts are enough to time what takes long over each."""
Find = Callable[[str], int]


def words(count: int, seed: int = 7) -> list[str]:
    """Invent terms in three scripts, capitals first where there are any."""
    chance = random.Random(seed)
    alphabets = [LANGUAGES[language] for language in ("en", "ru", "ar")]
    return [
        "".join(chance.choice(alphabets[number % 3]) for _ in range(chance.randint(5, 11))).title() for number in range(count)
    ]


def texts(language: str, count: int, terms: list[str]) -> list[str]:
    """Make texts of sentences in a language, each with one of the terms in it, where any is in its letters."""
    spoken = "en" if language == "ascii" else language
    rows = [line.split("\t") for line in HEADLINES.read_text(encoding="utf-8").splitlines() if line.startswith(f"{spoken}\t")]
    sentences = [row[2].encode("ascii", "ignore").decode() if language == "ascii" else row[2] for row in rows]
    chance = random.Random(3)
    own = [term for term in terms if term[0].lower() in LANGUAGES[language]]
    made = []
    for _ in range(count):
        text = ""
        while len(text) < SIZE:
            text += chance.choice(sentences) + ". "
        at = text.index(" ", len(text) // 2)
        made.append(f"{text[:at]} {chance.choice(own)}{text[at:]}")
    return made


def monitor_way(terms: list[str], language: str) -> Find:
    """Ask as the monitor does."""
    matcher = compile_watches((Watch(id=WatchId("w"), any=tuple(terms)),))

    def find(text: str) -> int:
        fields = (FieldText(field="text", text=text),)
        return len(matcher.matches(fields, language="en" if language == "ascii" else language, outlet=OutletId("o")))

    return find


def re_way(terms: list[str], language: str) -> Find:
    """Ask one pattern of all terms."""
    del language
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, terms))})\b", re.IGNORECASE)
    return lambda text: sum(1 for _ in pattern.finditer(text))


def pyahocorasick_way(terms: list[str], language: str) -> Find:
    """Ask an automaton of the lower-case terms, and look at the borders."""
    del language
    import ahocorasick  # noqa: PLC0415  only where it is measured

    automaton = ahocorasick.Automaton()
    for term in terms:
        automaton.add_word(term.lower(), len(term))
    automaton.make_automaton()

    def find(text: str) -> int:
        lowered = text.lower()
        found = 0
        for end, length in automaton.iter(lowered):
            start = end - length + 1
            found += not (start and lowered[start - 1].isalnum()) and not lowered[end + 1 : end + 2].isalnum()
        return found

    return find


MAKERS = {"monitor": monitor_way, "re": re_way, "pyahocorasick": pyahocorasick_way}


def measured(way: str, count: int, language: str, items: int) -> dict[str, float]:
    """Measure one way in this process."""
    terms = words(count)
    some = texts(language, SLOW if way == "re" and count > SLOW * 100 else items, terms)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    find = MAKERS[way](terms, language)
    made = time.process_time() - began
    took = []
    found = 0
    for _ in range(ROUNDS):
        began = time.process_time()
        found = sum(find(text) for text in some)
        took.append((time.process_time() - began) / len(some))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "rate": 1 / statistics.median(took),
        "compile": made,
        "peak": peak / 1024,
        "more": (peak - before) / 1024,
        "found": found,
    }


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Measure each way in a process of its own and print a table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--terms", type=int, default=10_000)
    options.add_argument("--items", type=int, default=60)
    options.add_argument("--one", nargs=3, metavar=("WAY", "TERMS", "LANGUAGE"), help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.one:
        way, count, language = given.one
        say(json.dumps(measured(way, int(count), language, given.items)))
        return
    say("| way | text | terms | items/s | against 10 terms | compile, CPU s | peak MB | places found |")
    say("|---|---|--:|--:|--:|--:|--:|--:|")
    for way in WAYS:
        for language in LANGUAGES:
            few = 0.0
            for count in (10, given.terms):
                command = [sys.executable, __file__, "--items", str(given.items), "--one", way, str(count), language]
                done = subprocess.run(command, capture_output=True, text=True, check=False)
                if done.returncode:
                    say(f"| {way} | {language} | {count:,} | {done.stderr.strip().splitlines()[-1]} |||||")
                    continue
                one = json.loads(done.stdout)
                few = few or one["rate"]
                ratio = f"{few / one['rate']:.1f} times" if count != 10 else ""  # noqa: PLR2004  the fewest
                figures = f"{one['rate']:,.0f} | {ratio} | {one['compile']:.2f} | {one['peak']:.0f} | {one['found']}"
                say(f"| {way} | {language} | {count:,} | {figures} |")


if __name__ == "__main__":
    main()
