"""What is written on to words in the languages of India, Nepal, Bangladesh and Sri Lanka. Data only.

After M. Shapiro, A Primer of Modern Standard Hindi (1989); R. Pandharipande, Marathi (Routledge 1997); J. Acharya, A Descriptive
Grammar of Nepali (Georgetown 1991); H.-R. Thompson, Bengali (Benjamins 2012); W. Tisdall, Gujarati (1892); T. Bhatia, Punjabi
(Routledge 1993); T. Lehmann, A Grammar of Modern Tamil (Pondicherry 1989); Krishnamurti and Gwynn, A Grammar of Modern Telugu
(Oxford 1985); S. Sridhar, Kannada (Routledge 1990); R. Asher and T. Kumari, Malayalam (Routledge 1997); D. Chandralal, Sinhala
(Benjamins 2010); B. Neukom and M. Patnaik, A Grammar of Oriya (Zürich 2003).
"""

from __future__ import annotations

from typing import Final

from monitor.match.tables.shape import ANY, Row, on, words


def _each(stems: str, cases: str) -> str:
    return " ".join(f"{stem}{case}" for stem in stems.split() for case in ("", *cases.split()))


# Postpositions stand apart; the oblique and the plurals are left.
_HINDI: Final = (
    Row(becomes="ों ें", after="consonant"),
    Row(becomes="ओं एं", after="vowel", at_least=3),
    # "who lives there, from there"
    Row(becomes="वासी वासियों वाला वाले वाली वालों", at_least=4),
    Row(ends="ा", becomes="े ों", at_least=4),
    Row(ends="ी", becomes="ियां ियों", at_least=4),
    Row(ends="ि", becomes="ियां ियों", at_least=4),
    Row(ends="ू", becomes="ुओं", at_least=4),
)
_MARATHI_CASES: Final = (
    "त तील तून ला ने नी ना चा ची चे च्या चं हून साठी मध्ये मधील मधून वर वरील कडे कडून पर्यंत जवळ बाबत विरोधात "
    "सह पासून मार्गे विरुद्ध प्रमाणे बद्दल नजीक मुळे द्वारे शी ही च चे चा स्थित वासी वासीयांना कर करांना करांनी करांच्या"
)
_MARATHI: Final = (
    Row(becomes=_MARATHI_CASES, at_least=3),
    Row(becomes=" ".join(f"ा{case}" for case in _MARATHI_CASES.split()), after="consonant", at_least=3),
    Row(becomes="ांना ांनी ांचा ांची ांचे ांच्या ांमध्ये ांवर ांसाठी ांत ांकडून", after="consonant", at_least=3),
    # a long i or u before the last consonant is shortened: कोल्हापूर, कोल्हापुरात
    *(
        Row(ends=f"{long}{last}", becomes=_each(f"{short}{last}ा", _MARATHI_CASES), at_least=4)
        for long, short in ("ूु", "ीि")
        for last in "रलकतनण"
    ),
    Row(ends="ा", becomes=_each("्या े", _MARATHI_CASES), at_least=4),
    # शेतकरी, शेतकऱ्यांना
    Row(ends="ी", becomes=_each("्या ्यां", _MARATHI_CASES), at_least=5),
    *(Row(ends=f"र{vowel}", becomes=_each("ऱ्या ऱ्यां", _MARATHI_CASES), at_least=4) for vowel in "ाी"),
    Row(ends="े", becomes=_each("्या", _MARATHI_CASES), at_least=3),
)
_NEPALI_CASES: Final = (
    "मा को का की ले लाई बाट सँग देखि सम्म भित्र बाहिर मै कै माथि नजिक विरुद्ध स्थित "
    "तर्फ तिर प्रति सहित बाटै बारे द्वारा बीच सम्मको देखिको बाटको सँगको सम्बन्धी वासी वासीले वासीको वासीलाई"
)
_NEPALI: Final = (Row(becomes=f"{_NEPALI_CASES} {_each('हरू हरु', _NEPALI_CASES)}", at_least=3),)

_BENGALI_COUNTED: Final = _each("টি টা গুলো গুলি দের রা", "র তে কে ও") + " কে কেও কেই ও ই"
# "including, who lives there, bound for, based in, against, for"
_BENGALI_WRITTEN_ON: Final = (
    "সহ বাসী বাসীর বাসীকে বাসীরা গামী ফেরত ভিত্তিক কেন্দ্রিক বিরোধী পন্থী পন্থীরা পন্থীদের স্থ মুখী সংলগ্ন জুড়ে শাসিত নিয়ন্ত্রিত অধিকৃত সমর্থিত"
)
_BENGALI: Final = (
    Row(becomes=f"ে ের েও েই েরও েরা েদের {_BENGALI_COUNTED}", after="consonant"),
    Row(becomes=f"য় য়ে র রও য়ও য়ই রই তে তেও তেই {_BENGALI_COUNTED}", after="vowel"),
    Row(becomes=_BENGALI_WRITTEN_ON, at_least=3),
)
_GUJARATI: Final = (
    Row(becomes="માં માંથી ની નો નું ના ને થી એ પર નાં માંના નીં", at_least=3),
    Row(becomes="ો ોને ોની ોનો ોના ોમાં ોએ", after="consonant", at_least=3),
)
_PUNJABI: Final = (
    Row(becomes="ਾਂ", after="consonant", at_least=3),
    Row(becomes="ਆਂ ਵਾਂ", after="vowel", at_least=3),
    Row(ends="ਾ", becomes="ੇ ਿਆਂ", at_least=4),
)
_ORIYA: Final = (Row(becomes="ରେ ର କୁ ରୁ ଠାରୁ ଗୁଡ଼ିକ", at_least=3),)

# Dravidian case endings come after a vowel with a glide, and in place of the virama of a final consonant.
_TAMIL_CASES: Final = (
    "ில் ிலும் ிலிருந்து ிலுள்ள ின் ினால் ிடம் ிற்கு ிற்குப் ிற்குள் ுக்கு ுக்கும் ுக்குக் ுக்குச் ுக்குத் ுக்குப் ுக்குள் "
    "ை ைக் ைச் ைத் ைப் ையும் ால் ும் ுடன் ோடு ில ாக ாவது "
    "ிலான ிலேயே ுக்கான ிற்கான ிடமிருந்து ிலிருந்தும் ினர் ினரை ினருக்கு ே ோ ான ாகும் ுடனான ுக்கும்தான்"
)


def _tamil(letters: str) -> str:
    return " ".join(f"{letters}{case}" for case in _TAMIL_CASES.split())


_TAMIL: Final = (
    Row(ends="்", becomes=_tamil("")),
    *(Row(ends=f"{hard}்", becomes=_tamil(f"{hard}்{hard}")) for hard in "கசடதபற"),
    Row(ends="ம்", becomes=_tamil("த்த") + " ங்கள் ங்களில் ங்களை ங்களின் ங்களுக்கு", at_least=4),
    Row(ends="ு", becomes=_tamil(""), at_least=4),
    Row(ends="டு", becomes=_tamil("ட்ட"), at_least=4),
    Row(ends="று", becomes=_tamil("ற்ற"), at_least=4),
    Row(becomes=f"{_tamil('வ')} {_tamil('ய')} க் ச் த் ப்", after="vowel"),
    Row(becomes=f"க்கு க்கும் க்குக் க்குச் க்குத் க்குப் {_tamil('கள')} கள் கள்", at_least=3),
)
_TELUGU_CASES: Final = (
    "లో లోని లోకి లోనూ లోనే కు కి ని ను నుంచి నుండి తో పై వరకు యొక్క లోంచి లోనుంచి పైన పైకి తోపాటు తోనూ కూ నూ నే కోసం మీద గా లాంటి వాసులు వాసి వాసుల వాసులకు"
)
_TELUGU: Final = (
    Row(becomes=f"{_TELUGU_CASES} లు లను లకు లతో లలో లపై ల", at_least=3),
    # an English word may be given a vowel to end in
    Row(ends="్", becomes=_each("ు", _TELUGU_CASES), at_least=4),
    Row(ends="డు", becomes=_each("డి", _TELUGU_CASES), at_least=4),
    Row(ends="ం", becomes="ాలు ాల ాలను ాలకు ాలలో ాల్లో ానికి ాన్ని", at_least=3),
    Row(ends="ి", becomes="ులు ుల ులను ులకు", at_least=4),
)
_KANNADA_CASES: Final = "ನಲ್ಲಿ ನಲ್ಲಿನ ಗೆ ನ ನಿಂದ ನ್ನು ಅನ್ನು ದಲ್ಲಿ ದಲ್ಲಿನ ಕ್ಕೆ ದ ದಿಂದ ವನ್ನು ಯಲ್ಲಿ ಯ ಯಿಂದ ಯನ್ನು ಗಳು ಗಳ ಗಳನ್ನು ಗಳಿಗೆ ಗಳಲ್ಲಿ ಗಳಿಂದ"
_KANNADA: Final = (
    Row(becomes=_KANNADA_CASES, at_least=3),
    *(Row(ends=final, becomes="ಿನಲ್ಲಿ ಿನಲ್ಲಿನ ಿಗೆ ಿನ ಿನಿಂದ ಿಂದ ಲ್ಲಿ", at_least=3) for final in ("್", "ು")),
)
_MALAYALAM_CASES: Final = (
    "ിൽ ിലെ ിലും ിലേക്ക് ിലൂടെ ിൽനിന്ന് ിനെ ിന് ിനു ിനും ിന്റെ ിനോട് ും െ ുമായി ിലുള്ള ിനെതിരെ ിലെത്തി "
    "ിൻ്റെ ിലേയ്ക്ക് ിൽനിന്നും ിലാണ് ിനായി ിനുള്ള ിനൊപ്പം ിനുനേരെ ിലുണ്ടായ ിലെയും ിനെയും ിലേക്കുള്ള ാണ് ുമായുള്ള ിനാണ്"
)


def _malayalam(letters: str) -> str:
    return " ".join(f"{letters}{case}" for case in _MALAYALAM_CASES.split())


_MALAYALAM: Final = (
    Row(ends="്", becomes=f"{_malayalam('')} ുകൾ ുകളുടെ ുകളെ ുകളിൽ ുകൾക്ക്"),
    Row(ends="ൻ", becomes="ന്റെ ൻ്റെ"),
    # hard letters are doubled: വയനാട്, വയനാട്ടിൽ
    *(
        Row(ends=f"{hard}്", becomes=f"{_malayalam(f'{hard}്{hard}')} {on(f'{hard}്{hard}', '് ു േക്ക് ുനിന്ന് ുനിന്നും ുള്ള')}", at_least=4)
        for hard in "ടറ"
    ),
    # r is written by two letters: ഖത്തർ, ഖത്തറിൽ
    Row(ends="ർ", becomes=f"{_malayalam('റ')} റുകൾ റുകളുടെ റുകളെ റുകളിൽ"),
    Row(ends="ം", becomes=f"{_malayalam('ത്ത')} ത്ത് ത്തു ത്തേക്ക് ത്തുനിന്ന് ത്തുനിന്നും ത്തുള്ള ത്താണ് ങ്ങൾ ങ്ങളുടെ ങ്ങളെ ങ്ങളിൽ", at_least=3),
    Row(becomes=f"{_malayalam('യ')} {_malayalam('വ')} യുടെ യ്ക്ക് യ്ക്കു യ്ക്കും ക്ക് യെ കൾ കളുടെ കളെ കളിൽ", at_least=2),
)
_SINHALA: Final = (
    Row(becomes="ට ේ ේදී ෙන් ෙහි ෙහිදී දී වේ වේදී වට වෙන් වෙහි වල වලට වලින් යේ යේදී ින් ත් ද", at_least=3),
    Row(ends="්", becomes="ේ ෙන් ින් ෙහි වල වලට වලින්", at_least=3),
)

ENDINGS: Final[dict[str, dict[str, tuple[Row, ...]]]] = {
    "DEVANAGARI": {
        ANY: (*_HINDI, *_MARATHI, *_NEPALI),
        "hi": _HINDI,
        "mr": (*_MARATHI, *_HINDI),
        "ne": _NEPALI,
    },
    "BENGALI": {ANY: _BENGALI},
    "GUJARATI": {ANY: _GUJARATI},
    "GURMUKHI": {ANY: _PUNJABI},
    "ORIYA": {ANY: _ORIYA},
    "TAMIL": {ANY: _TAMIL},
    "TELUGU": {ANY: _TELUGU},
    "KANNADA": {ANY: _KANNADA},
    "MALAYALAM": {ANY: _MALAYALAM},
    "SINHALA": {ANY: _SINHALA},
}

OTHER_WORDS: Final = words("गाजे कलमा भारत")
"""Words of their own that look like a term with an ending: गाजे-बाजे is no Gaza."""
