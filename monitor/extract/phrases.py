"""What pages say, in the languages that outlets write: one phrase a line, as patterns without regard to case. Touches nothing."""

from __future__ import annotations

import re


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases), re.IGNORECASE)


# What a page says that stands before all others: to be logged in, to be no robot, to be elsewhere
WALL = _any(
    r"just a moment",
    r"attention required",
    r"access (?:to this page has been )?denied",
    r"are you (?:a |not a )?(?:robot|human)",
    r"(?:verify(?:ing)?|check(?:ing)?|confirm(?:ing)?|prove) (?:that )?you are",
    r"security check",
    r"pardon our interruption",
    r"request blocked",
    r"(?:requests?|visits?|traffic) (?:looks?|appears?|seems?) (?:to be )?automated",
    r"(?:unusual|automated) (?:traffic|requests|activity)",
    r"403 forbidden",
    r"^forbidden",
    r"ddos-guard",
    r"checking your browser",
    r"captcha",
    r"security of your connection",
    r"(?:un|not )available in your (?:region|country|location)",
    r"unavailable for legal reasons",
    r"n.est pas disponible dans votre (?:pays|région)",
    r"no está disponible en (?:su|tu) (?:país|región)",
    r"in (?:ihrem|deinem) land nicht verfügbar",
    r"недоступ\w+ в ваш\w+ (?:стране|регионе)",
    r"غير متاح في (?:بلدك|منطقتك)",
    r"^(?:sign|log) ?in\b",
    r"(?:sign|log) in to (?:continue|read|view)",
    r"melden sie sich an, um",
    r"^(?:anmelden|connexion|iniciar sesión|zaloguj|accedi|entrar|inloggen|giriş)(?:\W|$)",
    r"^(?:войти|вход|увійти|вхід|تسجيل الدخول|ورود|ログイン|登录)(?:\W|$)",
    r"увійдіть або зареєструйтеся",
    r"войдите или зарегистрируйтесь",
    r"проверка браузера",
)

# What is in the markup of a check for robots
CHALLENGE = _any(
    r"challenge-platform",
    r"cf-chl",
    r"_incapsula_",
    r"datadome",
    r"px-captcha",
    r"sucuri_cloudproxy",
    r"ddos-guard",
    r"aws-waf",
    r"/captcha",
)

# What a page says to those without scripts
NEEDS_SCRIPT = _any(
    r"(?:enable|requires?|needs?|turn on|activate|activ\w+|attiva\w*|aktivieren\w*) (?:your )?java ?script",
    r"(?:włącz\w*|включите|увімкніть) java ?script",
    r"javascript(?:'i)? (?:etkinleştir|açın|aktivieren|を有効)",
    r"تفعيل (?:ال)?جافا ?سكريبت",
    r"请启用 ?javascript",
)

# What a page says that asks for consent before anything else
CONSENT = _any(
    r"(?:accept|reject|manage) (?:all )?(?:cookies|choices|consent)",
    r"we use cookies",
    r"we and our (?:\d+ )?partners",
    r"cookie (?:policy|settings)",
    r"alle cookies",
    r"cookies akzeptieren",
    r"(?:verwenden|nutzen) (?:wir )?cookies",
    r"zustimmen und weiter",
    r"continuer sans accepter",
    r"accepter (?:les cookies|et continuer)",
    r"utilisons des cookies",
    r"aceptar (?:las |todas las )?cookies",
    r"utilizamos cookies",
    r"aceitar (?:os |todos os )?cookies",
    r"utilizziamo i cookie",
    r"tutti i cookie",
    r"używamy (?:plików )?cookie",
    r"çerez\w* (?:kabul|kullan)",
    r"принять (?:все )?(?:файлы )?cookie",
    r"файлы cookie",
    r"ملفات تعريف الارتباط",
)

# What a page says that is none
NOT_FOUND = _any(
    r"\b404\b",
    r"۴۰۴",
    r"٤٠٤",
    r"(?:page|article|story|content) (?:was |could |can ?)?(?:not |no longer )(?:be )?(?:found|exists?|available)",
    r"(?:page|article) (?:introuvable|non trouvée?)",
    r"n.existe (?:pas|plus)",
    r"página no (?:encontrada|existe)",
    r"página\b.{0,30} no (?:está disponible|existe)",
    r"página não encontrada",
    r"nicht gefunden",
    r"existiert nicht",
    r"pagina non trovata",
    r"nie (?:została |została? )?znalezion\w+",
    r"strona nie istnieje",
    r"niet gevonden",
    r"страница (?:не найдена|удалена)",
    r"такой страницы нет",
    r"нет такой страницы",
    r"сторінк\w+ не (?:знайдено|існує)",
    r"sayfa(?:yı)? (?:bulunamadı|bulamadık)",
    r"الصفحة (?:غير موجودة|المطلوبة غير)",
    r"لم (?:نعثر|يتم العثور) على",
    r"(?:یافت|پیدا) نشد",
    r"הדף (?:לא נמצא|המבוקש)",
    r"页面不存在",
    r"页面(?:没有|未)找到",
    r"ページが見つかりません",
)

# What only a paywall says; looked for beside the text too, where free pages invite to newsletters and memberships
ONLY_PAYWALL = _any(
    r"to (?:continue|keep) reading",
    r"continue reading (?:this|the|your|with)",
    r"(?:for|only for|available to|reserved for) (?:our )?(?:paying )?subscribers",
    r"subscri(?:be|ption) (?:is required|to (?:read|continue|unlock))",
    r"read the (?:full|rest of the) (?:story|article) (?:with|by|for)",
    r"you have reached your limit",
    r"no free articles left",
    r"réservée? (?:aux|à nos) abonnés",
    r"il vous reste \d+ ?%",
    r"pour lire la suite",
    r"(?:weiterlesen|lesen sie) (?:mit|weiter mit)",
    r"nur für abonnent",
    r"exclusiv\w* para (?:nuestros )?suscriptores",
    r"solo para suscriptores",
    r"exclusivo para assinantes",
    r"(?:riservat\w|solo) (?:agli|per gli) abbonati",
    r"tylko dla (?:prenumeratorów|subskrybentów)",
    r"(?:yalnızca|sadece) aboneler",
    r"abonelere özel",
    r"доступ\w+ (?:только )?(?:по подписке|подписчикам)",
    r"оформите подписку, чтобы",
    r"(?:лише|тільки) для передплатників",
    r"للمشتركين فقط",
    r"اشترك (?:لقراءة|لمتابعة)",
    r"ویژه مشترکان",
    r"למנויים בלבד",
    r"(?:有料)?会員(?:限定|の方のみ)",
    r"残り ?[\d,０-９]+ ?(?:文字|字)",
    r"订阅后(?:可|阅读)",
    r"付费(?:阅读|内容)",
    r"登录后阅读全文",
)

# What a paywall says, and an invitation as well
PAYWALL = _any(
    r"subscri(?:be|ption) (?:to|now|today|for|is required)",
    r"(?:already|become) a (?:subscriber|member)",
    r"continue reading",
    r"start your (?:free )?trial",
    r"read the (?:full|rest of the) (?:story|article)",
    r"(?:free|remaining) articles",
    r"abonnez-vous",
    r"jetzt abonnieren",
    r"suscríbete",
    r"hazte suscriptor",
    r"abbonati",
    r"assine para",
    r"abone ol",
    r"оформите подписку",
    r"للمشتركين",
    r"اشترك الآن",
)

# How a link to another story begins between two paragraphs
READ_ALSO = _any(
    r"(?:read|see|watch) (?:also|more|next)",
    r"(?:also read|more on this|related|recommended)\b",
    r"(?:lire|voir|à lire) (?:aussi|également)",
    r"à lire\b",
    r"(?:lesen|sehen) sie (?:auch|dazu)",
    r"mehr zum thema",
    r"(?:lea|lee|leer|ver) (?:también|más|además)",
    r"te puede interesar",
    r"(?:leia|veja) (?:também|mais)",
    r"leggi anche",
    r"(?:czytaj|zobacz) (?:też|także|również)",
    r"(?:ayrıca|bunu da) (?:oku|bak)",
    r"ilgili haber",
    r"(?:читайте|смотрите) (?:также|ещё|еще)",
    r"по теме",
    r"(?:читайте|дивіться) також",
    r"[اإ]قر[أا] (?:أيض|ايض|المزيد|كذلك)",
    r"شاهد (?:أيض|ايض)",
    r"طالع",
    r"(?:بیشتر بخوانید|همچنین بخوانید|مطالب مرتبط)",
    r"(?:קראו גם|קרא עוד|לקריאה נוספת)",
    r"(?:相关阅读|延伸阅读|推荐阅读)",
    r"(?:あわせて読みたい|関連記事)",
)

# What is written on the handle of a box that asks for an address
SIGN_UP = _any(
    r"(?:sign (?:me )?up|subscribe|join|get it|register)(?: now| here| today| for free)?",
    r"je m.(?:inscris|abonne)|s.(?:inscrire|abonner)|inscrivez-vous|abonnez-vous",
    r"(?:jetzt |hier |kostenlos )*(?:abonnieren|anmelden|bestellen|eintragen)",
    r"suscríbe(?:te|me)|suscribirse|apúntate|inscreva-se|assinar?|iscriviti|zapisz(?: się)?|zamów",
    r"abone ol|kaydol|подписаться|подпишитесь|підписатися|اشترك(?: الآن)?|سجل الآن|عضویت",
    r"הירשמו|הרשמה|订阅|登録(?:する)?|購読する",
)

# What such a box is about
NEWSLETTER = _any(
    r"newsletter|infolettre|mailing list|in(?:to)? your inbox|dans votre boîte|in ihr(?:em)? postfach|boletín|boletim|biuletyn",
    r"bülten|рассылк|розсилк|telegram|telegrám|whatsapp|телеграм|تلغرام|تلگرام|النشرة|خبرنامه|ניוזלטר|邮件订阅|メルマガ|ニュースレター",
)

# The word that has to stand before what is paid for
ADVERTISEMENT = _any(
    r"(?:advertisement|advertising|sponsored|anzeige|werbung|publicité|publicidad|publicidade|pubblicità|reklama?|реклама)\s*[.:|–—-]",
    r"(?:إعلان|آگهی|تبلیغات|פרסומת|广告|広告|ＰＲ)\s*[.:|：–—-]",
)
