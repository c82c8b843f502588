"""Which languages are written in which script, and what gives each of them away. Data only.

For whoever knows a language and not the code. ``letters``: those that not every language of the script has; ``words``: the small
ones that headlines and sentences can't do without, as they are printed in the middle of a line. Both may stand with several
languages: what counts is which of them has most of what a text shows. Of two that have as much, the first is taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """What gives a language away in a script."""

    letters: str = ""
    words: str = ""


SCRIPTS: Final[dict[str, tuple[tuple[int, int], ...]]] = {
    "latin": ((0x40, 0x7F), (0xC0, 0x24F), (0x1E00, 0x1EFF), (0xFF20, 0xFF5F)),
    "cyrillic": ((0x400, 0x52F),),
    "arabic": ((0x600, 0x6FF), (0x750, 0x77F), (0x8A0, 0x8FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFF)),
    "hebrew": ((0x590, 0x5FF), (0xFB10, 0xFB4F)),
    "greek": ((0x370, 0x3FF), (0x1F00, 0x1FFF)),
    "armenian": ((0x530, 0x58F),),
    "georgian": ((0x10A0, 0x10FF), (0x1C90, 0x1CBF)),
    "ethiopic": ((0x1200, 0x139F),),
    "devanagari": ((0x900, 0x97F),),
    "bengali": ((0x980, 0x9FF),),
    "gurmukhi": ((0xA00, 0xA7F),),
    "gujarati": ((0xA80, 0xAFF),),
    "oriya": ((0xB00, 0xB7F),),
    "tamil": ((0xB80, 0xBFF),),
    "telugu": ((0xC00, 0xC7F),),
    "kannada": ((0xC80, 0xCFF),),
    "malayalam": ((0xD00, 0xD7F),),
    "sinhala": ((0xD80, 0xDFF),),
    "thai": ((0xE00, 0xE7F),),
    "lao": ((0xE80, 0xEFF),),
    "tibetan": ((0xF00, 0xFFF),),
    "myanmar": ((0x1000, 0x109F),),
    "khmer": ((0x1780, 0x17FF),),
    "thaana": ((0x780, 0x7BF),),
    "hangul": ((0x1100, 0x11FF), (0x3130, 0x318F), (0xAC00, 0xD7AF)),
    "kana": ((0x3040, 0x30FF), (0xFF60, 0xFF9F)),
    "han": ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF)),
}
"""First and last code point, in whole rows of sixteen (https://www.unicode.org/Public/UNIDATA/Blocks.txt)."""

_SERBO_CROATIAN: Final = "u i na s sa za od do iz po zbog kod je se su nije da će bi uz o ili ne više protiv bez koji kako"

LANGUAGES: Final[dict[str, dict[str, Tongue]]] = {
    "latin": {
        "en": Tongue(
            words="the of and to in for on with after from by at is are was be has have will says over near who as that it"
        ),
        "fr": Tongue(
            letters="àâæçèéêëîïôœùûüÿ",
            words="le la les des du de un une et à au aux en dans pour par sur avec est sont qui que après près se son sa ses ont"
            " pas plus d l qu",
        ),
        "de": Tongue(
            letters="äöüß",
            words="der die das und in im den dem des ein eine von zu mit auf für ist sind nach bei über aus wegen wird nicht sich"
            " am zum zur",
        ),
        "es": Tongue(
            letters="áéíñóúü",
            words="el la los las de del y en un una por para con que se es al su más sin tras cerca no lo",
        ),
        "pt": Tongue(
            letters="àáâãçéêíóôõú",
            words="o a os as de do da dos das e em no na nos nas um uma por para com que se é ao à mais não após perto pelo pela",
        ),
        "it": Tongue(
            letters="àèéìíòóùú",
            words="i il lo la gli le di del della dei delle dell degli e in un una per con che si è al alla ai nel nella dopo da"
            " dal dalla sono non ad",
        ),
        "nl": Tongue(
            letters="áèéëïóöü",
            words="de het een en van in op met voor na bij is zijn door aan dat niet om over wordt uit naar te tot tegen",
        ),
        "sv": Tongue(
            letters="åäöé",
            words="och i en ett av på för med är som till från efter vid inte om den det att har när säger",
        ),
        "no": Tongue(
            letters="åæøéò",
            words="og i en et av på for med er som til fra etter ved ikke om den det å har når sier mot",
        ),
        "da": Tongue(
            letters="åæøé",
            words="og i en et af på for med er som til fra efter ved ikke om den det at har når siger mod blev",
        ),
        "fi": Tongue(
            letters="åäöšž",
            words="ja on ei se että oli ovat lähellä jälkeen vuoksi ennen myös kun joka sekä kuin mukaan",
        ),
        "tr": Tongue(
            letters="âçğıİîöşûü",
            words="ve bir bu için ile sonra da de çok en ne kadar nedeniyle göre yakınlarında olarak iki",
        ),
        "az": Tongue(
            letters="çəğıİöşü",
            words="və bir bu üçün ilə sonra da də ən görə olub edib açılıb iki yaxınlığında",
        ),
        "ku": Tongue(
            letters="çêîşû",
            words="li û ji bi di de ku ya yê bo ne hat hatin ser nav ev piştî dibe ket jî",
        ),
        "pl": Tongue(
            letters="ąćęłńóśźż",
            words="w i na z do od po za przed pod dla o jest się nie że są koło przez to ze",
        ),
        "cs": Tongue(
            letters="áčďéěíňóřšťúůýž",
            words="v a na z do od po za před pod pro o je se ne že jsou u kvůli si při ve k podle",
        ),
        "sk": Tongue(
            letters="áäčďéíĺľňóôŕšťúýž",
            words="v a na z do od po za pred pod pre o je sa nie že sú pri vo k podľa",
        ),
        "hu": Tongue(
            letters="áéíóöőúüű",
            words="a az és egy is nem hogy volt miatt után között mellett meg ki már van szerint",
        ),
        "ro": Tongue(
            letters="ăâîșțşţ",
            words="și şi la în din de pe cu un o pentru după lângă s au a este sunt nu că fost al ale",
        ),
        "hr": Tongue(letters="čćđšž", words=_SERBO_CROATIAN + " kroz nakon prije što tko tijekom"),
        "sr": Tongue(letters="čćđšž", words=_SERBO_CROATIAN + " kroz posle pre što šta ko tokom"),
        "bs": Tongue(letters="čćđšž", words=_SERBO_CROATIAN + " nakon prije što šta ko tokom"),
        "sl": Tongue(letters="čšž", words="v in na z za do od iz po zaradi pri je se so ni pred s o da bo ob pa"),
        "sq": Tongue(letters="çë", words="në e të i me për nga dhe një pas pranë është janë nuk që u po do si më"),
        "lv": Tongue(letters="āčēģīķļņšūž", words="un ir no ar par pēc pie uz kas tiek nav arī tika"),
        "lt": Tongue(letters="ąčęėįšųūž", words="ir iš su po prie dėl yra kad buvo į apie už"),
        "et": Tongue(letters="äõöüšž", words="ja on ei see et oli pärast juures ning kui ka mis"),
        "id": Tongue(
            letters="é",
            words="di dan yang dari untuk dengan ke pada akan karena setelah dekat ini itu dua tidak satu oleh dalam",
        ),
        "ms": Tongue(words="di dan yang dari untuk dengan ke pada akan kerana selepas dekat ini itu dua tidak satu oleh dalam"),
        "sw": Tongue(words="ya wa kwa na la za katika cha ni kwamba baada karibu mwa kutoka hadi vya"),
        "so": Tongue(words="oo ka ku iyo la in ay uu waa ayaa soo loo ee kadib u dib lagu si waxaa"),
        "vi": Tongue(
            letters="àáâãèéêìíòóôõùúýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ",
            words="và của ở các một là cho trong với bị được không vì khi từ người sau",
        ),
        "ca": Tongue(
            letters="àçèéíïòóúü",
            words="el la els les de del i a en un una per amb que es és al dels no més després prop",
        ),
        "gl": Tongue(
            letters="áéíñóúü",
            words="o a os as de do da e en no na un unha por para con que se é ao á máis non tras preto",
        ),
        "uz": Tongue(words="va bir bu uchun bilan ham da keyin qildi edi yaqinida"),
        "is": Tongue(
            letters="áæéíðóöúýþ",
            words="og í á að er sem um við fyrir með til frá eftir ekki af en var það hafa verið",
        ),
        "ga": Tongue(letters="áéíóú", words="agus na an ar sa go is i le ó tar do bhí tá atá nach ag faoi"),
        "eu": Tongue(letters="ñ", words="eta da du ez dute dira bat ere baina izan zuen dela duen dituzte"),
        "kk": Tongue(letters="äāñŋğǵūúşıǝ", words="jäne men ben pen üshin üşin bul bir dep de"),
        "tl": Tongue(words="ang ng sa mga na ay si at ni kay para mula dahil matapos hindi ito isang may"),
        "ha": Tongue(letters="ɓɗƙ", words="a da na ta ya ba an cikin sun zai yi ga kuma"),
    },
    "cyrillic": {
        "ru": Tongue(
            letters="еёийщщыьэюя",
            words="в на и с по из за не от для о у к до при из что как после под об со",
        ),
        "uk": Tongue(
            letters="еиійїєґщьюя",
            words="в у на і й та з по із за не від для про до при що як після під через є",
        ),
        "be": Tongue(
            letters="еёійўыьэюя",
            words="в у на і з па за не ад для пра да пры што як пасля пад праз са",
        ),
        "bg": Tongue(
            letters="еийщъьюя",
            words="в на и с по от за не се до след при че как са е ще към във със над край",
        ),
        "sr": Tongue(
            letters="еиђјљњћџ",
            words="у на и с са по из за не од се до због код је су да ће после пре о",
        ),
        "mk": Tongue(
            letters="еијљњџѓќѕ",
            words="во на и со по од за не се до поради кај е ќе да ги го дека над пред",
        ),
        "kk": Tongue(letters="еёийщыьэюяәғқңөұүһі", words="және мен бен пен үшін бұл бір деп да де"),
        "ky": Tongue(letters="еёийщыьэюяңөү", words="жана менен үчүн бул бир деп да"),
        "tg": Tongue(letters="еёийэюяғӣқӯҳҷ", words="ва дар аз ба бо барои ки аст шуд"),
        "uz": Tongue(letters="еёийэюяғқўҳ", words="ва билан учун бу бир ҳам деб"),
        "tt": Tongue(letters="еёийщыьэюяәөүҗңһ", words="һәм белән өчен бу бер да дә"),
        "mn": Tongue(letters="еёийщыьэюяөү", words="ба нь энэ нэг гэж байна болон"),
    },
    "arabic": {
        "ar": Tongue(letters="يكةىأإؤئءثذصضطظع", words="في من على إلى عن بعد قبل مع هذا التي و قرب أن أو"),
        "fa": Tongue(letters="یکپچژگأؤئءثذصضطظع", words="در از به را با که این است شد برای و بر تا یک می پس شده"),
        "ur": Tongue(letters="یکپچژگٹڈڑںہھےۃثذصضطظعئؤ", words="میں کے کی کا سے کو نے پر ہے اور ہیں گیا"),
        "ckb": Tongue(letters="یکپچژگڕڵۆێەڤئع", words="لە بۆ و بە کە دوای"),
        "ps": Tongue(letters="یيکپچژګټځڅډړږښڼۍېثذصضطظعئ", words="په د ته کې او له چې دی شو"),
        "ug": Tongue(letters="يكپچژگڭھۇۆۈۋېىەئ", words="ۋە بىر بۇ ئۈچۈن بىلەن"),
        "sd": Tongue(letters="يکپچگڄڃڇڏڊڍڙٺٻڀٿٽڦڪڳڱڻثذصضطظعئ", words="۾ جي جو ۽ کي تي سان"),
    },
    "hebrew": {"he": Tongue(words="של על את עם לא אחרי ליד"), "yi": Tongue(letters="װױײ", words="און די פון אין איז מיט")},
    "greek": {"el": Tongue()},
    "armenian": {"hy": Tongue()},
    "georgian": {"ka": Tongue()},
    "ethiopic": {"am": Tongue(words="እና ላይ ነው ውስጥ"), "ti": Tongue(letters="ኣቐ", words="ኣብ ናይ እዩ ከም")},
    "devanagari": {
        "hi": Tongue(words="के में की से को का है ने पर और हैं बाद लिए"),
        "mr": Tongue(letters="ळ", words="आहे आणि आहेत नाही या मध्ये"),
        "ne": Tongue(words="छ र गर्ने भएको गरेको छन् हुने"),
    },
    "bengali": {"bn": Tongue(), "as": Tongue(letters="ৰৱ")},
    "gurmukhi": {"pa": Tongue()},
    "gujarati": {"gu": Tongue()},
    "oriya": {"or": Tongue()},
    "tamil": {"ta": Tongue()},
    "telugu": {"te": Tongue()},
    "kannada": {"kn": Tongue()},
    "malayalam": {"ml": Tongue()},
    "sinhala": {"si": Tongue()},
    "thai": {"th": Tongue()},
    "lao": {"lo": Tongue()},
    "tibetan": {"bo": Tongue(), "dz": Tongue()},
    "myanmar": {"my": Tongue()},
    "khmer": {"km": Tongue()},
    "thaana": {"dv": Tongue()},
    "hangul": {"ko": Tongue()},
    "kana": {"ja": Tongue()},
    "han": {"zh": Tongue(), "ja": Tongue(), "yue": Tongue()},
}

SAME: Final = {
    "iw": "he",
    "nb": "no",
    "nn": "no",
    "in": "id",
    "ji": "yi",
    "sh": "hr",
    "cmn": "zh",
    "arz": "ar",
    "arb": "ar",
    "pes": "fa",
    "prs": "fa",
    "kmr": "ku",
    "fil": "tl",
    "jw": "jv",
}
"""Codes that mean a language that has a more usual one."""
