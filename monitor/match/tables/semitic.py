"""What is written on to words in Arabic and Hebrew letters, in Arabic and Hebrew: at the front, and at the end. Data only.

After K. C. Ryding, A Reference Grammar of Modern Standard Arabic (Cambridge 2005), and L. Glinert, The Grammar of Modern Hebrew
(Cambridge 1989).
"""

from __future__ import annotations

from typing import Final

from monitor.match.tables.shape import ANY, Clitic, Row, words

_NONE: Final = Clitic(letters="")
_NEVER: Final = 1000
"""Letters that no word has: only those of a list."""

# Conjunction + preposition + article; ل + ال is written لل. A short word with a letter more is another word, hence the guard.
# The dialects write هـ ("this") and ع ("on") on to the article. Of two letters, only these nouns take the article, and clitics
# only before that: السد, بالسد; but فسد is "spoilt".
_OF_TWO: Final = words("سد دم حل رد نص حق خط حي صف حد ضخ بث طب فن جو غش سم لص كم")
_ON_THE_ARTICLE: Final = "ال وال بال كال فال لال وبال ولال فبال فلال"
_ARABIC_PREFIXES: Final = (
    (_NONE, Clitic(letters="و", at_least=3), Clitic(letters="ف", at_least=3)),
    (_NONE, Clitic(letters="ب", at_least=3), Clitic(letters="ك", at_least=3), Clitic(letters="ل", at_least=3)),
    (
        _NONE,
        Clitic(letters="ال", at_least=3, for_names=False),
        *(Clitic(letters=letters, at_least=_NEVER, short_words=_OF_TWO) for letters in _ON_THE_ARTICLE.split()),
        Clitic(letters="هال", at_least=4, for_names=False),
        Clitic(letters="عال", at_least=4, for_names=False),
        Clitic(letters="ه", at_least=6, only_before="ال"),
        Clitic(letters="ع", at_least=6, only_before="ال"),
    ),
)

# Sound plurals and the dual; ة opens to ت before all that is written on; whose it is. Not ه ("his"): folded it is ة, and
# طائر is not طائرة, nor مكتب مكتبة. Not the adjective in ي: as Malian is not Mali.
_WHOSE: Final = "ها هم هما نا كم"
_SEATED: Final = " ".join(f"ا{seat}{whose}" for seat in "ئؤء" for whose in f"ه {_WHOSE}".split()) + " اءات اءين اءان"
_ARABIC: Final = (
    Row(
        ends="ة",
        becomes="ات اتها اتهم اتنا اته تان تين تي ته تها تهم تهما تنا تكم",
        at_least=4,
        for_names=False,
    ),
    Row(becomes=f"ين ون ان ات اتها اتهم اتنا اته {_WHOSE}", after="consonant", at_least=4, for_names=False),
    Row(ends="ي", becomes="يين يون يان يات يها يهم", at_least=4, for_names=False),
    Row(becomes="ها هم", after="consonant", at_least=3, for_names=False),
    Row(ends="ا", becomes="ات اتها اتهم", at_least=5, for_names=False),
    # the indefinite accusative, and the dual before another noun: زلزالا, رئيسا البلدين
    Row(becomes="ا", after="consonant", at_least=4, for_names=False),
    # hamza gets a seat before what is written on (أعضائه, أعضاؤها), and the Levant leaves it out (السويدا); ى opens to ا
    Row(ends="اء", becomes=_SEATED, at_least=4, for_names=False),
    Row(ends="اء", becomes="ا", at_least=6),
    Row(ends="ى", becomes="اه اها اهم اهما انا اكم", at_least=4, for_names=False),
    # the sound plural before another noun: مهربو. Hamza beside its seat, as many type it: لاجىء
    Row(becomes="و", after="consonant", at_least=4, for_names=False),
    Row(becomes="ء", after="ي", at_least=4, for_names=False),
    Row(ends="يء", becomes="ي", at_least=4),
    # the sound plural by itself and before another noun. Not ي: بحري is not Bahrain
    Row(ends="ون", becomes="ين و", at_least=5, for_names=False),
    Row(ends="ين", becomes="ون", at_least=5, for_names=False),
)

# ו + ש or כש + ב ל מ כ + ה. The article before a short name makes another word too often, but not before these nouns.
_SHORT_NOUNS: Final = words(
    "צבא עיר נמל כפר שער גשר סכר נפט טיל רכב קרב הון חוק חוף יער נהר שדה מסע בית ים שר גז נשק דלק שוק בנק ירי סקר מים אש זהב "
    "לחם שלג גשם גדר עמק אגם הר כלא כנס מלך דגל קבר רעב חום קור דוח מס סחר רצח חשד דרך אור יום מטח נגב קמח צי גל "
    "נהג ילד נער גבר אדם זמר חבר צלם טנק פגז כור שוד קיר תור תיק משט סגר מרד נזק חוב כלב דוב רב"
)
_HEBREW_PREFIXES: Final = (
    (_NONE, Clitic(letters="ו", at_least=3)),
    (_NONE, *(Clitic(letters=letters, at_least=3) for letters in ("ש", "כש", "מש", "לכש"))),
    (_NONE, *(Clitic(letters=letter, at_least=3) for letter in "בלמכ")),
    (_NONE, Clitic(letters="ה", at_least=4, short_words=_SHORT_NOUNS, for_names=False)),
)
# plurals, by themselves and before another noun; a letter that is no longer final changes its shape
_HEBREW: Final = (
    Row(becomes="ים י יו יה יהם ינו ות", after="consonant", at_least=3, for_names=False),
    *(
        Row(ends=final, becomes=f"{inner}ים {inner}י {inner}יו {inner}יה {inner}ות", at_least=3, for_names=False)
        for final, inner in zip("םןףךץ", "מנפכצ", strict=True)
    ),
    Row(ends="ה", becomes="ות ת ותיו", at_least=4, for_names=False),
    # whose it is, but not "my": חברתי is "social"
    Row(ends="ה", becomes="תו תה תם תן תנו", at_least=4, for_names=False),
    Row(ends="ת", becomes="ות ותיו", at_least=4, for_names=False),
    Row(becomes="ים", after="consonant", at_least=2, for_names=False),
    # of a people: אוקראיני, אוקראינים
    Row(ends="י", becomes="ים ית יות", at_least=4, for_names=False),
    # abbreviations: מנכ"לית
    Row(becomes="ית יות", after='"C', at_least=3),
)

# Folded.
_ARABIC_NAMES: Final = (
    "مالي فتح امل تشيلي شيلي هايتي فيجي دبي ابوظبي علي قطر مصر عدن حلب حمص حماه عمان صور جنين بنين لبنان سوريا سوريه تركيا "
    "ايران "
    "فلسطين "
    "تونس ليبيا كابل كابول دمشق درعا طرطوس بيروت بغداد تعز اب مارب صعده سرت درنه طرابلس اربيل دهوك كركوك بابل واسط نابلس رفح "
    "غزه تشاد كندا كينيا غانا توغو بولندا فرنسا روسيا اوكرانيا بيلاروسيا المانيا ايطاليا اسبانيا بريطانيا امريكا اميركا "
    "باكستان "
    "افغانستان حماس داعش موسكو باريس لندن واشنطن كوبا بيرو كوريا اثيوبيا اريتريا جيبوتي موريتانيا نيجيريا مدريد برلين انقره "
    "جده مكه تبوك نجران مسقط صحار عجمان فاس مراكش سلا وهران سطيف صفاقس سوسه قابس قفصه بنغازي مصراته اسوان اسيوط قنا دمياط اريحا "
    "صفد زحله بعلبك صيدا عكار ادلب "
    "عفرين منبج كوباني تل صنعاء عكا يافا حيفا حيفه نينوى نينوي طهران اصفهان شيراز تبريز مشهد قم كربلاء كربلا"
)
_HEBREW_NAMES: Final = (
    "חלב עזה צור עדן לוד יפו עכו חיפה אילת סין הודו יוון תימן ירדן לבנון סוריה איראן עיראק טורקיה תורכיה מצרים סודאן לוב "
    "תוניסיה "
    "מרוקו אלג'יריה מאלי מלי צ'אד קטאר קטר עומאן כווית בחריין רוסיה אוקראינה גרמניה צרפת איטליה ספרד פולין בריטניה אנגליה "
    "יפן "
    "קוריאה וייטנאם פקיסטן אפגניסטן ישראל אמריקה קנדה ברזיל ארגנטינה קובה קניה אתיופיה סומליה ניגריה דמשק ביירות טהרן קהיר "
    "חומס חמה רקה אידליב האיטי הוואי פיג'י מלאווי ג'יבוטי בורונדי דלהי חרטום מוסול צנעא דארפור רמאללה בגדד ריאד דוחא דובאי "
    "גאנה גינאה צ'ילה פרו הונגריה יוון קפריסין לטביה "
    "אסטוניה "
    "סיני לפיד ברק לוי סער רגב שקד דרעי גנץ בנט כץ "
    "אנקרה מוסקבה פריז לונדון ברלין רפיח רפח ג'נין שכם חברון נצרת אשדוד אשקלון"
)
NAMES: Final = words(f"{_ARABIC_NAMES} {_HEBREW_NAMES}")
"""Names that take no article and no endings: with one they are another word (المالي "the financial", החלב "the milk")."""

# Read as clitic and word these would hold a short term: كمال is a man, not "like money"; לוד is in no מצור ("siege").
OTHER_WORDS: Final = words(
    "كمال كريم وليد بسام وسام كلام بلال فنان وكيل بلاد لبنان كندي ورده بحار وزير كبير بصير فقير بقره لجنه بلده وفاه كتاب "
    "فرصه "
    "بورصه ورشه وحده كمين لقاء بناء ولاء فضاء لواء كويت بيان باريس لندن كابل بابل كيان كثير كابلات حماتها حماته حماتي لحوم "
    "وردي فريق فرنسا ولايه كنيسه بطوله كفاءه وفيات لغات لغه امارات "
    "كامل فعلي كسرت فسرت فاسد كاسد كامن بارز كباب برهان كرامه كرامي بلغم كراس فراس ورقه بارع فارق وارد وافد "
    "מצור צבאים שמאלי שלוב כלוב מטיל כרמלה מעדן כפרו מגשר"
)
"""Words of their own that look like a clitic or an ending and a term."""

# Yiddish writes such words apart.
PREFIXES: Final[dict[str, dict[str, tuple[tuple[Clitic, ...], ...]]]] = {
    "ARABIC": {ANY: _ARABIC_PREFIXES, "ar": _ARABIC_PREFIXES},
    "HEBREW": {ANY: _HEBREW_PREFIXES, "he": _HEBREW_PREFIXES, "yi": ()},
}

CONTRACTIONS: Final = (("ARABIC", "لال", "لل"),)
"""(script, two written together, what is printed)."""

ARTICLES: Final = {"ARABIC": "ال", "HEBREW": "ה"}
"""What each word of a name takes where the whole is definite: طائرة مسيرة, الطائرة المسيرة; ראש ממשלה, ראש הממשלה."""

FIRST_PLURALS: Final = {
    "ARABIC": (("ة", "ات"),),
    "HEBREW": (
        ("ה", "ות"),
        ("בית", "בתי"),
        ("ת", "ות"),
        *((final, f"{inner}י") for final, inner in zip("םןףךץ", "מנפכצ", strict=True)),
        ("", "י"),
    ),
}
"""What the first word of two becomes in the plural; the first that fits: طائرات مسيرة, רעידות אדמה, חברי כנסת."""

# The article melts into ב, ל and כ: הגולן, בגולן. Elsewhere ה is the word's own (הסדר is an arrangement, בסדר "all right").
ARTICLED: Final = words(
    "גולן נגב גליל גדה רשות ליכוד כנסת כותל בקעה שרון שפלה ערבה כנרת קריה קריות שומרון חרמון בלקן קווקז קרמלין פנטגון "
    "קונגרס סנאט ותיקן ליגה מוסד מפרץ סהרה עבודה דמוקרטים רפובליקנים איחוד גלבוע תבור רובע כרמל"
)
"""Hebrew names that are printed with an article of their own, without it."""
MELTING: Final = "בלכ"

UNJOINED: Final = {"HEBREW": ("בה", "לה", "כה")}
"""By script: clitics that never meet. The article melts into these prepositions: what begins so is a verb (להטיל "to impose")."""

ENDINGS: Final[dict[str, dict[str, tuple[Row, ...]]]] = {
    "ARABIC": {ANY: _ARABIC, "ar": _ARABIC},
    "HEBREW": {ANY: _HEBREW, "he": _HEBREW, "yi": ()},
}
