"""What is written on to words in Korean, in Japanese katakana, in Indonesian, Malay and Filipino; the scripts without spaces.

Data only. After Yeon and Brown, Korean: A Comprehensive Grammar (Routledge 2011); J. Sneddon, Indonesian: A Comprehensive Grammar
(Routledge 1996); Schachter and Otanes, Tagalog Reference Grammar (California 1972).
"""

from __future__ import annotations

from itertools import chain
from typing import Final

from monitor.match.tables.shape import ANY, VOWELS, Clitic, Row, words

# No spaces between words: a word is found wherever its letters are. Dictionary-based borders lose true hits (measured).
SUBSTRING_SCRIPTS: Final = frozenset({"CJK", "HIRAGANA", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN"})

# A digit beside a letter continues the word, but not in these: 2024年, 2024년.
NO_DIGITS: Final = SUBSTRING_SCRIPTS | {"KATAKANA", "HANGUL"}

OPEN_BEFORE: Final = {
    "HANGUL": words(
        "정부 정부군 대통령 총리 외무부 외무장관 외교부 장관 대사 대사관 국방부 의회 국민 시민 난민 군인 당국 북부 남부 "
        "동부 서부 중부 지역 지구 전역 일대 국경 공항 항구 시내 시장 상공 방면 출신 현지 전쟁 사태 내전 휴전 반도 공화국 "
        "민주공화국 인민공화국 언론 여행 유학생 기업 경제 선수 대표팀 축구 대학 대학교 주민 사람 영사관 시청 도청 구청 법원 "
        "검찰 경찰 교육청 은행 병원 신문 방송 대표 감독 전선 침공 공습 공격 폭격 제재 미사일 외교 무역 수출 수입 증시 문화 "
        "음식 영화 정상 총선 대선 혁명 제국 왕국 연방 함대 해군 공군 육군 병사 포로 인질 아동 여성 방문 특사 반군 정권 체제 "
        "영토 영해 해협 해안 연안 사막 고원 접경 시티 군부 군정 군사령부 사령부 사령관 사무총장 총회 안보리 안전보장이사회 "
        "본부 결의 결의안 인권이사회 인권위 난민기구 대표부 협상 협정 협력 회담 정상회담 정상회의 관계 관계자 핵합의 핵협상 "
        "정책 사회 본토 수도 수도권 소식통 매체 관광 관광객 동포 교민 한인 총영사 총영사관 정보당국 정보부 경찰청 특파원 "
        "주재 직항 노선 항공 항공편 여객기 전투기 시위 시위대 사건 참사 지진 홍수 태풍 산불 재건 월드컵 올림픽 인권 지원 "
        "원조 구호 봉쇄 철수 철군 파병 작전 전투 공세 탈출 함락 점령 점령지 합병 독립 자치구 자치정부 자치주 원유 가스 "
        "가스관 유조선 선박 원전 국기 국적 광장 대교 터널 의원 후보 위원장 대변인 정치 지도자 지도부 무장 세력 조직원 대원 "
        "어선 제철 오픈 기후 식량 계획 기구 판무관 개발 평화 평화유지군 다국적군 연합군 주둔 미군 해병 공관 영사 기지 군함 "
        "함정 구축함 잠수함 항모 상선 화물선 어민 선원 해적 반도체 배터리 자동차 전기차 조선 철강 석유 석탄 광산 희토류 "
        "농산물 곡물 소고기 와인 커피 맥주 요리 식당 마을 거리 거주 이민자 이주민 이민 망명 입국 출국 비자 대학생 학생 학교 "
        "학자 교수 연구소 연구진 과학원 박물관 미술관 도서관 작가 배우 가수 드라마 소설 챔피언 리그 국가대표 선수단 관중 "
        "증권 주식 채권 환율 통화 중앙은행 국채 금융 투자 자본 부동산 물가 경기 성장률 재정 예산 세관 관세 산업 공장 공단 "
        "건설 철도 고속철 지하철 도로 고속도로 열차 버스 택시 공사 발전소 전력 송유관 우주 위성 로켓 드론 무인기 탱크 전차 "
        "포병 특수부대 부대 보병 사단 여단 장교 장군 참모 총사령관 군사 국방 안보 정보 첩보 간첩 해커 해킹 사이버 테러 폭탄 "
        "총격 범죄 마약 카르텔 갱단 재판 판사 교도소 감옥 수용소 캠프 학살 종교 교회 성당 사원 이슬람 기독교 정교회 가톨릭 "
        "민족 원주민 부족 왕실 왕자 왕세자 공주 황제 상원 하원 여당 야당 정당 공산당 노동당 보수당 사회당 민주당 좌파 우파 "
        "극우 진보 내각 개각 선거 투표 유권자 여론 기자 통신 일간지 재무부 상무부 법무부 내무부 보건 의료 의사 간호사 환자 "
        "백신 코로나 전염병 방역 경찰관 상인 노동자 농민 청년 시인 화가 음악 미술 역사 언어 문학 사진 날씨 폭염 가뭄 한파 "
        "호수 운하 계곡 산맥 평야 삼각주 분지 고지 언덕 전초기지 검문소 장벽 철조망 비무장 완충 안전지대 재단 협회 연맹 "
        "위원회 본부장 지부 사무소 사무국 대표단 사절단 특별 임시 과도 망명정부 반정부 친정부 무장단체 무장세력 민병대 용병 "
        "게릴라 지하디스트 극단주의 분리주의 독재 쿠데타 민주화 개혁 헌법 법률 조약 선언 합의 의정서 성명 국가 여권 우표 "
        "언론인 활동가 변호사 목사 신부 수녀 교황 추기경 주교 랍비 이맘 국제 중앙 연합 총장 전자 피해 훈련 자위대 기상 "
        "국제사회 지방 지법 고법 지검 시의회 도의회 시민단체 노조 대회 회의 포럼 박람회 엑스포 축제 기념 광역시 특별시 "
        "자치도 해경 소방 총재 회장 부총리 부통령 총통 차관 수석 외교관 조사 감시 사찰 관측소 중재 재개 중단 파기 위반 연장 "
        "발효 체결 타결 결렬 생존자 사망자 희생자 실종자 부상자 구조 수색 화학 생명 화재 대첩 상륙 해방 광복 연구 연대 연설 "
        "친선 우호 교류 지사 도지사 주지사 현지사 부지사 주정부 시정부 도정부 시당국 주당국 주의회 시의원 도의원 "
        "주의원 주방위군 "
        "주법원 주경찰 주립 시립 "
        "도립 국립 주청사 시청사 도청사 주총리 군수 구청장 청장 총독 촌장 이탈 이탈주민 노동자 근로자 유가족 가족 단체 "
        "병력 함선 무장 초소 진영 접촉 송환"
    )
}
"""Words that begin what is written on to a shorter one: behind these come particles or further nouns, 유엔식량계획."""

OPEN_FROM: Final = {"HANGUL": 3}
"""Scripts in which a word of so many letters is followed by any other without a space: nobody can list the nouns that are written
on to a Korean name (시리아인권관측소), and longer names seldom begin another word. Those that do stand in ``han.LONGER``."""

LEANING: Final = "ะาๅ" + "ະາ"
"""Vowels of Thai and Lao that are letters and yet only go on with a syllable."""

LEADING: Final = "เแโใไ" + "ເແໂໃໄ" + "\u17d2" + "\u1039"
"""What stands before its consonant: vowels of Thai and Lao; what makes it a subscript, Khmer and Burmese."""

CLOSING: Final = ("\u103a", "\u1039")
"""Burmese: after a consonant, they say that it ends the syllable before it."""

# Particles: the first of a pair comes after a consonant, the second after a vowel; the rest after either.
_AFTER_CONSONANT: Final = (
    "은 이 을 과 으로 으론 으로선 으로만 으로까지 이나 이라 이라고 이며 이란 이라는 이다 이었다 이든 이랑 이여 "
    "으로는 으로도 으로의 으로부터 으로서 과의 과는 과도"
)
_AFTER_VOWEL: Final = "는 가 를 와 나 라 라고 며 란 라는 였다 든 랑 와의 와는 와도"
# 로 also after ㄹ
_AFTER_EITHER: Final = (
    "의 에 에서 에게 께 한테 로 도 만 부터 까지 처럼 보다 인 조차 마저 밖에 뿐 에는 에도 에만 에의 에서는 에서도 에서의 "
    "에서만 "
    "에서부터 에게서 로는 로도 로의 로부터 로서 만의 만이 만을 까지의 까지도 부터의 인지 이고 "
    "엔 에선 에게선 에겐 한테서 한텐 론 로선 로부터의 로부터는 에까지 에서까지 에서조차 에서마저 에서처럼 에서와 에서보다 "
    "에로 만큼 만큼은 만큼의 "
    "마다 이야 하고 같은 까지는 부터는 보다는 보다도 처럼은 조차도 마저도 밖에는 뿐만 뿐인 인들 인의 인이 인을 인은 인에게 "
    "씨 씨가 씨는 씨를 씨의 님 님이 님은 "
    "서 서도 서는 서만 서의 들 들이 들은 들을 들의 들에게 들과 들도 들에 들로"
)
# Nouns of one syllable that are written on to a name, with particles of their own.
_WRITTEN_ON: Final = (
    "주 시 군 현 성 도 구 측 발 행 내 산 등 식 인 어 계 제 전 섬 항 강 만 판 형 국 왕 당 대 역 핵 댐 "
    "촌 부 파 쪽 령 호 팀 관 통 간 땅 법 권 율 률 수 비 일 론 범 원"
)

BETWEEN: Final = {"HANGUL": words(_WRITTEN_ON)}
"""What stands between a name and the first of ``OPEN_BEFORE``: 서울|대|병원, 중국|인|관광객."""


def _josa(final: str) -> list[str]:
    return [*(_AFTER_VOWEL if final in VOWELS else _AFTER_CONSONANT).split(), *_AFTER_EITHER.split()]


_NOUNS: Final = " ".join(chain.from_iterable((noun, *map(noun.__add__, _josa(noun[-1]))) for noun in _WRITTEN_ON.split()))
_KOREAN: Final = (
    Row(becomes=_AFTER_CONSONANT, after="consonant"),
    Row(becomes=_AFTER_VOWEL, after="vowel"),
    Row(becomes=f"{_AFTER_EITHER} {_NOUNS}"),
)
# for, against, towards, resident in, fleeing, all of, the east of: 친이란, 대이란, 탈북, 동예루살렘
_KOREAN_PREFIXES: Final = (
    (
        Clitic(letters=""),
        *(Clitic(letters=letter, at_least=2, for_names=False) for letter in "친반"),
        *(Clitic(letters=letter, at_least=2, for_names=False) for letter in "대주"),
        *(Clitic(letters=letter, at_least=3) for letter in "탈전범재비구신동서남북중"),
    ),
)

# Nouns that Japanese writes on to a name, or before one, without a middle dot.
_KATAKANA: Final = (
    Row(becomes="シティ シティー", at_least=2),
    Row(
        becomes="メディア サッカー チーム リーグ グループ カップ ルート ツアー プロジェクト オープン レース "
        "テレビ センター システム "
        "ウイルス ワクチン テロ デモ サミット ガス オイル パイプライン タンカー ライン ホテル クラブ ファンド ドル リラ "
        "ルーブル "
        "ルピー ペソ ワイン カレー コーヒー "
        "ニュース フォーラム マネー ビジネス ショック リスク メーカー ショー タイプ シティ エリア",
        at_least=3,
    ),
)
_KATAKANA_PREFIXES: Final = (
    (Clitic(letters=""), *(Clitic(letters=word, at_least=4) for word in ("アンチ", "クラスター", "ポスト", "ウィズ", "テスト"))),
)

# -nya "the, its", -lah and -pun stress; -kah asks
_INDONESIAN: Final = (Row(becomes="nya lah pun kah nyalah"),)
# the linker
_FILIPINO: Final = (Row(becomes="ng", after="vowel"),)

PREFIXES: Final[dict[str, dict[str, tuple[tuple[Clitic, ...], ...]]]] = {
    "HANGUL": {ANY: _KOREAN_PREFIXES},
    "KATAKANA": {ANY: _KATAKANA_PREFIXES},
}
ENDINGS: Final[dict[str, dict[str, tuple[Row, ...]]]] = {
    "HANGUL": {ANY: _KOREAN},
    "KATAKANA": {ANY: _KATAKANA},
    "LATIN": {**dict.fromkeys(("id", "ms"), _INDONESIAN), "tl": _FILIPINO},
}

NAMES: Final = words("가나 수단 인도 조")
"""Names that are other words after 반 and 대: 대가나 is "a price, or", 반인도 "inhuman"."""

OTHER_WORDS: Final = words("이란성 인도주의 인도주의의 인도주의를 인도주의로 가나다 수단이나")
"""Words of their own that look like a name with something written on: 인도주의 is humanity, not of an Indian province."""
