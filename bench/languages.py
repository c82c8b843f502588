"""Headlines in forty languages → how often each detector names theirs, alone and as the vote in monitor.language; what it costs.

    python bench/languages.py [NAME ...]

A candidate that isn't installed is left out; each is measured in a process of its own. "mentions lost": of the names of places
that a watch finds in the headlines because their language is known, so many are lost where it is what was detected.
"""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from detectors import CANDIDATES, Detector

from monitor import language
from monitor.language.tables import SAME
from monitor.match import Matcher, compile_watches
from monitor.model import FieldText, OutletId, Watch, WatchId

HEADLINES = Path(__file__).parent.parent / "tests" / "data" / "headlines.tsv"
ROUNDS = 3
COLUMNS = (
    *("candidate", "alone: headlines", "with a sentence", "as the vote: headlines", "with a sentence", "mentions lost"),
    *("µs alone", "as the vote", "ms to load", "MB in memory", "MB installed"),
)
# Indonesian and Malay, Croatian, Bosnian and Serbian: one headline is both
ALIKE = {"ms": "id", "bs": "hr", "sr": "hr"}
CODES = {"zh-cn": "zh", "swa": "sw", "swh": "sw", "sqi": "sq", "als": "sq", "ces": "cs", "deu": "de", "ell": "el", "fra": "fr"}
_PLACES = """Idlib İdlib Aleppo Halep Alep Alepo Hama Hamá Harim Mosul Moszul Gaza Gazze Ankara Antakya Raqqa Rakka Afrin Latakia
Latakija Latakya Tehran Teheran Tahran Téhéran Damascus Damask Damaszek Bagdad Baghdad Bağdat Basra Khartoum Hartum Kartum Chartum
Khartum Darfur Sarmada Paris Paříž Paryż Pariz Идлиб Ідліб Алеппо Алеп Халеб Хама Харим Харім Мосул Газа Анкара Ракка Африн
Латакия Латакія Латакија Тегеран Дамаск Багдад Басра Хартум Картум Дарфур Сармада Париж إدلب حلب حماة حارم الموصل غزة أنقرة سرمدا
الرقة عفرين اللاذقية طهران دمشق بغداد البصرة الخرطوم دارفور باريس ادلب ئیدلیب حەلەب Ιντλίμπ Χαλέπι Χάμα Χαρίμ Μοσούλη Γάζα אידליב
חלב חמאת מוסול עזה"""

Texts = list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """Headlines, and the same with a sentence below, each with its language."""

    headlines: Texts
    with_sentence: Texts


def labelled() -> Labelled:
    """Read the labelled headlines."""
    rows = [line.split("\t") for line in HEADLINES.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    headlines = [(spoken, text) for spoken, kind, text in rows if kind == "headline"]
    sentences: dict[str, list[str]] = {}
    for spoken, kind, text in rows:
        if kind == "summary":
            sentences.setdefault(spoken, []).append(text)
    below = [
        (spoken, f"{text}\n{sentences[spoken][place % len(sentences[spoken])]}")
        for place, (spoken, text) in enumerate(headlines)
        if spoken in sentences
    ]
    return Labelled(headlines=headlines, with_sentence=below)


def right(texts: Texts, detect: Detector) -> int:
    """Count the texts whose language is named."""
    return sum(_same(spoken) == _same(detect(text)) for spoken, text in texts)


def _same(code: str | None) -> str | None:
    if code is None:
        return None
    code = CODES.get(code.lower(), code.lower().split("-")[0])
    code = SAME.get(code, code)
    return ALIKE.get(code, code)


def lost(texts: Texts, detect: Detector) -> tuple[int, int, int]:
    """Count the mentions of places found with the true language, those not found with the detected one, and spare ones."""
    matcher = compile_watches(tuple(Watch(id=WatchId(place), any=(place,)) for place in _PLACES.split()))
    true = [_places(matcher, text, spoken) for spoken, text in texts]
    seen = [_places(matcher, text, detect(text)) for _, text in texts]
    pairs = list(zip(true, seen, strict=True))
    return sum(map(len, true)), sum(len(a - b) for a, b in pairs), sum(len(b - a) for a, b in pairs)


def _places(matcher: Matcher, text: str, spoken: str | None) -> set[tuple[str, int]]:
    fields = (FieldText(field="title", text=text),)
    return {(found.watch_id, found.start) for found in matcher.matches(fields, language=spoken, outlet=OutletId("o"))}


def _measure(name: str) -> str:
    load, packages = CANDIDATES[name]
    alone, texts = load(), labelled()
    both = (texts.headlines, texts.with_sentence)
    figures = [f"{right(each, alone) / len(each):.3f}" for each in both]
    took = [_took(texts.with_sentence, alone)]
    _let_vote(alone)
    figures += [f"{right(each, language.detect) / len(each):.3f}" for each in both]
    took.append(_took(texts.with_sentence, language.detect))
    mentions, missed, spare = lost(texts.headlines, language.detect)
    figures += [f"{missed} of {mentions}, {spare} spare", *(f"{seconds * 1e6:.0f}" for seconds in took)]
    return " | ".join((name, *figures, *_asked("detectors.py", name).split(), f"{_size(packages) / 1e6:.0f}"))


def _took(texts: Texts, detect: Detector) -> float:
    """Give the seconds of processor that a text takes."""
    started = time.process_time()
    for _ in range(ROUNDS):
        right(texts, detect)
    return (time.process_time() - started) / ROUNDS / len(texts)


def _let_vote(alone: Detector) -> None:
    """Put a candidate in the place of the detector that monitor.language asks."""

    def vote(sample: str, script: str) -> str | None:
        code = (alone(sample) or "").partition("-")[0]
        found = SAME.get(code, code)
        tongues = language.LANGUAGES
        known = any(found in each for each in tongues.values())
        return found if found in tongues[script] or (found and not known) else None

    language._vote = vote  # noqa: SLF001 - what is measured is the whole with another vote in it


def _size(packages: tuple[str, ...]) -> int:
    files = [file for name in packages for file in importlib.metadata.files(name) or ()]
    return sum(path.stat().st_size for file in files if (path := Path(str(file.locate()))).is_file())


def _asked(script: str, *words: str) -> str:
    """Run a script of this folder in a process of its own and give what it says, or what it died of."""
    command = [sys.executable, str(Path(__file__).with_name(script)), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or done.stderr.strip().rpartition("\n")[2]


def main() -> None:
    """Measure each candidate in a process of its own, and print a table."""
    if sys.argv[1:2] == ["--one"]:
        sys.stdout.write(_measure(sys.argv[2]))
        return
    mentions, missed, spare = lost(labelled().headlines, lambda _: None)
    _say(f"Where no language is known, {missed} of {mentions} mentions are lost, and {spare} found that are none.")
    _say(" | ".join(COLUMNS))
    for name in sys.argv[1:] or CANDIDATES:
        _say(_asked("languages.py", "--one", name))


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
