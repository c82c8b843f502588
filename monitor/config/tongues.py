"""Codes of languages, to tell a slip from a language. Plain tables (ISO 639-1, with the codes that it had before)."""

_TWO = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo",
    "es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik in io is it iu iw ja ji",
    "jv jw ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mo mr ms mt my na nb",
    "nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr",
    "ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu",
)
TWO = frozenset(code for line in _TWO for code in line.split())
FOUND = frozenset(["ceb", "chr", "ckb", "cnr", "haw", "hmn", "kha", "mfe", "new", "nso", "raj", "sco", "syr", "war", "yue"])
"""Codes of three letters in which texts are found to be; and others than these an outlet may have of its own."""
SHORTER = {
    **dict.fromkeys(("ara", "arabic"), "ar"),
    **dict.fromkeys(("eng", "english"), "en"),
    **dict.fromkeys(("rus", "russian"), "ru"),
    **dict.fromkeys(("fra", "fre", "french"), "fr"),
    **dict.fromkeys(("deu", "ger", "german"), "de"),
    **dict.fromkeys(("spa", "spanish"), "es"),
    **dict.fromkeys(("por", "portuguese"), "pt"),
    **dict.fromkeys(("tur", "turkish"), "tr"),
    **dict.fromkeys(("fas", "per", "persian", "farsi"), "fa"),
    **dict.fromkeys(("zho", "chi", "chinese", "cn"), "zh"),
    **dict.fromkeys(("heb", "hebrew"), "he"),
    **dict.fromkeys(("ukr", "ukrainian", "ua"), "uk"),
    **dict.fromkeys(("kur", "kurdish"), "ku"),
    **dict.fromkeys(("urd", "urdu"), "ur"),
    **dict.fromkeys(("hin", "hindi"), "hi"),
    **dict.fromkeys(("jpn", "japanese", "jp"), "ja"),
    **dict.fromkeys(("kor", "korean"), "ko"),
    **dict.fromkeys(("pus", "pashto"), "ps"),
    **dict.fromkeys(("ita", "italian"), "it"),
    **dict.fromkeys(("pol", "polish"), "pl"),
    **dict.fromkeys(("ell", "gre", "greek", "gr"), "el"),
    **dict.fromkeys(("swa", "swahili"), "sw"),
    **dict.fromkeys(("amh", "amharic"), "am"),
}
"""What somebody may write, and the code that feeds and pages give and texts are found to be in."""
